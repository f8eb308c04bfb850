import { atom, integer, integerValue, list, stringValue, textValue } from "../../../term/index.ts";
import { type Value, UNKNOWN, entriesOf, headOf, listOf, ofTerm, tailOf, termOf, tupleOf } from "../value.ts";
import { isSame, kindOf, mapEntry, withEntries } from "./compare.ts";

/** Calls a fun that a pure function was given; one result, or `UNKNOWN`. */
export type CallFun = (fun: Value, args: readonly Value[]) => Value;

type Pure = (args: readonly Value[], call: CallFun) => Value | undefined;

/** Numbers of elements above this are not worked out. */
const MAX_ELEMENTS = 1000;

/**
 * What a function of OTP gives that depends on its arguments alone; `undefined` for all other functions, and where too little is
 * known of the arguments. Only what lists of children are put together with is here.
 */
export function pureResult(name: string, args: readonly Value[], call: CallFun): Value | undefined {
  return FUNCTIONS[name]?.(args, call);
}

const FUNCTIONS: Readonly<Record<string, Pure>> = {
  "erlang:++/2": ([a, b]) => append(a, b),
  "lists:append/2": ([a, b]) => append(a, b),
  "lists:append/1": ([lists]) => listOf(lists)?.reduceRight<Value | undefined>((rest, each) => append(each, rest), NIL),
  "lists:flatten/1": ([deep]) => flatten(deep),
  "lists:reverse/1": ([elements]) => reversed(elements, NIL),
  "lists:reverse/2": ([elements, tail]) => reversed(elements, tail),
  "lists:seq/2": ([first, last]) => sequence(first, last),
  "lists:map/2": ([fun, elements], call) => map(fun, elements, call),
  "lists:flatmap/2": ([fun, elements], call) => {
    const mapped = map(fun, elements, call);
    return listOf(mapped)?.reduceRight<Value | undefined>((rest, each) => append(each, rest), NIL);
  },
  "lists:filter/2": ([fun, elements], call) => {
    const kept = listOf(elements)?.map((each) => [each, truthOf(fun && call(fun, [each]))] as const);
    return kept?.some(([, answer]) => answer === undefined) === false
      ? toList(kept.flatMap(([each, answer]) => (answer === true ? each : [])))
      : undefined;
  },
  "lists:foldl/3": ([fun, start, elements], call) => fold(fun, start, listOf(elements), call),
  "lists:foldr/3": ([fun, start, elements], call) => fold(fun, start, listOf(elements)?.toReversed(), call),
  "lists:zip/2": ([a, b]) => {
    const [left, right] = [listOf(a), listOf(b)];
    if (left === undefined || left.length !== right?.length) return undefined;
    return toList(left.map((each, at) => tupleValue([each, right[at] ?? UNKNOWN])));
  },
  "maps:put/3": ([key, value, source]) => key && value && source && withEntries(source, [[key, value]]),
  "maps:merge/2": ([a, b]) => {
    const entries = entriesOf(b);
    return a && entries && withEntries(a, entries);
  },
  "maps:get/2": ([key, source]) => found(source && key && mapEntry(source, key)),
  "maps:get/3": ([key, source, fallback]) => {
    const entry = source && key && mapEntry(source, key);
    return entry === undefined ? fallback : found(entry);
  },
  "maps:to_list/1": ([source]) => {
    const entries = entriesOf(source);
    return entries && toList(entries.map((entry) => tupleValue([...entry])));
  },
  "maps:from_list/1": ([pairs]) => {
    const entries = listOf(pairs)?.map((each) => tupleOf(each) ?? []);
    if (entries?.every((entry) => entry.length === 2) !== true) return undefined;
    return withEntries(
      { kind: "map", entries: [] },
      entries.map(([key, value]) => [key ?? UNKNOWN, value ?? UNKNOWN]),
    );
  },
  "erlang:element/2": ([position, tuple]) => tupleOf(tuple)?.[(numberOf(position) ?? 0) - 1],
  "erlang:setelement/3": ([position, tuple, value]) => {
    const elements = tupleOf(tuple);
    const at = (numberOf(position) ?? 0) - 1;
    if (elements === undefined || value === undefined || elements[at] === undefined) return undefined;
    return tupleValue(elements.with(at, value));
  },
  "erlang:hd/1": ([elements]) => headOf(elements),
  "erlang:tl/1": ([elements]) => tailOf(elements),
  "erlang:length/1": ([elements]) => numberValue(listOf(elements)?.length),
  "erlang:tuple_size/1": ([tuple]) => numberValue(tupleOf(tuple)?.length),
  "erlang:+/2": ([a, b]) => calculate(a, b, (x, y) => x + y),
  "erlang:-/2": ([a, b]) => calculate(a, b, (x, y) => x - y),
  "erlang:*/2": ([a, b]) => calculate(a, b, (x, y) => x * y),
  "erlang:=:=/2": ([a, b]) => truth(a && b && isSame(a, b)),
  "erlang:=/=/2": ([a, b]) => truth(not(a && b && isSame(a, b))),
  "erlang:not/1": ([a]) => truth(not(truthOf(a))),
  "erlang:is_atom/1": ([a]) => truth(isKind(a, ["atom"])),
  "erlang:is_list/1": ([a]) => truth(isKind(a, ["nil", "pair"])),
  "erlang:is_tuple/1": ([a]) => truth(isKind(a, ["tuple"])),
  "erlang:is_map/1": ([a]) => truth(isKind(a, ["map"])),
  "erlang:is_integer/1": ([a]) => truth(isKind(a, ["integer"])),
  "erlang:atom_to_list/1": ([a]) => textOf(a, (text) => characters(text)),
  "erlang:integer_to_list/1": ([a]) => characters(numberOf(a)?.toString()),
  "erlang:list_to_atom/1": ([a]) => stringOf(a, (text) => ofTerm(atom(text))),
  "erlang:list_to_existing_atom/1": ([a]) => stringOf(a, (text) => ofTerm(atom(text))),
};

