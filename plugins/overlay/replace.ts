import { EnitError, type OverlayContext, type Term, defineOverlay } from "../../src/contract/index.ts";
import { replaceMatches } from "./replace-matches.ts";

/** `{replace, Destination, RegExp, Replacement}`, and with options of `re:replace/4`; all matches are replaced. */
export const replace = defineOverlay({
  description: "Replace what matches a regular expression of Erlang in a file of the release",
  args: ["path", "text", "text", "term?"],
  run: async ([path, pattern, replacement, options], ctx) => {
    const { unicode, anchored, ...modes } = readOptions(options, ctx);
    const bytes = Buffer.from(await ctx.read(path));
    // Without `unicode`, an expression sees bytes: each as the character of its number.
    const encoding = unicode ? "utf8" : "latin1";
    const regExp = ctx.otp.translateRegExp(pattern, ctx.otpRelease, modes);
    const rendered = ctx.render(replacement);
    const inserted = unicode ? rendered : Buffer.from(rendered).toString("latin1");
    const result = replaceMatches(bytes.toString(encoding), regExp, inserted, { anchored });
    const { mode } = await import("node:fs").then(({ statSync }) => statSync(ctx.destination(path)));
    await ctx.write(path, Buffer.from(result, encoding), { mode: mode & 0o7777 });
  },
});

/** Options that change what an expression means, by the name that the translation has for them. */
const MODES = ["caseless", "multiline", "dotall", "extended", "ungreedy"] as const;
/** Options that change nothing here: every match is replaced, and the result is bytes. */
const WITHOUT_EFFECT = new Set(["global", "no_start_optimize", "never_utf", "report_errors"]);

type Modes = Partial<Record<(typeof MODES)[number], boolean>>;

function readOptions(options: Term | undefined, ctx: OverlayContext): Modes & { unicode: boolean; anchored: boolean } {
  const { atomName, listElements, isTagged, printTerm } = ctx.terms;
  const elements = options === undefined ? [] : listElements(options);
  if (elements === undefined) throw refused("its options are not a list");
  const found = { unicode: false, anchored: false, modes: {} as Modes };
  for (const option of elements) {
    const name = atomName(option);
    const mode = MODES.find((each) => each === name);
    if (mode !== undefined) found.modes[mode] = true;
    else if (name === "unicode") found.unicode = true;
    else if (name === "anchored") found.anchored = true;
    else if (!isTagged(option, "return", 2) && !WITHOUT_EFFECT.has(name ?? "")) {
      throw refused(`the option ${printTerm(option, { format: "tw" })} of re:replace/4 is not supported`);
    }
  }
  return { ...found.modes, unicode: found.unicode, anchored: found.anchored };
}

function refused(state: string): EnitError {
  return new EnitError("regexp_unsupported", `cannot replace: ${state}`, {
    kind: "input",
    hint: `Supported are ${[...MODES, "unicode", "anchored", "global", "{return, _}"].join(", ")}.`,
  });
}
