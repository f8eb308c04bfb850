import type {
  ArgumentDefinition,
  ArgumentDefinitions,
  ArgumentValues,
  NumberArgument,
  PositionalArgument,
} from "../../contract/index.ts";
import { nearestName } from "../../error/index.ts";
import { flagNames } from "./flag-table.ts";
import type { GivenFlag, ScannedWords } from "./scan.ts";
import { type Subject, usageError } from "./usage-error.ts";

/**
 * Makes the typed values of a command's arguments, or of the host's flags, from what was given. Of a flag that is given
 * twice and takes one value, the last counts.
 *
 * @throws EnitError of the kind `usage`: what is missing, too much, or none of its type.
 */
export function readArguments<A extends ArgumentDefinitions>(
  definitions: A,
  given: Pick<ScannedWords, "flags" | "positionals">,
  subject: Subject,
): ArgumentValues<A> {
  const values: Record<string, unknown> = {};
  let taken = 0;
  for (const [key, definition] of Object.entries(definitions)) {
    if (definition.type !== "positional") {
      const flags = given.flags.filter((each) => each.flag.key === key);
      values[key] = readFlag(key, definition, flags, subject);
      continue;
    }
    const words = given.positionals.slice(taken, definition.rest === true ? undefined : taken + 1);
    if (words.length === 0 && definition.required === true) throw missing(positionalName(key, definition), subject);
    taken += words.length;
    values[key] = definition.rest === true ? words : (words[0] ?? definition.default);
  }
  const surplus = given.positionals[taken];
  if (surplus !== undefined) {
    const data = { expected: taken, given: given.positionals.length };
    throw usageError(subject, "too_many_arguments", `"${surplus}" is one argument too many`, { data });
  }
  return values as ArgumentValues<A>;
}

/** How help and errors call a positional. */
export function positionalName(key: string, definition: PositionalArgument): string {
  return definition.valueHint ?? key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

function readFlag(
  key: string,
  definition: Exclude<ArgumentDefinition, PositionalArgument>,
  given: readonly GivenFlag[],
  subject: Subject,
): unknown {
  const last = given.at(-1);
  if (last === undefined) {
    if (definition.type === "boolean") return definition.default ?? false;
    if (definition.required === true) throw missing(flagNames(key, definition).at(-1) ?? key, subject);
    return definition.type === "string" && definition.multiple === true ? [] : definition.default;
  }
  if (definition.type === "string" && definition.multiple === true) return given.map((each) => each.value);
  if (typeof last.value === "boolean") return last.value;
  if (definition.type === "number") return readNumber(last.name, last.value, definition, subject);
  if (definition.type === "enum" && !definition.options.includes(last.value)) {
    const nearest = nearestName(last.value, definition.options);
    throw badValue(last.name, last.value, `one of ${definition.options.join(", ")}`, subject, nearest);
  }
  return last.value;
}

function readNumber(name: string, text: string, definition: NumberArgument, subject: Subject): number {
  const { integer = false, min = -Infinity, max = Infinity } = definition;
  const value = /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) throw badValue(name, text, "a number", subject);
  if (integer && !Number.isSafeInteger(value)) throw badValue(name, text, "a whole number", subject);
  if (value < min) throw badValue(name, text, `at least ${min}`, subject);
  if (value > max) throw badValue(name, text, `at most ${max}`, subject);
  return value;
}

function badValue(name: string, value: string, wanted: string, subject: Subject, nearest?: string): Error {
  return usageError(subject, "bad_value", `${name} must be ${wanted}, not "${value}"`, {
    nearest,
    data: { flag: name, value },
  });
}

function missing(name: string, subject: Subject): Error {
  return usageError(subject, "missing_argument", `${name} is missing`, { data: { argument: name } });
}