const NIL = ofTerm(list([]));

/** Whether a value is `true` or `false`, as far as it is known. */
function truthOf(value: Value | undefined): boolean | undefined {
  const term = value?.kind === "term" && value.term.kind === "atom" ? value.term.name : undefined;
  return term === "true" ? true : term === "false" ? false : undefined;
}

function append(a: Value | undefined, b: Value | undefined): Value | undefined {
  if (a === undefined || b === undefined) return undefined;
  const elements: Value[] = [];
  let rest = a;
  for (let tail = tailOf(rest); tail !== undefined; tail = tailOf(rest)) {
    elements.push(headOf(rest) ?? UNKNOWN);
    rest = tail;
  }
  // Where it is not known how the first list goes on, nor is what comes after it.
  return toList(elements, kindOf(rest) === "nil" ? b : UNKNOWN);
}

function flatten(value: Value | undefined): Value | undefined {
  const elements = listOf(value);
  return elements?.reduceRight<Value>((rest, each) => {
    const kind = kindOf(each);
    if (kind === undefined) return UNKNOWN;
    return kind === "nil" || kind === "pair" ? (append(flatten(each), rest) ?? UNKNOWN) : pair(each, rest);
  }, NIL);
}

function reversed(elements: Value | undefined, tail: Value | undefined): Value | undefined {
  const known = listOf(elements);
  return known && toList(known.toReversed(), tail);
}

function sequence(first: Value | undefined, last: Value | undefined): Value | undefined {
  const [from, to] = [numberOf(first), numberOf(last)];
  if (from === undefined || to === undefined || to - from >= MAX_ELEMENTS) return undefined;
  return ofTerm(list(Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => integer(from + index))));
}

function map(fun: Value | undefined, elements: Value | undefined, call: CallFun): Value | undefined {
  const known = listOf(elements);
  return known && fun && toList(known.map((each) => call(fun, [each])));
}

function fold(
  fun: Value | undefined,
  start: Value | undefined,
  elements: readonly Value[] | undefined,
  call: CallFun,
): Value | undefined {
  return fun && start && elements?.reduce((state, each) => call(fun, [each, state]), start);
}

function toList(elements: readonly Value[], tail: Value = NIL): Value {
  return elements.reduceRight((rest, each) => pair(each, rest), tail);
}

function pair(head: Value, tail: Value): Value {
  return { kind: "cons", head, tail };
}

function tupleValue(elements: readonly Value[]): Value {
  return { kind: "tuple", elements };
}

function found(entry: Value | "unknown" | undefined): Value | undefined {
  return entry === "unknown" ? undefined : entry;
}

function numberOf(value: Value | undefined): number | undefined {
  return integerValue(value && termOf(value));
}

function numberValue(value: number | undefined): Value | undefined {
  return value === undefined || !Number.isSafeInteger(value) ? undefined : ofTerm(integer(value));
}

function calculate(
  a: Value | undefined,
  b: Value | undefined,
  operate: (x: number, y: number) => number,
): Value | undefined {
  const [x, y] = [numberOf(a), numberOf(b)];
  return x === undefined || y === undefined ? undefined : numberValue(operate(x, y));
}

function truth(value: boolean | undefined): Value | undefined {
  return value === undefined ? undefined : ofTerm(atom(String(value)));
}

function not(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}

function isKind(value: Value | undefined, kinds: readonly string[]): boolean | undefined {
  const kind = value && kindOf(value);
  return kind === undefined ? undefined : kinds.includes(kind);
}

function characters(text: string | undefined): Value | undefined {
  return text === undefined
    ? undefined
    : ofTerm(list(Array.from(text, (character) => integer(character.codePointAt(0) ?? 0))));
}

function textOf(value: Value | undefined, make: (text: string) => Value | undefined): Value | undefined {
  const text = value?.kind === "term" && value.term.kind === "atom" ? textValue(value.term) : undefined;
  return text === undefined ? undefined : make(text);
}

function stringOf(value: Value | undefined, make: (text: string) => Value): Value | undefined {
  const text = stringValue(value && termOf(value));
  return text === undefined || [...text].length > 255 ? undefined : make(text);
}
