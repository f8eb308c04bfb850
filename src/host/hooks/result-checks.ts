import type { Term } from "../../contract/index.ts";

/** Says what is wrong with a value that a plugin gave, by its path, or nothing. */
export type ResultCheck = (value: unknown) => string | undefined;

/** What the parts of each kind of term must be: what is built by hand and not by `ctx.terms` is often wrong inside. */
const TERM_CHECKS: Readonly<Record<Term["kind"], ResultCheck>> = {
  atom: fields({ name: isText }),
  integer: fields({ value: isA("bigint") }),
  float: fields({ value: isA("number") }),
  bitstring: fields({ bytes: isBytes, lastBits: isA("number") }),
  tuple: fields({ elements: listOf(isTerm) }),
  list: fields({ elements: listOf(isTerm), tail: (tail) => (tail === undefined ? undefined : isTerm(tail)) }),
  map: fields({ entries: listOf(listOf(isTerm)) }),
  pid: fields({ node: isText, id: isA("number"), serial: isA("number"), creation: isA("number") }),
  port: fields({ node: isText, id: isA("bigint"), creation: isA("number") }),
  reference: fields({ node: isText, words: listOf(isA("number")), creation: isA("number") }),
  export: fields({ module: isText, function: isText, arity: isA("number") }),
  fun: fields({ module: isText, arity: isA("number"), uniq: isBytes, free: listOf(isTerm) }),
};

/** Checks a whole term. */
export function isTerm(value: unknown): string | undefined {
  if (!isObject(value) || typeof value["kind"] !== "string") return `must be a term, not ${describe(value)}`;
  const { kind } = value;
  if (!Object.hasOwn(TERM_CHECKS, kind)) return `must be a term, and there is no kind "${kind}"`;
  return TERM_CHECKS[kind as Term["kind"]](value);
}

export function isText(value: unknown): string | undefined {
  return typeof value === "string" ? undefined : `must be a string, not ${describe(value)}`;
}

function isA(type: "bigint" | "number"): ResultCheck {
  return (value) => (typeof value === type ? undefined : `must be a ${type}, not ${describe(value)}`);
}

function isBytes(value: unknown): string | undefined {
  return value instanceof Uint8Array ? undefined : `must be a Uint8Array, not ${describe(value)}`;
}

export function listOf(check: ResultCheck): ResultCheck {
  return (value) => {
    if (!Array.isArray(value)) return `must be an array, not ${describe(value)}`;
    for (const [index, item] of value.entries()) {
      const wrong = check(item);
      if (wrong !== undefined) return `[${index}] ${wrong}`;
    }
    return undefined;
  };
}

export function recordOf(check: ResultCheck): ResultCheck {
  return (value) => {
    if (!isObject(value)) return `must be an object, not ${describe(value)}`;
    for (const [key, item] of Object.entries(value)) {
      const wrong = check(item);
      if (wrong !== undefined) return `${key} ${wrong}`;
    }
    return undefined;
  };
}

export function fields(checks: Readonly<Record<string, ResultCheck>>): ResultCheck {
  return (value) => {
    if (!isObject(value)) return `must be an object, not ${describe(value)}`;
    for (const [key, check] of Object.entries(checks)) {
      const wrong = check(value[key]);
      if (wrong !== undefined) return `${key} ${wrong}`;
    }
    return undefined;
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : typeof value;
}
