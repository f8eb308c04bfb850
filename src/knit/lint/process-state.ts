import { type FunctionCode, type Instruction, OPCODE, type Operand } from "../../beam/index.ts";
import { type Term, integerValue, list } from "../../term/index.ts";
import { type ModuleAnalysis, type Value, atomOf, tupleOf } from "../analysis/index.ts";
import type { ProcessKind } from "./process-kind.ts";

/** The state of a process as its `init/1` makes it: a record, or another tuple that begins with an atom. */
export interface StateShape {
  readonly tag: string;
  /** The number of its elements, the tag counted. */
  readonly size: number;
  /** The names of its fields, where debug information says them. */
  readonly fields: readonly string[] | undefined;
}

/** Tells the state that `init/1` gives; `undefined` if it is no tagged tuple, or not the same on all ways. */
export function stateShapeOf(analysis: ModuleAnalysis, kind: ProcessKind): StateShape | undefined {
  const values = initialStates(analysis, kind);
  const shapes = values.map((value) => shapeOf(value));
  const [first] = shapes;
  const isOne = first !== undefined && shapes.every((each) => each?.tag === first.tag && each.size === first.size);
  if (!isOne) return undefined;
  const fields = analysis.records?.get(first.tag);
  return { ...first, fields: fields?.length === first.size - 1 ? fields : undefined };
}

/** What `init/1` gives as state: for a `gen_statem` and a `gen_fsm` its data. */
export function initialStates(analysis: ModuleAnalysis, kind: ProcessKind): readonly Value[] {
  const init = analysis.find("init", 1);
  if (init === undefined) return [];
  const at = kind === "gen_statem" || kind === "gen_fsm" ? 2 : 1;
  return analysis.resultsOf(init).flatMap((value) => {
    const elements = tupleOf(value);
    const state = atomOf(elements?.[0]) === "ok" ? elements?.[at] : undefined;
    return state ?? [];
  });
}

function shapeOf(value: Value): { readonly tag: string; readonly size: number } | undefined {
  const elements = tupleOf(value);
  const tag = atomOf(elements?.[0]);
  return elements === undefined || tag === undefined ? undefined : { tag, size: elements.length };
}

/** What differs between two shapes of a state; `undefined` if nothing does. */
export function describeChange(from: StateShape, to: StateShape): string | undefined {
  if (from.tag !== to.tag) return `#${from.tag}{} becomes #${to.tag}{}`;
  if (from.fields !== undefined && to.fields !== undefined) {
    const [old, fresh] = [from.fields, to.fields];
    const added = fresh.filter((field) => !old.includes(field));
    const gone = old.filter((field) => !fresh.includes(field));
    if (added.length === 0 && gone.length === 0) {
      return old.every((field, at) => field === fresh[at])
        ? undefined
        : `the fields of #${to.tag}{} change their order`;
    }
    const changes = [...added.map((field) => `has ${field}`), ...gone.map((field) => `loses ${field}`)];
    return `#${to.tag}{} ${changes.join(", ")}`;
  }
  if (from.size === to.size) return undefined;
  const count = to.size === 2 ? "1 field" : `${to.size - 1} fields`;
  return `#${to.tag}{} has ${count} in place of ${from.size - 1}`;
}

/** What a converter does, whatever the state: it gives that back, it fails, or it may do something else. */
export type Conversion = "keeps" | "fails" | "converts";

/** Tells what a converter does that is called with a version; `undefined` for any. */
export function conversionOf(analysis: ModuleAnalysis, code: FunctionCode, version?: Value): Conversion {
  const given = version === undefined ? undefined : new Map([[isSystem(code) ? 2 : 0, version]]);
  const results = analysis.resultsOf(code, given).map(tupleOf);
  // What is no tuple may be anything.
  if (results.every((each) => each !== undefined && (atomOf(each[0]) ?? "ok") !== "ok")) return "fails";
  const keeps = results.every((elements) => {
    const [ok, ...others] = elements ?? [];
    if (atomOf(ok) !== "ok" || others.length === 0) return false;
    // The state of code_change is its second argument (with a state name, its second and third), as the first is the version.
    return others.every((each, at) => each.kind === "argument" && each.index === (isSystem(code) ? 0 : at + 1));
  });
  return keeps ? "keeps" : "converts";
}

/** What `release_handler` takes for the version of a module: the attribute `vsn`, a single term without its list. */
export function versionOf({ module }: ModuleAnalysis): Value {
  if (module.isStripped) return { kind: "unknown" };
  const values = module.attributes.find(({ name }) => name === "vsn")?.values ?? [];
  const [first] = values;
  const isSingle = first !== undefined && values.length === 1 && !isCharacter(first);
  return { kind: "term", term: isSingle ? first : list(values) };
}

function isCharacter(term: Term): boolean {
  const code = integerValue(term);
  return code !== undefined && code >= 32 && code <= 255;
}

/** `system_code_change(Misc, Module, OldVsn, Extra)` has the state first. */
function isSystem({ name }: FunctionCode): boolean {
  return name === "system_code_change";
}

/** Whether code tells apart where it comes from: by the atom `down`, or by the size of what it gets. */
export function knowsWayDown(analysis: ModuleAnalysis, code: FunctionCode, shape: StateShape): boolean {
  return analysis
    .reachableFrom(code)
    .some(({ instructions }) =>
      instructions.some((each) => mentionsAtom(each.operands, "down") || testsSize(each, shape.size)),
    );
}

function mentionsAtom(operands: readonly Operand[], name: string): boolean {
  return operands.some((operand) => {
    if (operand.kind === "list") return mentionsAtom(operand.operands, name);
    return operand.kind === "value" && operand.term.kind === "atom" && operand.term.name === name;
  });
}

/** `is_tagged_tuple Fail Register Size Tag`, `test_arity Fail Register Size`, `select_tuple_arity Register Fail [Size, Label]`. */
function testsSize({ opcode, operands }: Instruction, size: number): boolean {
  const [, , third] = operands;
  const isSize = (operand: Operand | undefined): boolean => operand?.kind === "number" && operand.value === size;
  if (opcode === OPCODE.is_tagged_tuple || opcode === OPCODE.test_arity) return isSize(third);
  return opcode === OPCODE.select_tuple_arity && third?.kind === "list" && third.operands.some(isSize);
}
