import { type CharSet, charSet, complement, withOtherCase } from "./char-set.ts";
import { escapedClass, posixClass } from "./classes.ts";
import { takeCharacterEscape } from "./escapes.ts";
import type { Scanner } from "./scanner.ts";

/** What a class is read by. */
export interface ClassModes {
  readonly caseless: boolean;
  /** Whether named classes have letters beyond ASCII. */
  readonly latin1: boolean;
}

/** A member of a class: one character, which may begin a range, or a class of its own. */
type Member = { readonly code: number } | { readonly set: CharSet };

/** Reads a class in brackets, the first of them taken already. */
export function parseBracket(scanner: Scanner, modes: ClassModes): CharSet {
  if (scanner.match(NAMED)) scanner.invalid("a named class stands outside of brackets");
  const negative = scanner.accept("^");
  const sets: CharSet[] = [];
  // A bracket that closes counts as a member in the first place.
  for (let first = true; first || scanner.next !== "]"; first = false) {
    if (scanner.atEnd) scanner.invalid("a class lacks its closing bracket");
    const member = parseMember(scanner, modes);
    if (member === undefined) continue;
    if ("set" in member) {
      if (scanner.match(/^-(?!\])/) !== undefined) scanner.unsupported("a class as the end of a range");
      sets.push(member.set);
    } else {
      sets.push(foldCase(scanner, parseRange(scanner, member.code, modes), modes));
    }
  }
  scanner.take();
  const set = charSet(sets.flat());
  return negative ? complement(set) : set;
}

/** The set with both cases, if the mode asks for it. */
export function foldCase(scanner: Scanner, set: CharSet, { caseless }: { readonly caseless: boolean }): CharSet {
  if (!caseless) return set;
  return withOtherCase(set) ?? scanner.unsupported("letters beyond ASCII in caseless mode");
}

function parseRange(scanner: Scanner, code: number, modes: ClassModes): CharSet {
  if (scanner.match(/^-(?!\])/) === undefined) return [[code, code]];
  const end = parseMember(scanner, modes);
  if (end === undefined || "set" in end) return scanner.unsupported("a class as the end of a range");
  if (end.code < code) scanner.invalid("a range in a class is out of order");
  return [[code, end.code]];
}

/** What is taken for a named class: between colons, and the likes of it that PCRE knows but does not have. */
const NAMED = /^([:.=])((?:\\[\]\\]|(?!\[\1|\]|\1\])[^])*)\1\]/;

function parseMember(scanner: Scanner, modes: ClassModes): Member | undefined {
  if (scanner.next === "[") {
    scanner.take();
    const named = scanner.match(NAMED);
    if (named === undefined) return { code: 0x5b };
    return { set: parsePosix(scanner, named[1] === ":" ? (named[2] ?? "") : named[0], modes) };
  }
  const character = scanner.take();
  if (character !== "\\") return { code: character.codePointAt(0) ?? 0 };
  const code = takeCharacterEscape(scanner);
  return code === undefined ? parseClassEscape(scanner, modes) : { code };
}

function parsePosix(scanner: Scanner, text: string, { caseless, latin1 }: ClassModes): CharSet {
  const negative = text.startsWith("^");
  const name = negative ? text.slice(1) : text;
  const cased = name === "lower" || name === "upper";
  const set = posixClass(caseless && cased ? "alpha" : name, latin1);
  if (set === undefined) return scanner.invalid(`there is no class of the name ${name}`);
  return negative ? complement(set) : set;
}

function parseClassEscape(scanner: Scanner, { latin1 }: ClassModes): Member | undefined {
  const letter = scanner.take();
  if (letter === "b") return { code: 0x08 };
  // The end of a quotation that did not begin means nothing.
  if (letter === "E") return undefined;
  const octal = /[1-7]/.test(letter) ? scanner.match(/^[0-7]{0,2}/)?.[0] : undefined;
  if (octal !== undefined) return { code: Number.parseInt(letter + octal, 8) };
  const set = escapedClass(letter.toLowerCase(), latin1);
  if (set === undefined || letter === "N") return scanner.unsupported(`\\${letter} in a class`);
  return { set: letter === letter.toLowerCase() ? set : complement(set) };
}
