import { EnitError, type SourcePosition } from "../error/index.ts";

/** What a TOML file holds. */
export interface TomlDocument {
  readonly values: TomlTable;
  /** Where a key or table stands, if it is written on a line of its own and not inside another value. */
  readonly positionOf: (...path: readonly string[]) => SourcePosition | undefined;
}

/** A table of a TOML file; dates and times are the values of `Temporal`. */
export type TomlTable = Readonly<Record<string, unknown>>;

/**
 * Parses TOML 1.0.
 *
 * @throws EnitError `toml_syntax` with file, line and column.
 */
export async function parseToml(text: string, file: string): Promise<TomlDocument> {
  try {
    const values = Object.entries(Bun.TOML.parse(text));
    return { values: Object.fromEntries(values), positionOf: (...path) => locate(text, file, path) };
  } catch (error) {
    throw await syntaxError(text, file, error);
  }
}

/** Tells a table from the other values. */
export function isTomlTable(value: unknown): value is TomlTable {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/**
 * Bun's parser is there at no cost but does not say where an error is; the one that does takes 8 ms to load, which
 * only a broken file is worth. Can go when Bun's errors carry their place.
 */
async function syntaxError(text: string, file: string, cause: unknown): Promise<EnitError> {
  const { parse } = await import("@iarna/toml");
  let place: { line: number; column: number } | undefined;
  let state = firstLine(cause).replace(/^TOML Parse error: /, "");
  try {
    parse(text);
  } catch (error) {
    if (!isPlaced(error)) throw error;
    // It counts columns from 1 on the first line and from 0 on the others (3.0.0).
    place = { line: error.line + 1, column: error.line === 0 ? error.col : error.col + 1 };
    state = firstLine(error).replace(/ at row \d+, col \d+, pos \d+:$/, "");
  }
  const thing = place === undefined ? file : `${file}:${place.line}:${place.column}`;
  return new EnitError("toml_syntax", `cannot read "${thing}": ${lowerFirst(state)}`, {
    kind: "input",
    hint: "The file must be TOML, see https://toml.io.",
    data: { file, ...place },
    cause,
  });
}

function isPlaced(error: unknown): error is Error & { line: number; col: number } {
  return error instanceof Error && "line" in error && "col" in error && typeof error.col === "number";
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

const KEY_PART = /[A-Za-z0-9_-]+|"[^"]*"|'[^']*'/y;

function locate(text: string, file: string, path: readonly string[]): SourcePosition | undefined {
  let table: readonly string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const column = line.search(/\S/);
    const brackets = /^\[{0,2}\s*/.exec(line.slice(column))?.[0] ?? "";
    const { parts, end } = keyPath(line, column + brackets.length);
    const isTable = brackets.startsWith("[");
    if (parts.length === 0 || line[end] !== (isTable ? "]" : "=")) continue;
    const whole = isTable ? parts : [...table, ...parts];
    if (isTable) table = parts;
    if (whole.length === path.length && whole.every((part, at) => part === path[at])) {
      return { file, line: index + 1, column: column + 1 };
    }
  }
  return undefined;
}

/** Reads a dotted key from a column on; `end` is the column of what follows it. */
function keyPath(line: string, from: number): { parts: string[]; end: number } {
  const parts: string[] = [];
  let end = from;
  for (;;) {
    KEY_PART.lastIndex = end;
    const part = KEY_PART.exec(line)?.[0];
    if (part === undefined) return { parts: [], end };
    parts.push(/^["']/.test(part) ? part.slice(1, -1) : part);
    end = skipBlanks(line, end + part.length);
    if (line[end] !== ".") return { parts, end };
    end = skipBlanks(line, end + 1);
  }
}

function skipBlanks(line: string, from: number): number {
  let at = from;
  while (line[at] === " " || line[at] === "\t") at++;
  return at;
}
