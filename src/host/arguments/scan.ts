import { nearestName } from "../../error/index.ts";
import type { Flag, FlagTable } from "./flag-table.ts";
import { type Subject, usageError } from "./usage-error.ts";

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
 * Takes words apart as POSIX and GNU do: `--name VALUE`, `--name=VALUE`, `--no-name`, `-x VALUE`, `-xVALUE`, `-abc`, and
 * `--` before words that only look like flags. `-` and negative numbers are no flags.
 *
 * Not `node:util`'s `parseArgs`, since loading that module costs 2 ms of the 8 that a start may take, and not citty's,
 * which takes unknown flags for granted and drops all but the last of a repeated one.
 *
 * @throws EnitError of the kind `usage`.
 */
export function scanWords(
  words: readonly string[],
  table: FlagTable,
  subject: Subject,
  options: { readonly stopAtPositional?: boolean } = {},
): ScannedWords {
  const flags: GivenFlag[] = [];
  const positionals: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    if (word === "--") {
      positionals.push(...words.slice(index + 1));
      break;
    }
    if (!looksLikeFlag(word, table)) {
      if (options.stopAtPositional === true) return { flags, positionals, rest: words.slice(index) };
      positionals.push(word);
      continue;
    }
    const found = word.startsWith("--") ? scanLong(word, table, subject) : scanShort(word, table, subject);
    const last = found.at(-1);
    if (last?.value !== undefined) {
      flags.push(...found.filter(isGiven));
      continue;
    }
    const value = words[index + 1];
    if (last === undefined || value === undefined || value === "--" || table.has(splitOnce(value)[0])) {
      throw usageError(subject, "missing_value", `${last?.name ?? word} needs a value`, {
        data: { flag: last?.name ?? word },
      });
    }
    flags.push(...found.filter(isGiven), { ...last, value });
    index++;
  }
  return { flags, positionals, rest: [] };
}

/** A flag whose value, if it takes one, may be the next word. */
type FoundFlag = Omit<GivenFlag, "value"> & { readonly value: string | boolean | undefined };

function isGiven(found: FoundFlag): found is GivenFlag {
  return found.value !== undefined;
}

function looksLikeFlag(word: string, table: FlagTable): boolean {
  if (!word.startsWith("-") || word === "-") return false;
  return !/^-\.?\d/.test(word) || table.has(word.slice(0, 2));
}

function scanLong(word: string, table: FlagTable, subject: Subject): FoundFlag[] {
  const [name, inline] = splitOnce(word);
  const flag = table.get(name);
  if (flag === undefined) {
    const positive = name.startsWith("--no-") ? table.get(`--${name.slice(5)}`) : undefined;
    if (positive?.definition.type !== "boolean" || inline !== undefined) throw unknownFlag(name, table, subject);
    return [{ flag: positive, name, value: false }];
  }
  if (flag.definition.type !== "boolean") return [{ flag, name, value: inline }];
  if (inline !== undefined && inline !== "true" && inline !== "false") {
    throw usageError(subject, "bad_value", `${name} takes no value but true and false`, {
      data: { flag: name, value: inline },
    });
  }
  return [{ flag, name, value: inline !== "false" }];
}

function scanShort(word: string, table: FlagTable, subject: Subject): FoundFlag[] {
  const found: FoundFlag[] = [];
  for (let at = 1; at < word.length; at++) {
    const name = `-${word[at]}`;
    const flag = table.get(name);
    if (flag === undefined) throw unknownFlag(name, table, subject);
    if (flag.definition.type !== "boolean") {
      const inline = word.slice(at + 1).replace(/^=/, "");
      return [...found, { flag, name, value: inline === "" ? undefined : inline }];
    }
    found.push({ flag, name, value: true });
  }
  return found;
}

function splitOnce(word: string): [name: string, value: string | undefined] {
  const at = word.indexOf("=");
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

function unknownFlag(name: string, table: FlagTable, subject: Subject): Error {
  const nearest =
    name.length > 2
      ? nearestName(
          name,
          table.keys().filter((known) => known.length > 2),
        )
      : undefined;
  return usageError(subject, "unknown_flag", `there is no flag ${name}`, { nearest, data: { flag: name } });
}
