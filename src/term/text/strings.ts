/** Quoted atoms and strings, triple-quoted strings, and sigils. */
import { binary } from "../make.ts";
import type { Term } from "../term.ts";
import { isNameCharacter, isWhiteSpace } from "./characters.ts";
import type { Dialect } from "./dialect.ts";
import { scanCharacter } from "./escapes.ts";
import type { Source } from "./source.ts";

export interface Scanned<T> {
  readonly content: T;
  readonly end: number;
}

/** Text that stands for itself, character by character. */
const PLAIN = /^[^\\\ud800-\uffff]*$/;

const SIGIL_DELIMITERS: Readonly<Record<string, string>> = {
  "(": ")",
  "[": "]",
  "{": "}",
  "<": ">",
  "/": "/",
  "|": "|",
  "'": "'",
  '"': '"',
  "`": "`",
  "#": "#",
};

/** Scans what stands between the quote at `start` and the next one like it, with escape sequences. */
export function scanQuoted(source: Source, start: number, dialect: Dialect, what: "atom" | "string"): Scanned<string> {
  return scanDelimited(source, start, start + 1, source.text[start] as string, what, dialect);
}

/**
 * Scans a triple-quoted string (or one of more quotes) at `start`, where at least three quotes stand.
 *
 * With `dialect` escape sequences count, as in `~s` and `~b` sigils. The result is `undefined` if something follows the
 * quotes on their line: for the older reading that is an empty string and the beginning of another one.
 */
export function scanTripleQuoted(source: Source, start: number, dialect?: Dialect): Scanned<string> | undefined {
  const { text } = source;
  const quotes = /^"+/.exec(text.slice(start))?.[0] ?? "";
  const opening = lineAt(text, start + quotes.length);
  if (![...opening.content].every(isBlank)) return undefined;
  const lines: { start: number; content: string }[] = [];
  for (let at = opening.next; at <= text.length;) {
    const line = lineAt(text, at);
    const indentation = blankPrefix(line.content);
    if (line.content.startsWith(quotes, indentation.length)) {
      const content = unindent(source, lines, indentation, dialect);
      return { content, end: at + indentation.length + quotes.length };
    }
    lines.push({ start: at, content: line.content });
    at = line.next;
  }
  throw source.error(start, `the closing ${quotes} of the string that begins here is missing`);
}

/** Scans a sigil at `start`, where a tilde stands: `~"..."`, `~b(...)`, `~S[...]`, `~"""`. */
export function scanSigil(source: Source, start: number, dialect: Dialect): Scanned<Term | string> {
  const { text } = source;
  let open = start + 1;
  while (isNameCharacter(text.charCodeAt(open))) open++;
  const prefix = text.slice(start + 1, open);
  if (!["", "b", "B", "s", "S"].includes(prefix)) {
    throw source.error(start, `a sigil begins with ~, ~b, ~B, ~s or ~S, not ~${prefix}`);
  }
  const { content, end } = scanSigilContent(source, start, open, prefix, dialect);
  if (isNameCharacter(text.charCodeAt(end))) throw source.error(end, "nothing may follow the end of a sigil directly");
  return { content: prefix === "s" || prefix === "S" ? content : binary(content), end };
}

function scanSigilContent(
  source: Source,
  start: number,
  open: number,
  prefix: string,
  dialect: Dialect,
): Scanned<string> {
  const { text } = source;
  if (text.startsWith('"""', open)) {
    const escapes = prefix === "b" || prefix === "s" ? dialect : undefined;
    const scanned = scanTripleQuoted(source, open, escapes);
    if (scanned === undefined)
      throw source.error(open, "the line must end after the opening quotes of a triple-quoted string");
    return scanned;
  }
  const delimiter = text[open] ?? "";
  const closing = Object.hasOwn(SIGIL_DELIMITERS, delimiter) ? SIGIL_DELIMITERS[delimiter] : undefined;
  if (closing === undefined) throw source.error(open, "the opening quote or bracket of a sigil is missing");
  if (prefix !== "B" && prefix !== "S") return scanDelimited(source, start, open + 1, closing, "sigil", dialect);
  const end = text.indexOf(closing, open + 1);
  if (end === -1) throw unterminated(source, start, closing, "sigil");
  return { content: text.slice(open + 1, end), end: end + 1 };
}

function scanDelimited(
  source: Source,
  start: number,
  first: number,
  closing: string,
  what: string,
  dialect: Dialect,
): Scanned<string> {
  const { text } = source;
  const nearest = text.indexOf(closing, first);
  const whole = text.slice(first, nearest);
  if (nearest !== -1 && PLAIN.test(whole)) return { content: whole, end: nearest + 1 };

  const closingCode = closing.charCodeAt(0);
  let content = "";
  let plain = first;
  let at = first;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === closingCode) return { content: content + text.slice(plain, at), end: at + 1 };
    if (code !== 0x5c && code < 0xd800) {
      at++;
      continue;
    }
    const character = scanCharacter(source, at, dialect);
    if (character === undefined) throw unterminated(source, start, closing, what);
    content += text.slice(plain, at) + String.fromCodePoint(character.code);
    at = character.end;
    plain = at;
  }
}

function unterminated(source: Source, start: number, closing: string, what: string) {
  return source.error(start, `the closing ${closing} of the ${what} that begins here is missing`);
}

interface Line {
  readonly start: number;
  readonly content: string;
}

/**
 * Takes the indentation of the closing quotes from all lines, and the last line end away.
 *
 * Escape sequences count first: `\s` is indentation too, and a line that begins with `\n` is an empty one with more after it.
 */
function unindent(source: Source, lines: readonly Line[], indentation: string, dialect: Dialect | undefined): string {
  const contents = lines.map(({ start, content }) => {
    const text = dialect === undefined ? content : unescape(source, start, content, dialect);
    if (/^\r?\n/.test(`${text}\n`)) return text;
    if (text.startsWith(indentation)) return text.slice(indentation.length);
    throw source.error(start, "the line is indented less than the closing quotes of its string");
  });
  return contents.join("\n").replace(/\r$/, "");
}

function unescape(source: Source, start: number, content: string, dialect: Dialect): string {
  let text = "";
  for (let at = start; at < start + content.length;) {
    const character = scanCharacter(source, at, dialect);
    if (character === undefined) break;
    // A backslash at the end of the line stands for the line end, which is there already.
    if (character.end <= start + content.length) text += String.fromCodePoint(character.code);
    at = character.end;
  }
  return text;
}

function lineAt(text: string, start: number): { content: string; next: number } {
  const feed = text.indexOf("\n", start);
  if (feed === -1) return { content: text.slice(start), next: text.length + 1 };
  return { content: text.slice(start, feed), next: feed + 1 };
}

function blankPrefix(content: string): string {
  let end = 0;
  while (end < content.length && isWhiteSpace(content.charCodeAt(end))) end++;
  return content.slice(0, end);
}

function isBlank(character: string): boolean {
  return isWhiteSpace(character.charCodeAt(0));
}
