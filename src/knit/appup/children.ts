import { type Term, atomName, printTerm } from "../../term/index.ts";
import { type Value, atomOf, listOf, mapValueOf, termOf, tupleOf } from "../analysis/index.ts";

/** A call that starts a child. */
export interface ChildStart {
  readonly module: string;
  readonly function: string;
  readonly args: readonly Value[];
}

/** A child of a supervisor, as far as its specification can be told from code. */
export interface KnownChild {
  readonly id: Term;
  /** The module that its processes are started by. */
  readonly module: string | undefined;
  /** The whole `{MODULE, FUNCTION, ARGUMENTS}`. */
  readonly start: Term | undefined;
  /** The same with arguments of which something may not be known. */
  readonly call: ChildStart | undefined;
  /** The modules that its processes run: what the specification says, or that which starts it. */
  readonly modules: readonly string[];
  /** Whether its supervisor forgets it when it ends. */
  readonly isTemporary: boolean;
  /** Whether its supervisor starts it again however it ends. */
  readonly isPermanent: boolean;
  /** Whether it is there whatever `init/1` comes to. */
  readonly isCertain: boolean;
}

/** The children that the `init/1` of a supervisor gives. */
export interface KnownChildren {
  /** By the text of their ids, in the order of the specifications. */
  readonly children: ReadonlyMap<string, KnownChild>;
  /** Whether there may be others, which cannot be told from the code. */
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
  const known = elements.map(readChild);
  const children = known.flatMap((child) => (child === undefined ? [] : [[keyOf(child.id), child] as const]));
  return {
    children: new Map(children),
    isOpen: isOpen || children.length < known.length,
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

/** A map, or a tuple of six. Without its id, nothing can be done about a child. */
function readChild(value: Value): KnownChild | undefined {
  const elements = tupleOf(value);
  const [idValue, start, restart, modules] =
    elements === undefined
      ? ["id", "start", "restart", "modules"].map((key) => mapValueOf(value, key))
      : elements.length === 6
        ? [elements[0], elements[1], elements[2], elements[5]]
        : [];
  const id = idValue && termOf(idValue);
  if (id === undefined) return undefined;
  const module = atomOf(tupleOf(start)?.[0]);
  return {
    id,
    module,
    start: start && termOf(start),
    call: readCall(start),
    modules: modulesOf(modules) ?? (module === undefined ? [] : [module]),
    isTemporary: atomOf(restart) === "temporary",
    // That is what a map without the key means.
    isPermanent: restart === undefined || atomOf(restart) === "permanent",
    isCertain: true,
  };
}

function readCall(value: Value | undefined): ChildStart | undefined {
  const [moduleValue, functionValue, argsValue] = tupleOf(value) ?? [];
  const [module, name, args] = [atomOf(moduleValue), atomOf(functionValue), listOf(argsValue)];
  if (module === undefined || name === undefined || args === undefined) return undefined;
  return { module, function: name, args };
}

function modulesOf(value: Value | undefined): readonly string[] | undefined {
  const term = value && termOf(value);
  return term?.kind === "list" ? term.elements.flatMap((each) => atomName(each) ?? []) : undefined;
}

/** What is known of a child that two ways give. */
function mergeChildren(a: KnownChild, b: KnownChild): KnownChild {
  const isSame = a.start !== undefined && b.start !== undefined && keyOf(a.start) === keyOf(b.start);
  return {
    ...a,
    module: a.module === b.module ? a.module : undefined,
    start: isSame ? a.start : undefined,
    call: isSame ? a.call : undefined,
    modules: [...new Set([...a.modules, ...b.modules])],
    isTemporary: a.isTemporary || b.isTemporary,
    isPermanent: a.isPermanent && b.isPermanent,
  };
}

function keyOf(term: Term): string {
  return printTerm(term, { format: "tw" });
}
