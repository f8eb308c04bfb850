import { type Term, atomName, isAtom, isTuple, listElements } from "../../term/index.ts";

/** A low-level instruction of `release_handler`, as far as checks want to know it. */
export type Step =
  | { readonly kind: "point_of_no_return" | "restart_new_emulator" | "restart_emulator" | "other" }
  | { readonly kind: "load" | "remove"; readonly module: string }
  | { readonly kind: "suspend" | "resume" | "code_change" | "stop" | "start"; readonly modules: readonly string[] }
  | { readonly kind: "apply"; readonly call: Call };

export interface Call {
  readonly module: string;
  readonly function: string;
  readonly args: readonly Term[];
}

/** Reads the instructions of a relup. What is none is passed over as `other`. */
export function readSteps(instructions: readonly Term[]): Step[] {
  return instructions.map(readStep);
}

function readStep(term: Term): Step {
  for (const word of ["point_of_no_return", "restart_new_emulator", "restart_emulator"] as const) {
    if (isAtom(term, word)) return { kind: word };
  }
  const [tag, ...operands] = isTuple(term) ? term.elements : [];
  const last = operands.at(-1);
  switch (atomName(tag)) {
    case "load":
    case "remove": {
      const module = isTuple(last) ? atomName(last.elements[0]) : undefined;
      return module === undefined ? OTHER : { kind: isAtom(tag, "load") ? "load" : "remove", module };
    }
    case "suspend":
      return { kind: "suspend", modules: modulesOf(last) };
    case "resume":
      return { kind: "resume", modules: modulesOf(last) };
    case "code_change":
      return { kind: "code_change", modules: modulesOf(last) };
    case "stop":
      return { kind: "stop", modules: modulesOf(last) };
    case "start":
      return { kind: "start", modules: modulesOf(last) };
    case "apply": {
      const call = readCall(last);
      return call === undefined ? OTHER : { kind: "apply", call };
    }
    default:
      return OTHER;
  }
}

const OTHER: Step = { kind: "other" };

function readCall(term: Term | undefined): Call | undefined {
  const [module, functionName, args] = isTuple(term, 3) ? term.elements.map((each) => each) : [];
  const [moduleText, functionText] = [atomName(module), atomName(functionName)];
  if (moduleText === undefined || functionText === undefined) return undefined;
  return { module: moduleText, function: functionText, args: listElements(args) ?? [] };
}

/** The modules of a list, those with a timeout or an argument included. */
function modulesOf(term: Term | undefined): string[] {
  return (listElements(term) ?? []).flatMap((each) => atomName(isTuple(each, 2) ? each.elements[0] : each) ?? []);
}
