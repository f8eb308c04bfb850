import { readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { EnitError, type OverlayContext, defineOverlay } from "../../src/contract/index.ts";
import { attempt } from "./file-error.ts";

/** `{template, Source, Destination}` */
export const template = defineOverlay({
  description: "Render a file with the variables; its mode is kept",
  args: ["path", "path"],
  run: ([from, to], ctx) => renderFile(from, to, ctx),
});

/** `{template_wildcard, Wildcard, Directory}`: `*`, `**`, `?`, `[abc]` and `{a,b}`; names that begin with a dot are left out. */
export const templateWildcard = defineOverlay({
  description: "Render every file that matches a wildcard into a directory",
  args: ["path", "path"],
  run: async ([wildcard, directory], ctx) => {
    const found = [
      ...new Bun.Glob(wildcard).scanSync({ cwd: ctx.sourceDirectory, onlyFiles: true, followSymlinks: true }),
    ];
    if (found.length === 0) ctx.log.warn(`the wildcard "${wildcard}" of a template_wildcard matches no file`);
    for (const file of found.sort()) await renderFile(file, join(directory, basename(file)), ctx);
  },
});

async function renderFile(from: string, to: string, ctx: OverlayContext): Promise<void> {
  const source = ctx.source(from);
  const text = attempt("read", source, () => decode(readFileSync(source), source));
  const mode = attempt("read", source, () => statSync(source).mode & 0o7777);
  await ctx.write(to, ctx.render(text, source), { mode });
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new EnitError("template_encoding", `cannot render "${file}": it is not UTF-8`, {
      kind: "input",
      hint: "Use {copy, ...} for files that are no text.",
      data: { file },
      cause,
    });
  }
}
