import { type StartType, START_TYPES } from "../../otp/index.ts";
import { invalidPackage } from "../../release/index.ts";
import {
  atom,
  atomName,
  decodeTerm,
  isTagged,
  isTuple,
  list,
  listElements,
  stringValue,
  type Term,
  tuple,
} from "../../term/index.ts";

/** A boot script as systools writes it, taken apart. */
export interface BootScript {
  /** `{Name, Vsn}`, which `init:script_id/0` gives and `release_handler` goes by. */
  readonly id: Term;
  readonly instructions: readonly Term[];
}

/** Reads a `.boot` file. Throws `packaged_release_invalid`. */
export function parseBootScript(content: Uint8Array, root: string, file: string): BootScript {
  const [, id, elements] = partsOf(content) ?? [];
  const instructions = listElements(elements);
  if (id === undefined || instructions === undefined) throw invalidPackage(root, `${file} is no boot file`);
  return { id, instructions };
}

function partsOf(content: Uint8Array): readonly Term[] | undefined {
  try {
    const script = decodeTerm(content);
    return isTagged(script, "script", 3) ? script.elements : undefined;
  } catch {
    return undefined; // It is no term, so no boot script.
  }
}

/** What a script starts besides kernel and stdlib, in its order. */
export function startsOfScript({ instructions }: BootScript): [application: string, type: StartType][] {
  return instructions.map(startOf).filter((start) => start !== undefined);
}

/**
 * The script without the starts of applications, which it only loads: the agent starts them, so that one that does not start has
 * a reason and can be tried again.
 */
export function withoutStarts({ id, instructions }: BootScript): Term {
  return makeScript(
    id,
    instructions.filter((instruction) => startOf(instruction) === undefined),
  );
}

/** The script of a VM that has the code of the release and runs kernel and stdlib alone. */
export function shellScript({ id, instructions }: BootScript): Term {
  return makeScript(
    id,
    instructions.filter((instruction) => startOf(instruction) === undefined && !isLoad(instruction)),
  );
}

/** The variables that its paths begin with, `$ROOT` aside. */
export function pathVariables({ instructions }: BootScript): string[] {
  const paths = instructions
    .flatMap((instruction) => (isTagged(instruction, "path", 2) ? (listElements(instruction.elements[1]) ?? []) : []))
    .map((path) => /^\$([^/]+)\//.exec(stringValue(path) ?? "")?.[1]);
  return [...new Set(paths.flatMap((name) => (name === undefined || name === "ROOT" ? [] : [name])))];
}

function makeScript(id: Term, instructions: readonly Term[]): Term {
  return tuple(atom("script"), id, list(instructions));
}

/** `{apply, {application, start_boot, [Application, Type]}}` */
function startOf(instruction: Term): [application: string, type: StartType] | undefined {
  const [application, type] = argumentsOf(instruction, "start_boot") ?? [];
  const name = atomName(application);
  if (name === undefined || name === "kernel" || name === "stdlib") return undefined;
  return [name, START_TYPES.find((known) => known === atomName(type)) ?? "permanent"];
}

/** `{apply, {application, load, [{application, Application, Properties}]}}` of another application than stdlib. */
function isLoad(instruction: Term): boolean {
  const [application] = argumentsOf(instruction, "load") ?? [];
  return isTagged(application, "application", 3) && atomName(application.elements[1]) !== "stdlib";
}

function argumentsOf(instruction: Term, functionName: string): readonly Term[] | undefined {
  const call = isTagged(instruction, "apply", 2) ? instruction.elements[1] : undefined;
  if (!isTuple(call, 3)) return undefined;
  const [module, name, args] = call.elements;
  return atomName(module) === "application" && atomName(name) === functionName ? listElements(args) : undefined;
}
