import { atom, atomName, equalTerms, isTagged, isTuple, list, listElements, tuple } from "../../term/index.ts";
import type { Term } from "../../term/index.ts";
import { instructionRefused, show } from "./errors.ts";

/**
 * Makes one `load_object_code` of those for each application, and puts them before all else.
 *
 * Throws `conflicting_versions` if there are some for two versions of an application.
 */
export function mergeObjectCode(instructions: readonly Term[]): Term[] {
  const libraries = new Map<string, Library>();
  const others: Term[] = [];
  for (const term of instructions) {
    const operand = isTagged(term, "load_object_code", 2) ? term.elements[1] : undefined;
    const [library, vsn, modules] = isTuple(operand, 3) ? operand.elements : [];
    const name = atomName(library);
    const names = listElements(modules)?.map((each) => atomName(each) ?? "");
    if (name === undefined || vsn === undefined || names === undefined) {
      others.push(term);
      continue;
    }
    const known = libraries.get(name);
    if (known === undefined) {
      libraries.set(name, { vsn, modules: [names] });
    } else if (equalTerms(known.vsn, vsn)) {
      known.modules.push(names);
    } else {
      const state = `another one is for the version ${show(known.vsn)}`;
      throw instructionRefused("conflicting_versions", { term }, state, { application: name });
    }
  }
  return [...[...libraries].map(([name, library]) => toInstruction(name, library)), ...others];
}

interface Library {
  readonly vsn: Term;
  /** Of each instruction. */
  readonly modules: (readonly string[])[];
}

function toInstruction(name: string, { vsn, modules }: Library): Term {
  return tuple(atom("load_object_code"), tuple(atom(name), vsn, list(unite(modules).map(atom))));
}

/** All names in their order; of those that stand in several lists, the one in the last list. */
function unite(lists: readonly (readonly string[])[]): string[] {
  const later = new Set<string>();
  const united = lists.toReversed().map((names) => {
    const fresh = names.filter((name) => !later.has(name));
    for (const name of names) later.add(name);
    return fresh;
  });
  return united.reverse().flat();
}
