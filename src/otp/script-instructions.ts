import { atom, integer, isTagged, list, listElements, nil, sortNames, string, tuple } from "../term/index.ts";
import type { Term, TupleTerm } from "../term/index.ts";
import type { BootFacts } from "./boot-facts.ts";
import { joinPath } from "./filename.ts";
import type { ReleaseMember } from "./release-members.ts";

/** An application of a release with the path of its modules, as the script has it. */
export interface PlacedMember {
  readonly member: ReleaseMember;
  readonly path: string;
}

/** The instructions of a boot script for applications that stand in the order of their dependencies. */
export function scriptInstructions(placed: readonly PlacedMember[], facts: BootFacts, noDotErlang: boolean): Term[] {
  const basic = placed.filter(({ member }) => member.name === "kernel" || member.name === "stdlib");
  const included = new Set(placed.flatMap(({ member }) => member.includes));
  const known = new Set([...facts.preloaded.elements, ...facts.mandatory.elements].map(nameOfAtom));
  const kernel = placed.find(({ member }) => member.name === "kernel");
  return [
    tuple(atom("preLoaded"), facts.preloaded),
    progress("preloaded"),
    pathInstruction(basic),
    tuple(atom("primLoad"), facts.mandatory),
    tuple(atom("kernel_load_completed")),
    progress("kernel_load_completed"),
    ...placed.flatMap((each) => [pathInstruction([each]), loadInstruction(each.member, known)]),
    progress("modules_loaded"),
    pathInstruction(placed),
    ...facts.kernelProcesses.map((each) => (kernel === undefined ? each : withKernel(each, kernel.member))),
    progress("init_kernel_started"),
    ...placed
      .filter(({ member }) => member.name !== "kernel" && member.type !== "none")
      .map(({ member }) => apply("application", "load", specTerm(member))),
    progress("applications_loaded"),
    ...placed
      .filter(({ member }) => !included.has(member.name) && member.type !== "none" && member.type !== "load")
      .map(({ member }) => apply("application", "start_boot", atom(member.name), atom(member.type))),
    ...(noDotErlang ? [] : [apply("c", "erlangrc")]),
    progress("started"),
  ];
}

function progress(stage: string): Term {
  return tuple(atom("progress"), atom(stage));
}

function apply(module: string, functionName: string, ...args: readonly Term[]): Term {
  return tuple(atom("apply"), tuple(atom(module), atom(functionName), list(args)));
}

function pathInstruction(placed: readonly PlacedMember[]): Term {
  return tuple(atom("path"), list([...new Set(placed.map(({ path }) => joinPath(path)))].map(string)));
}

function loadInstruction({ spec }: ReleaseMember, known: ReadonlySet<string>): Term {
  const modules = sortNames(spec.modules.filter((name) => !known.has(name)));
  return tuple(atom("primLoad"), list(modules.map(atom)));
}

/** Puts the specification of this release's kernel in the place of that of the OTP's own release. */
function withKernel(process: TupleTerm, kernel: ReleaseMember): Term {
  const [tag, name, call] = process.elements;
  if (tag === undefined || name === undefined || call?.kind !== "tuple") return process;
  const [module, functionName, args] = call.elements;
  if (module === undefined || functionName === undefined) return process;
  const replaced = (listElements(args) ?? []).map((arg) => (isTagged(arg, "application", 3) ? specTerm(kernel) : arg));
  return tuple(tag, name, tuple(module, functionName, list(replaced)));
}

/** The argument of `application:load/1`: every key, whether the `.app` file has it or not. */
function specTerm({ name, spec, uses, includes }: ReleaseMember): Term {
  const names = (values: readonly string[]): Term => list(values.map(atom));
  const limit = (value: bigint | "infinity"): Term => (value === "infinity" ? atom(value) : integer(value));
  const pairs: [string, Term][] = [
    ["description", string(spec.description)],
    ["vsn", string(spec.vsn)],
    ["id", string(spec.id)],
    ["modules", names(spec.modules)],
    ["registered", names(spec.registered)],
    ["applications", names(uses)],
    ["optional_applications", names(spec.optionalApplications)],
    ["included_applications", names(includes)],
    ["env", pairList(spec.env)],
    ["maxT", limit(spec.maxT)],
    ["maxP", limit(spec.maxP)],
  ];
  if (spec.startPhases !== undefined) pairs.push(["start_phases", pairList(spec.startPhases)]);
  if (spec.mod !== undefined) pairs.push(["mod", tuple(atom(spec.mod[0]), spec.mod[1])]);
  return tuple(atom("application"), atom(name), pairList(pairs));
}

function pairList(pairs: readonly (readonly [string, Term])[]): Term {
  return pairs.length === 0 ? nil : list(pairs.map(([key, value]) => tuple(atom(key), value)));
}

function nameOfAtom(term: Term): string {
  return term.kind === "atom" ? term.name : "";
}
