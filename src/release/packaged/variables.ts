import { EnitError } from "../../error/index.ts";
import { formatPlace } from "../warning.ts";

/** Variables by name; one that is `undefined` is not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What variables stand for. */
export interface Variables {
  readonly values: Environment;
  /** Whether one that is not set and has no default stays as it is written, for whoever only looks. Default: it is an error. */
  readonly keepUnset?: boolean;
}

/** What comments look like: in Erlang terms, or in files of arguments. */
export type CommentStyle = "%" | "#";

/**
 * Puts values in place of `${NAME}` and `${NAME:-DEFAULT}` in a `.src` file, as the start scripts of releases do.
 *
 * The default counts for a variable that is not set or empty, as in a shell. What stands in a comment is left as it is.
 * Values are UTF-8.
 *
 * @throws EnitError `variable_not_set` with its name, file, line and column.
 */
export function substituteVariables(
  content: Uint8Array,
  file: string,
  style: CommentStyle,
  variables: Variables,
): Uint8Array {
  // Byte by byte: what is not replaced stays what it is, in whatever encoding.
  const text = Buffer.from(content).toString("latin1");
  const parts: string[] = [];
  let quote: string | undefined;
  for (let at = 0; at < text.length;) {
    const [token, end] = nextToken(text, at, style, quote);
    const variable = VARIABLE.exec(token);
    const value = variable === null ? token : valueOf(variable, variables.values);
    if (value === undefined && variables.keepUnset !== true) throw notSet(variable?.[1] ?? "", file, text, at);
    parts.push(value ?? (quote === undefined ? `'${token}'` : token));
    if (token === quote) quote = undefined;
    else if (quote === undefined && (token === '"' || token === "'")) quote = token;
    at = end;
  }
  return Buffer.from(parts.join(""), "latin1");
}

const VARIABLE = /^\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}$/;

/** A variable, a comment, what takes the meaning of the next character away, or else a single character; and its end. */
const TOKENS = {
  "%": {
    outside: /\$\{[A-Za-z_]\w*(?::-[^}]*)?\}|\$\\?.|%[^\n]*|./sy,
    inside: /\$\{[A-Za-z_]\w*(?::-[^}]*)?\}|\\.|./sy,
  },
  "#": { outside: /\$\{[A-Za-z_]\w*(?::-[^}]*)?\}|\\.|#[^\n]*|./sy, inside: /\$\{[A-Za-z_]\w*(?::-[^}]*)?\}|./sy },
} as const;

function nextToken(text: string, at: number, style: CommentStyle, quote: string | undefined): [string, number] {
  const pattern = TOKENS[style][quote === undefined ? "outside" : "inside"];
  pattern.lastIndex = at;
  const [token = text.charAt(at)] = pattern.exec(text) ?? [];
  return [token, at + token.length];
}

function valueOf([, name = "", fallback]: RegExpExecArray, values: Environment): string | undefined {
  const value = values[name];
  return value === undefined || (value === "" && fallback !== undefined)
    ? fallback
    : Buffer.from(value).toString("latin1");
}

function notSet(name: string, file: string, text: string, offset: number): EnitError {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  const column = offset - before.lastIndexOf("\n");
  const place = formatPlace({ file, line, column });
  return new EnitError("variable_not_set", `cannot use "${place}": the variable ${name} is not set`, {
    kind: "input",
    hint: `Set it in the environment, or in the section node: {env, [{"${name}", VALUE}]}. A default is written \${${name}:-DEFAULT}.`,
    data: { variable: name, file, line, column },
  });
}
