import { EnitError } from "../error/index.ts";

/**
 * Picks the release that is meant by a name or a part of one, as `--match` does.
 *
 * Tried in this order: the very name; if there is a `*`, `?` or `[` in it, a pattern as in a shell, for the whole
 * name; the beginning of a name; a part of a name. The first of these that fits any release decides, and it must fit
 * one alone. (The original took the first of all releases that had the text in their names.)
 *
 * @returns `undefined` if no release fits.
 * @throws EnitError `ambiguous_match` with the candidates.
 */
export function matchReleaseName(text: string, names: readonly string[]): string | undefined {
  if (names.includes(text)) return text;
  const pattern = /[*?[]/.test(text) ? new Bun.Glob(text) : undefined;
  const tests: ((name: string) => boolean)[] =
    pattern === undefined
      ? [(name) => name.startsWith(text), (name) => name.includes(text)]
      : [(name) => pattern.match(name)];
  for (const fits of tests) {
    const candidates = names.filter((name) => fits(name));
    if (candidates.length > 1) throw ambiguous(text, candidates);
    if (candidates.length === 1) return candidates[0];
  }
  return undefined;
}

function ambiguous(text: string, candidates: readonly string[]): EnitError {
  return new EnitError("ambiguous_match", `cannot tell which release "${text}" means: ${candidates.join(", ")} match`, {
    kind: "input",
    hint: "Write more of the name.",
    data: { text, candidates },
  });
}
