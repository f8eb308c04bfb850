/** A set of code points: ranges that are sorted and do not touch. */
export type CharSet = readonly (readonly [first: number, last: number])[];

const LAST = 0x10ffff;

/** Makes a set of ranges in any order. */
export function charSet(ranges: readonly (readonly [first: number, last: number])[]): CharSet {
  const merged: [number, number][] = [];
  for (const [first, last] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const before = merged.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

/** Everything that is not in the set. */
export function complement(set: CharSet): CharSet {
  const ranges: [number, number][] = [];
  let next = 0;
  for (const [first, last] of set) {
    if (first > next) ranges.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= LAST) ranges.push([next, LAST]);
  return ranges;
}

/**
 * The set with the other case of its ASCII letters, and the two signs beyond ASCII that fold to letters of it (the
 * long s and the Kelvin sign), as PCRE in Unicode mode has it. `undefined` if other letters beyond ASCII are named,
 * whose folding depends on the version of Unicode.
 */
export function withOtherCase(set: CharSet): CharSet | undefined {
  const ranges: (readonly [number, number])[] = [...set];
  for (const [first, last] of set) {
    if (last > 0x7f) return undefined;
    for (let code = first; code <= last; code++) {
      const letter = String.fromCharCode(code);
      const other = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
      ranges.push([other.charCodeAt(0), other.charCodeAt(0)]);
      if (letter === "k" || letter === "K") ranges.push([KELVIN, KELVIN]);
      if (letter === "s" || letter === "S") ranges.push([LONG_S, LONG_S]);
    }
  }
  return charSet(ranges);
}

const LONG_S = 0x17f;
const KELVIN = 0x212a;

/** The set in the notation of a JavaScript expression with the flag `u`. */
export function charSetSource(set: CharSet): string {
  const [only] = set;
  if (set.length === 1 && only !== undefined && only[0] === only[1]) return codeSource(only[0]);
  if (set.length === 1 && only !== undefined && only[0] === 0 && only[1] === LAST) return "[^]";
  const members = set.map(([a, b]) => (a === b ? codeSource(a) : `${codeSource(a)}-${codeSource(b)}`));
  return `[${members.join("")}]`;
}

function codeSource(code: number): string {
  const text = String.fromCodePoint(code);
  return /[\w/ ]/.test(text) && code < 0x80 ? text : `\\u{${code.toString(16)}}`;
}
