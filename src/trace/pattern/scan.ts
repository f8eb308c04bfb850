/**
 * Splits a trace pattern into tokens: those of Erlang terms, besides pids, references and ports as a shell prints them.
 *
 * What Erlang can write as a term by itself (numbers, characters, strings, binaries, quoted atoms) is read by the parser of
 * terms, once its end is found.
 */
import { type Term, atomName, parseTerm } from "../../term/index.ts";
import { EnitError } from "../../error/index.ts";
import { patternError } from "./errors.ts";
import type { Identifier, Token } from "./token.ts";

const BLANKS = /[\0- \x80-\xa0]*/y;
const PID = /<(\d+)\.(\d+)\.(\d+)>/y;
const REFERENCE = /#Ref<(\d+(?:\.\d+){1,5})>/y;
const PORT = /#Port<(\d+)\.(\d+)>/y;
const WORD = /[a-zß-öø-ÿ][\wÀ-ÖØ-öø-ÿ@]*/y;
const VARIABLE = /[A-Z_À-ÖØ-Þ][\wÀ-ÖØ-öø-ÿ@]*/y;
const QUOTED_ATOM = /'(?:[^'\\]|\\[^])*'/y;
const STRING = /"(?:[^"\\]|\\[^])*"/y;
const CHARACTER = /\$(?:\\(?:x\{[^}]*\}|x[\da-fA-F]{2}|[0-7]{1,3}|\^.|[^])|[^\\])/uy;
const NUMBER = /\d[\d_]*(?:#[\da-zA-Z_]+|\.\d+(?:[eE][-+]?\d+)?)?/y;
const BINARY = /<<(?:"(?:[^"\\]|\\[^])*"|\$(?:\\[^]|[^\\])|[^">$]|>(?!>))*>>/y;
const PUNCTUATION = /=:=|=\/=|->|=>|:=|==|\/=|=<|>=|\+\+|#\{|[-<>+*/()[\]{}|,;:#=]/y;

/** The tokens of a pattern; the last one is of the type `end`. Throws `bad_pattern`. */
export function scanPattern(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let offset = skipBlanks(text, 0);
  while (offset < text.length) {
    const { token, end } = scanToken(text, offset);
    tokens.push(token);
    offset = skipBlanks(text, end);
  }
  tokens.push({ type: "end", offset: text.trimEnd().length });
  return tokens;
}

function scanToken(text: string, offset: number): { readonly token: Token; readonly end: number } {
  const take = (rule: RegExp): RegExpExecArray | null => matchAt(rule, text, offset);
  const done = (token: Token, length: number) => ({ token, end: offset + length });

  const identifier = take(PID) ?? take(REFERENCE) ?? take(PORT);
  if (identifier !== null) {
    return done({ type: "identifier", offset, identifier: readIdentifier(identifier) }, identifier[0].length);
  }
  const word = take(WORD)?.[0];
  if (word !== undefined) return done({ type: "atom", offset, text: word, isQuoted: false }, word.length);
  const variable = take(VARIABLE)?.[0];
  if (variable !== undefined) return done({ type: "variable", offset, text: variable }, variable.length);
  const quoted = take(QUOTED_ATOM)?.[0];
  if (quoted !== undefined) {
    const name = atomName(readLiteral(text, offset, quoted)) ?? "";
    return done({ type: "atom", offset, text: name, isQuoted: true }, quoted.length);
  }
  const literal = (take(STRING) ?? take(CHARACTER) ?? take(NUMBER) ?? take(BINARY))?.[0];
  if (literal !== undefined) {
    return done({ type: "literal", offset, term: readLiteral(text, offset, literal) }, literal.length);
  }
  if (text.startsWith("<<", offset)) throw patternError(text, offset, "the binary has no end");
  const punctuation = take(PUNCTUATION)?.[0];
  if (punctuation !== undefined) return done({ type: "punctuation", offset, text: punctuation }, punctuation.length);
  throw patternError(text, offset, describeStray(String.fromCodePoint(text.codePointAt(offset) ?? 0)));
}

function describeStray(character: string): string {
  switch (character) {
    case "'":
      return "the quoted atom has no end";
    case '"':
      return "the string has no end";
    case "$":
      return 'a character is missing after "$"';
    default:
      return `"${character}" has no meaning here`;
  }
}

function readLiteral(pattern: string, offset: number, text: string): Term {
  try {
    return parseTerm(text);
  } catch (error) {
    if (!(error instanceof EnitError)) throw error;
    const { line, column } = error.data;
    const inner = line === 1 && typeof column === "number" ? column - 1 : 0;
    throw patternError(pattern, offset + inner, `${text} cannot be read as Erlang reads it`);
  }
}

function readIdentifier([text, ...numbers]: RegExpExecArray): Identifier {
  const kind = text.startsWith("<") ? "pid" : text.startsWith("#P") ? "port" : "reference";
  return { kind, text, numbers: numbers.flatMap((each) => each.split(".").map(BigInt)) };
}

function skipBlanks(text: string, offset: number): number {
  return offset + (matchAt(BLANKS, text, offset)?.[0].length ?? 0);
}

function matchAt(rule: RegExp, text: string, offset: number): RegExpExecArray | null {
  rule.lastIndex = offset;
  return rule.exec(text);
}
