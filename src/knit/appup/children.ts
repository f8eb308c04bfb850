import { type Term, atomName, listElements, printTerm } from "../../term/index.ts";
import { type Value, atomOf, listOf, mapValueOf, termOf, tupleOf } from "../analysis/index.ts";

/** A call that starts a child. */
export interface ChildStart {
  readonly module: string;
  readonly function: string;
  readonly args: readonly Value[];
}

/** A child of a supervisor, as far as its specification can be told from code. */
export interface ChildFacts {
  /** The module that its processes are started by. */
  readonly module: string | undefined;
  /** The whole `{MODULE, FUNCTION, ARGUMENTS}`. */
  readonly start: Term | undefined;
  /** The same with arguments of which something may not be known. */
  readonly call: ChildStart | undefined;
  /** The modules by which `release_handler` finds its processes: what the specification says, or that which starts it. */
  readonly modules: readonly string[] | "dynamic" | undefined;
  readonly type: "worker" | "supervisor" | undefined;
  /** Whether its supervisor forgets it when it ends. */
  readonly isTemporary: boolean;
  /** Whether its supervisor starts it again however it ends. */
  readonly isPermanent: boolean;
}

/** A child whose id is known. */
export interface KnownChild extends ChildFacts {
  readonly id: Term;
  /** Whether it is there whatever `init/1` comes to. */
  readonly isCertain: boolean;
}

/** The children that the `init/1` of a supervisor gives. */
export interface KnownChildren {
  /** By the text of their ids, in the order of the specifications. */
  readonly children: ReadonlyMap<string, KnownChild>;
  /** Those whose ids are not known. */
  readonly unnamed: readonly ChildFacts[];
  /** Whether there may be others than `children`, which cannot be told from the code. */
  readonly isOpen: boolean;
  /** Whether it starts its children later, all by one specification. */
  readonly isSimple: boolean;
}

/** Reads what all the ways through an `init/1` give. Of ways that do not start the supervisor, nothing counts. */
export function readChildren(results: readonly Value[]): KnownChildren {
  const ways = results.filter((value) => atomOf(value) !== "ignore").map(readWay);
  const children = new Map<string, KnownChild>();
  for (const way of ways) {
    for (const [key, child] of way.children) {
      const known = children.get(key);
      const isCertain = ways.every((each) => each.children.has(key));
      children.set(key, { ...(known === undefined ? child : mergeChildren(known, child)), isCertain });
    }
  }
  return {
    children,
    unnamed: ways.flatMap(({ unnamed }) => unnamed),
    isOpen: ways.length === 0 || ways.some(({ isOpen }) => isOpen),
    isSimple: ways.some(({ isSimple }) => isSimple),
  };
}

/** `{ok, {FLAGS, SPECIFICATIONS}}`. */
function readWay(value: Value): KnownChildren {
  const [tag, content] = tupleOf(value) ?? [];
  const [flags, specifications] = atomOf(tag) === "ok" ? (tupleOf(content) ?? []) : [];
  const strategy = atomOf(tupleOf(flags)?.[0] ?? mapValueOf(flags, "strategy"));
  const { elements, isOpen } = readElements(specifications);
  const children = new Map<string, KnownChild>();
  const unnamed: ChildFacts[] = [];
  for (const element of elements) {
    const [id, facts] = readChild(element);
    if (id === undefined) unnamed.push(facts);
    else children.set(keyOf(id), { ...facts, id, isCertain: true });
  }
  return {
    children,
    unnamed,
    isOpen: isOpen || unnamed.length > 0,
    isSimple: strategy === "simple_one_for_one",
  };
}

/** The first elements of a list, up to where it is not known how it goes on. */
function readElements(value: Value | undefined): { elements: readonly Value[]; isOpen: boolean } {
  const elements: Value[] = [];
  let rest = value;
  for (; rest?.kind === "cons"; rest = rest.tail) elements.push(rest.head);
  if (rest?.kind !== "term" || rest.term.kind !== "list") return { elements, isOpen: true };
  return {
    elements: [...elements, ...rest.term.elements.map((term): Value => ({ kind: "term", term }))],
    isOpen: false,
  };
}

/** The id, if it is known, and all else of a map, or a tuple of six. */
function readChild(value: Value): readonly [Term | undefined, ChildFacts] {
  const elements = tupleOf(value);
  const [id, start, restart, type, modules] =
    elements === undefined
      ? ["id", "start", "restart", "type", "modules"].map((key) => mapValueOf(value, key))
      : elements.length === 6
        ? [elements[0], elements[1], elements[2], elements[4], elements[5]]
        : [];
  const module = atomOf(tupleOf(start)?.[0]);
  const facts: ChildFacts = {
    module,
    start: start && termOf(start),
    call: readCall(start),
    modules: modules === undefined ? (module === undefined ? undefined : [module]) : readModules(modules),
    // What maps without the key mean.
    type: type === undefined ? "worker" : readType(type),
    isTemporary: atomOf(restart) === "temporary",
    isPermanent: restart === undefined || atomOf(restart) === "permanent",
  };
  return [id && termOf(id), facts];
}

function readCall(value: Value | undefined): ChildStart | undefined {
  const [moduleValue, functionValue, argsValue] = tupleOf(value) ?? [];
  const [module, name, args] = [atomOf(moduleValue), atomOf(functionValue), listOf(argsValue)];
  if (module === undefined || name === undefined || args === undefined) return undefined;
  return { module, function: name, args };
}

function readModules(value: Value): ChildFacts["modules"] {
  if (atomOf(value) === "dynamic") return "dynamic";
  const names = listElements(termOf(value))?.map(atomName);
  return names?.every((name) => name !== undefined) === true ? names : undefined;
}

function readType(value: Value): ChildFacts["type"] {
  const name = atomOf(value);
  return name === "worker" || name === "supervisor" ? name : undefined;
}

/** What is known of a child that two ways give. */
function mergeChildren(a: KnownChild, b: KnownChild): KnownChild {
  const isSame = a.start !== undefined && b.start !== undefined && keyOf(a.start) === keyOf(b.start);
  return {
    ...a,
    module: a.module === b.module ? a.module : undefined,
    start: isSame ? a.start : undefined,
    call: isSame ? a.call : undefined,
    modules: mergeModules(a.modules, b.modules),
    type: a.type === b.type ? a.type : undefined,
    isTemporary: a.isTemporary || b.isTemporary,
    isPermanent: a.isPermanent && b.isPermanent,
  };
}

function mergeModules(a: ChildFacts["modules"], b: ChildFacts["modules"]): ChildFacts["modules"] {
  if (a === b) return a;
  const isTold = a !== undefined && b !== undefined && a !== "dynamic" && b !== "dynamic";
  return isTold ? [...new Set([...a, ...b])] : undefined;
}

function keyOf(term: Term): string {
  return printTerm(term, { format: "tw" });
}
