import type { ArgumentDefinition, ArgumentDefinitions, ArgumentValues, NumberArgument, PositionalArgument } from "../../contract/index.ts";
import { EnitError, nearestName } from "../../error/index.ts";
import { flagNames } from "./flag-table.ts";
import type { GivenFlag, ScannedWords } from "./scan.ts";

/**
 * Makes the typed values of a command's arguments, or of the host's flags, from what was given.
 *
 * @throws EnitError of the kind `usage`: what is missing, too much, or none of its type.
 */
export function readArguments<A extends ArgumentDefinitions>(
  definitions: A,
  given: Pick<ScannedWords, "flags" | "positionals">,
): ArgumentValues<A> {
  const values: Record<string, unknown> = {};
  let next = 0;
  for (const [key, definition] of Object.entries(definitions)) {
    if (definition.type !== "positional") {
      values[key] = readFlag(key, definition, given.flags.filter((each) => each.flag.key === key));
    } else if (definition.rest === true) {
      const rest = given.positionals.slice(next);
      next = Math.max(next, given.positionals.length);
      if (rest.length === 0 && definition.required === true) throw missingPositional(key, definition);
      values[key] = rest;
    } else {
      const word = given.positionals[next];
      if (word !== undefined) next++;
      else if (definition.required === true) throw missingPositional(key, definition);
      values[key] = word ?? definition.default;
    }
  }
  const surplus = given.positionals[next];
  if (surplus !== undefined) {
    throw new EnitError("too_many_arguments", `cannot use "${surplus}": ${countWords(next)} expected`, {
      kind: "usage",
      data: { expected: next, given: given.positionals.length },
    });
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
): unknown {
  const last = given.at(-1);
  if (last === undefined) {
    if (definition.type === "boolean") return definition.default ?? false;
    if (definition.required === true) {
      const name = flagNames(key, definition).at(-1) ?? key;
      throw new EnitError("missing_argument", `cannot go on without "${name}": it must be given`, {
        kind: "usage",
        data: { flag: name },
      });
    }
    return definition.type === "string" && definition.multiple === true ? [] : definition.default;
  }
  if (definition.type === "string" && definition.multiple === true) return given.map((each) => each.value);
  if (typeof last.value === "boolean") return last.value;
  if (definition.type === "number") return readNumber(last.name, last.value, definition);
  if (definition.type === "enum" && !definition.options.includes(last.value)) {
    const nearest = nearestName(last.value, definition.options);
    throw badValue(last.name, last.value, `must be one of ${definition.options.join(", ")}`, nearest);
  }
  return last.value;
}

function readNumber(name: string, text: string, definition: NumberArgument): number {
  const value = /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) throw badValue(name, text, "must be a number");
  if (definition.integer === true && !Number.isSafeInteger(value)) throw badValue(name, text, "must be a whole number");
  if (definition.min !== undefined && value < definition.min) throw badValue(name, text, `must be at least ${definition.min}`);
  if (definition.max !== undefined && value > definition.max) throw badValue(name, text, `must be at most ${definition.max}`);
  return value;
}

function badValue(name: string, value: string, state: string, nearest?: string): EnitError {
  return new EnitError("bad_value", `cannot use "${value}" for ${name}: it ${state}`, {
    kind: "usage",
    hint: nearest === undefined ? undefined : `Did you mean ${nearest}?`,
    data: { flag: name, value },
  });
}

function missingPositional(key: string, definition: PositionalArgument): EnitError {
  const name = positionalName(key, definition);
  return new EnitError("missing_argument", `cannot go on without "${name}": it must be given`, {
    kind: "usage",
    hint: definition.description === undefined ? undefined : `${name}: ${definition.description}.`,
    data: { argument: name },
  });
}

function countWords(count: number): string {
  if (count === 0) return "no argument is";
  return count === 1 ? "only one argument is" : `only ${count} arguments are`;
}
