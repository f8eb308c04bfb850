/**
 * The named classes of PCRE as Erlang's `re` has them.
 *
 * What lies between 128 and 255 counts as Latin-1 up to OTP 27 and as nothing from OTP 28 on, which has PCRE2; what lies
 * above is in no class but `\h` and `\v`. (The tables of `erts/emulator/pcre`, tried on OTP 25, 27 and 29.)
 */
import { type CharSet, charSet } from "./char-set.ts";

const LATIN1_LOWER: CharSet = [
  [0xaa, 0xaa],
  [0xb5, 0xb5],
  [0xba, 0xba],
  [0xdf, 0xf6],
  [0xf8, 0xff],
];
const LATIN1_UPPER: CharSet = [
  [0xc0, 0xd6],
  [0xd8, 0xde],
];
const LATIN1_PUNCTUATION: CharSet = [
  [0xa0, 0xa9],
  [0xab, 0xb4],
  [0xb6, 0xb9],
  [0xbb, 0xbf],
  [0xd7, 0xd7],
  [0xf7, 0xf7],
];

const DIGIT: CharSet = [[0x30, 0x39]];
const LOWER: CharSet = [[0x61, 0x7a]];
const UPPER: CharSet = [[0x41, 0x5a]];
const SPACE: CharSet = [
  [0x09, 0x0d],
  [0x20, 0x20],
];
const PUNCTUATION: CharSet = [
  [0x21, 0x2f],
  [0x3a, 0x40],
  [0x5b, 0x60],
  [0x7b, 0x7e],
];

/** Horizontal white space, `\h`. */
const HORIZONTAL: CharSet = [
  [0x09, 0x09],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x180e, 0x180e],
  [0x2000, 0x200a],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
];

/** Vertical white space, `\v`. */
const VERTICAL: CharSet = [
  [0x0a, 0x0d],
  [0x85, 0x85],
  [0x2028, 0x2029],
];

/** The class of a POSIX name, as in `[[:alpha:]]`; `undefined` if there is none. */
export function posixClass(name: string, latin1: boolean): CharSet | undefined {
  const beyond = (ranges: CharSet): CharSet => (latin1 ? ranges : []);
  const letters = [...LOWER, ...UPPER, ...beyond([...LATIN1_LOWER, ...LATIN1_UPPER])];
  const graphic = [[0x21, 0x7e] as const, ...beyond([[0xa0, 0xff]])];
  const classes: Readonly<Record<string, CharSet>> = {
    alnum: [...letters, ...DIGIT],
    alpha: letters,
    ascii: [[0, 0x7f], ...beyond([[0x80, 0xff]])],
    blank: [
      [0x09, 0x09],
      [0x20, 0x20],
    ],
    cntrl: [[0, 0x1f], [0x7f, 0x7f], ...beyond([[0x80, 0x9f]])],
    digit: DIGIT,
    graph: graphic,
    lower: [...LOWER, ...beyond(LATIN1_LOWER)],
    print: [[0x20, 0x20], ...graphic],
    punct: [...PUNCTUATION, ...beyond(LATIN1_PUNCTUATION)],
    space: SPACE,
    upper: [...UPPER, ...beyond(LATIN1_UPPER)],
    word: [...letters, ...DIGIT, [0x5f, 0x5f]],
    xdigit: [...DIGIT, [0x41, 0x46], [0x61, 0x66]],
  };
  const ranges = Object.hasOwn(classes, name) ? classes[name] : undefined;
  return ranges && charSet(ranges);
}

/** The class of a letter after a backslash, `d`, `h`, `s`, `v` or `w`; `undefined` for any other. */
export function escapedClass(letter: string, latin1: boolean): CharSet | undefined {
  switch (letter) {
    case "d":
      return DIGIT;
    case "h":
      return HORIZONTAL;
    case "s":
      return SPACE;
    case "v":
      return VERTICAL;
    case "w":
      return posixClass("word", latin1);
    default:
      return undefined;
  }
}
