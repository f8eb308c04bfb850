import { EnitError, nearestName } from "../../error/index.ts";
import type { Flag, FlagTable } from "./flag-table.ts";

/** One flag as it was given. */
export interface GivenFlag {
  readonly flag: Flag;
  /** As typed, for messages. */
  readonly name: string;
  readonly value: string | boolean;
}

export interface ScannedWords {
  readonly flags: readonly GivenFlag[];
  readonly positionals: readonly string[];
  /** The words that were not looked at, with `stopAtPositional`. */
  readonly rest: readonly string[];
}

/**
 * Takes words apart as POSIX and GNU do: `--name VALUE`, `--name=VALUE`, `--no-name`, `-x VALUE`, `-xVALUE`, `-abc`,
 * `--` before words that only look like flags. `-` and negative numbers are no flags.
 *
 * Not `node:util`'s `parseArgs`, since loading that module costs 2 ms of the 8 that a start may take, and not citty's, which
 * takes unknown flags for granted and drops all but the last of a repeated one.
 *
 * @throws EnitError of the kind `usage`.
 */
export function scanWords(
  words: readonly string[],
  table: FlagTable,
  options: { stopAtPositional?: boolean } = {},
): ScannedWords {
  const flags: GivenFlag[] = [];
  const positionals: string[] = [];
  let index = 0;

  const valueAfter = (name: string, flag: Flag): string => {
    const next = words[index + 1];
    if (next === undefined || next === "--" || table.has(next.replace(/=.*/s, ""))) throw missingValue(name, flag);
    index++;
    return next;
  };

  for (; index < words.length; index++) {
    const word = words[index] ?? "";
    if (word === "--") {
      positionals.push(...words.slice(index + 1));
      break;
    }
    if (!word.startsWith("-") || word === "-" || (/^-\.?\d/.test(word) && !table.has(word.slice(0, 2)))) {
      if (options.stopAtPositional === true) return { flags, positionals, rest: words.slice(index) };
      positionals.push(word);
    } else if (word.startsWith("--")) {
      const [name, inline] = splitOnce(word);
      const flag = table.get(name);
      if (flag === undefined) {
        flags.push(negated(name, inline, table));
      } else if (flag.definition.type === "boolean") {
        flags.push({ flag, name, value: inline === undefined ? true : booleanValue(name, inline) });
      } else {
        flags.push({ flag, name, value: inline ?? valueAfter(name, flag) });
      }
    } else {
      for (let at = 1; at < word.length; at++) {
        const name = `-${word[at]}`;
        const flag = table.get(name);
        if (flag === undefined) throw unknownFlag(name, table);
        if (flag.definition.type === "boolean") {
          flags.push({ flag, name, value: true });
          continue;
        }
        const inline = word.slice(at + 1).replace(/^=/, "");
        flags.push({ flag, name, value: inline === "" ? valueAfter(name, flag) : inline });
        break;
      }
    }
  }
  return { flags, positionals, rest: [] };
}

function splitOnce(word: string): [name: string, value: string | undefined] {
  const at = word.indexOf("=");
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

function negated(name: string, inline: string | undefined, table: FlagTable): GivenFlag {
  const flag = name.startsWith("--no-") ? table.get(`--${name.slice(5)}`) : undefined;
  if (flag?.definition.type !== "boolean" || inline !== undefined) throw unknownFlag(name, table);
  return { flag, name, value: false };
}

function booleanValue(name: string, text: string): boolean {
  if (text === "true") return true;
  if (text === "false") return false;
  throw new EnitError("bad_value", `cannot use "${name}=${text}": the flag takes no value but true and false`, { kind: "usage" });
}

function missingValue(name: string, flag: Flag): EnitError {
  return new EnitError("missing_value", `cannot use "${name}": its value is missing`, {
    kind: "usage",
    hint: flag.definition.description === undefined ? undefined : `${name}: ${flag.definition.description}.`,
    data: { flag: name },
  });
}

function unknownFlag(name: string, table: FlagTable): EnitError {
  const nearest = nearestName(name, [...table.keys()].filter((known) => known.length > 2));
  return new EnitError("unknown_flag", `cannot use "${name}": no such flag`, {
    kind: "usage",
    hint: nearest === undefined ? undefined : `Did you mean ${nearest}?`,
    data: { flag: name, ...(nearest === undefined ? {} : { nearest }) },
  });
}
