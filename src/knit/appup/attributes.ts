/**
 * What a module says of its own upgrade, in attributes: `-knit_priority(10).`
 *
 * The compiler splices lists into the values of an attribute, so `-knit_depends(a).` and `-knit_depends([a]).` are the same, and
 * a second attribute of the same name continues the list of the first.
 */
import { EnitError } from "../../error/index.ts";
import {
  type AtomTerm,
  type Term,
  atom,
  atomName,
  integer,
  integerValue,
  isAtom,
  isInteger,
  isTuple,
  list,
  listElements,
  nil,
  printTerm,
} from "../../term/index.ts";
import type { ModuleCode } from "../code/index.ts";

/** The attributes of a module, defaults filled in. */
export interface UpgradeAttributes {
  /** Higher ones come first. Default: 0. */
  readonly priority: number;
  /** What `code_change` gets; `undefined` if the module does not say. */
  readonly extra: Term | undefined;
  /** Modules that must be there before this one. */
  readonly depends: readonly string[];
  /** How long a process may take to be suspended: milliseconds, `infinity` or `default`, which it is unless given. */
  readonly timeout: Term;
  /** What becomes of processes that run old code before the module is loaded, and after. Default: `brutal_purge`. */
  readonly purge: readonly [before: AtomTerm, after: AtomTerm];
  /** Calls on the way up. */
  readonly apply: readonly ApplyCall[];
  /** Calls on the way down. */
  readonly applyDown: readonly ApplyCall[];
}

const APPLY_PHASES = ["first", "immediate", "last"] as const;
export type ApplyPhase = (typeof APPLY_PHASES)[number];

/** A call that is made in the course of an upgrade. */
export interface ApplyCall {
  readonly attribute: ApplyAttribute;
  readonly phase: ApplyPhase;
  /** Among calls of one phase, lower ones come first. Default: 0. */
  readonly priority: number;
  readonly module: string;
  readonly function: string;
  readonly args: readonly Term[];
}

type ApplyAttribute = "knit_apply" | "knit_apply_down";

export const DEFAULT_TIMEOUT = atom("default");
export const BRUTAL_PURGE = atom("brutal_purge");

/** Each attribute, with what its value must be. */
const FORMS = {
  knit_priority: "an integer",
  knit_extra: "a term",
  knit_depends: "a list of modules",
  knit_timeout: "a number of milliseconds above 0, infinity or default",
  knit_purge: "soft_purge, brutal_purge or {BEFORE, AFTER} of these",
  knit_apply:
    "{MODULE, FUNCTION, ARGUMENTS}, {PHASE, {MODULE, FUNCTION, ARGUMENTS}} or a list of these; PHASE is first, immediate or last, or {PHASE, PRIORITY}",
  knit_apply_down: "as that of knit_apply",
} as const;

type AttributeName = keyof typeof FORMS;

/** Reads the attributes of a module. Throws `attribute_invalid` with module, attribute and value, or `beam_malformed`. */
export function readUpgradeAttributes(module: ModuleCode): UpgradeAttributes {
  const valuesOf = (name: AttributeName): readonly Term[] | undefined =>
    module.attributes.find((attribute) => attribute.name === name)?.values;
  const single = <T>(name: AttributeName, fallback: T, read: (value: Term) => T | undefined): T => {
    const values = valuesOf(name);
    if (values === undefined) return fallback;
    const [value] = values;
    const result = values.length === 1 && value !== undefined ? read(value) : undefined;
    if (result === undefined) throw invalid(module, name, values.length === 1 ? value : list(values));
    return result;
  };
  const each = <T>(name: AttributeName, read: (value: Term) => T | undefined): T[] =>
    (valuesOf(name) ?? []).map((value) => {
      const result = read(value);
      if (result === undefined) throw invalid(module, name, value);
      return result;
    });
  return {
    priority: single("knit_priority", 0, integerValue),
    extra: extraOf(valuesOf("knit_extra")),
    depends: each("knit_depends", moduleNames).flat(),
    timeout: single("knit_timeout", DEFAULT_TIMEOUT, timeoutValue),
    purge: single("knit_purge", [BRUTAL_PURGE, BRUTAL_PURGE], purgeValue),
    apply: each("knit_apply", (value) => applyValue("knit_apply", value)),
    applyDown: each("knit_apply_down", (value) => applyValue("knit_apply_down", value)),
  };
}

/** The error for a value that a module cannot mean. */
export function invalidAttribute(module: ModuleCode, name: string, value: Term | undefined, state: string): EnitError {
  const shown = value === undefined ? "[]" : printTerm(value, { format: "tw" });
  return new EnitError(
    "attribute_invalid",
    `cannot use the attribute ${name} of the module "${module.name}": ${shown} ${state}`,
    { kind: "input", data: { module: module.name, file: module.file, attribute: name, value: shown } },
  );
}

function invalid(module: ModuleCode, name: AttributeName, value: Term | undefined): EnitError {
  return invalidAttribute(module, name, value, `is not ${FORMS[name]}`);
}

/** A single value is meant as it is: a list of one element must stand in a list itself. */
function extraOf(values: readonly Term[] | undefined): Term | undefined {
  if (values === undefined) return undefined;
  return values.length === 1 ? values[0] : values.length === 0 ? nil : list(values);
}

function moduleNames(value: Term): readonly string[] | undefined {
  const elements = listElements(value);
  if (elements === undefined) return isAtom(value) ? [value.name] : undefined;
  const names = elements.map(moduleNames);
  return names.some((each) => each === undefined) ? undefined : names.flatMap((each) => each ?? []);
}

function timeoutValue(value: Term): Term | undefined {
  if (isAtom(value, "infinity") || isAtom(value, "default")) return value;
  return isInteger(value) && value.value > 0n ? integer(value.value) : undefined;
}

function purgeValue(value: Term): readonly [AtomTerm, AtomTerm] | undefined {
  const [before, after] = isTuple(value, 2) ? value.elements : [value, value];
  return isPurge(before) && isPurge(after) ? [before, after] : undefined;
}

function isPurge(value: Term | undefined): value is AtomTerm {
  return isAtom(value, "soft_purge") || isAtom(value, "brutal_purge");
}

function applyValue(attribute: ApplyAttribute, value: Term): ApplyCall | undefined {
  if (!isTuple(value, 2)) return callValue(attribute, value, "last", 0);
  const [when, call] = value.elements;
  const [phaseTerm, priorityTerm] = isTuple(when, 2) ? when.elements : [when, integer(0)];
  const phase = APPLY_PHASES.find((name) => isAtom(phaseTerm, name));
  const priority = integerValue(priorityTerm);
  return phase === undefined || priority === undefined ? undefined : callValue(attribute, call, phase, priority);
}

function callValue(
  attribute: ApplyAttribute,
  call: Term | undefined,
  phase: ApplyPhase,
  priority: number,
): ApplyCall | undefined {
  const [moduleTerm, functionTerm, argsTerm] = isTuple(call, 3) ? call.elements : [];
  const [module, name, args] = [atomName(moduleTerm), atomName(functionTerm), listElements(argsTerm)];
  if (module === undefined || name === undefined || args === undefined) return undefined;
  return { attribute, phase, priority, module, function: name, args };
}
