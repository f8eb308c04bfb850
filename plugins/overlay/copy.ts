import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { basename, dirname, isAbsolute, join, sep } from "node:path";
import { defineOverlay } from "../../src/contract/index.ts";
import { attempt } from "./file-error.ts";

/**
 * `{copy, Source}`, `{copy, Source, Destination}`, as `cp -R`: into a destination that is a directory, and to that name
 * otherwise. Modes are kept; so are symbolic links that stay inside the directory that is copied, while what others lead
 * to is copied.
 */
export const copy = defineOverlay({
  description: "Copy a file or directory",
  args: ["path", "path?"],
  run: ([from, to = ""], ctx) => {
    const source = ctx.source(from);
    const stats = attempt("copy", source, () => statSync(source));
    const isInto = to === "" || to.endsWith("/") || isDirectory(ctx.destination(to));
    const target = isInto ? join(to, basename(source)) : to;
    const top = stats.isDirectory() ? attempt("copy", source, () => realpathSync(source)) : undefined;
    copyEntry(source, target, { top, destination: (path) => ctx.destination(path) });
  },
});

interface Copying {
  /** The directory that is copied, links followed; `undefined` for a single file. */
  readonly top: string | undefined;
  readonly destination: (path: string) => string;
}

/** Each destination is asked for by itself: a link in the tree may lead out of it. */
function copyEntry(source: string, target: string, copying: Copying): void {
  const link = copying.top === undefined ? undefined : innerLink(source, copying.top);
  if (link !== undefined) {
    makeLink(link, target, copying);
    return;
  }
  const stats = attempt("copy", source, () => statSync(source));
  const path = copying.destination(target);
  if (stats.isDirectory()) {
    const isNew = attempt("make the directory", target, () => mkdirSync(path, { recursive: true })) !== undefined;
    for (const name of attempt("copy", source, () => readdirSync(source)).sort()) {
      copyEntry(join(source, name), join(target, name), copying);
    }
    // Last, as nothing can be written into a directory that is read-only.
    if (isNew) attempt("write", target, () => chmodSync(path, stats.mode & 0o7777));
  } else {
    attempt("make the directory", dirname(target), () => mkdirSync(dirname(path), { recursive: true, mode: 0o755 }));
    attempt("copy", source, () => copyFileSync(source, path));
    attempt("write", target, () => chmodSync(path, stats.mode & 0o7777));
  }
}

function makeLink(link: string, target: string, { destination }: Copying): void {
  const path = join(destination(dirname(target)), basename(target));
  attempt("write", target, () => {
    rmSync(path, { force: true });
    symlinkSync(link, path);
  });
}

/** Where a relative link that stays inside a directory leads; `undefined` for anything else. */
function innerLink(path: string, top: string): string | undefined {
  return attempt("copy", path, () => {
    if (!lstatSync(path).isSymbolicLink()) return undefined;
    const link = readlinkSync(path);
    // Throws for a link that leads nowhere.
    const real = realpathSync(path);
    return !isAbsolute(link) && real.startsWith(top + sep) ? link : undefined;
  });
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
