/**
 * Replaces every match as `re:replace/4` with `global` does. In the replacement `&` stands for the match, `\N`, `\gN` and
 * `\g{N}` for group N, and a backslash before anything else for that character.
 *
 * After an empty match another one that is not empty is looked for at the same place, as in Perl; JavaScript's own
 * `replaceAll` does not.
 */
export function replaceMatches(
  text: string,
  regExp: RegExp,
  replacement: string,
  options: { readonly anchored: boolean },
): string {
  const next = new RegExp(regExp.source, `${regExp.flags}${options.anchored ? "y" : "g"}`);
  const parts = parseReplacement(replacement);
  let result = "";
  let copied = 0;
  const insert = (match: RegExpExecArray): void => {
    result += text.slice(copied, match.index);
    for (const part of parts) result += typeof part === "string" ? part : (match[part] ?? "");
    copied = match.index + match[0].length;
  };
  for (let at = 0; at <= text.length;) {
    next.lastIndex = at;
    const match = next.exec(text);
    if (match === null) break;
    insert(match);
    at = copied;
    if (match[0] !== "") continue;
    const longer = matchNotEmpty(text, regExp, at);
    if (longer === null) {
      // One character on, which is copied with what lies before the next match.
      at += codePointLength(text, at);
    } else {
      insert(longer);
      at = copied;
    }
  }
  return result + text.slice(copied);
}

/** A match at this very place that takes at least one character. */
function matchNotEmpty(text: string, regExp: RegExp, at: number): RegExpExecArray | null {
  const before = Array.from(text.slice(0, at)).length + 1;
  const sticky = new RegExp(`(?:${regExp.source})(?<=^[^]{${before},})`, `${regExp.flags}y`);
  sticky.lastIndex = at;
  return sticky.exec(text);
}

function codePointLength(text: string, at: number): number {
  const code = text.codePointAt(at);
  return code !== undefined && code > 0xffff ? 2 : 1;
}

/** Text, and the numbers of groups; the whole match is group 0. A number ends where its digits end; `\0` is no group. */
function parseReplacement(replacement: string): (string | number)[] {
  const parts: (string | number)[] = [];
  const tokens = /\\g\{(\d+)\}|\\g(\d+)|\\([1-9]\d*)|\\([^])|&/g;
  let copied = 0;
  for (const match of replacement.matchAll(tokens)) {
    parts.push(replacement.slice(copied, match.index));
    copied = match.index + match[0].length;
    const literal = match[4];
    parts.push(literal ?? Number(match[1] ?? match[2] ?? match[3] ?? 0));
  }
  parts.push(replacement.slice(copied));
  return parts;
}
