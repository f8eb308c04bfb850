/** Old code: what goes on running, or referring to, code that the next upgrade throws away. */
import { type BeamFun, type BeamImport, type FunctionCode, OPCODE } from "../../beam/index.ts";
import { type CodeEvent, type ModuleAnalysis, atomOf, findFun } from "../analysis/index.ts";
import type { Finding } from "./facts.ts";
import { processKindOf } from "./process-kind.ts";
import { initialStates } from "./process-state.ts";
import { type Way, changedModules, endsVm, placesOf } from "./way.ts";

/** What keeps the old code of changed modules on a way. */
export function checkOldCode(way: Way): Finding[] {
  if (!way.hasSteps || endsVm(way)) return [];
  return changedModules(way).flatMap(({ application, name, source }) => {
    if (!way.loadedAt.has(name) || way.restarted.has(application)) return [];
    const finding = { application, module: name };
    const findings: Finding[] = [];
    const kind = processKindOf(source, way.source);
    // sys calls a special process by its module's name once it goes on.
    const isTakenOver = kind === "special" && placesOf(way, "suspend", name).length > 0;
    const loop = isTakenOver ? undefined : findLocalLoop(source);
    if (loop !== undefined) {
      const message = `processes of ${name} wait in ${loop.name}/${loop.arity}, which calls itself locally: they stay in the old code, and the next upgrade kills them`;
      findings.push({ ...finding, code: "local-loop", message });
    }
    for (const [place, fun] of findStoredFuns(source)) {
      const message = `${name} hands a fun${fun} to ${place}: it refers to the old code, and is a badfun after the next upgrade`;
      findings.push({ ...finding, code: "fun-stored", message });
    }
    const kept =
      kind === undefined
        ? undefined
        : initialStates(source, kind)
            .map(findFun)
            .find((fun) => fun !== undefined);
    if (kept !== undefined) {
      const message = `the state of ${name} keeps a fun${placeOf(kept)}: its processes hold on to the old code, and the next upgrade kills them`;
      findings.push({ ...finding, code: "fun-in-state", message });
    }
    return findings;
  });
}

/**
 * A function that a process begins with, or comes to by nothing but last calls, that waits for a message first of all and
 * comes back to itself without leaving the module. Where code has a way out before it waits, or by a timeout, it is a
 * loop that ends.
 */
function findLocalLoop(analysis: ModuleAnalysis): FunctionCode | undefined {
  const seen = new Set(entriesOf(analysis));
  for (const code of seen) {
    if (isServerLoop(analysis, code)) return code;
    for (const next of lastCallsOf(analysis, code)) seen.add(next);
  }
  return undefined;
}

const SPAWNING = new Set(["spawn", "spawn_link", "spawn_monitor", "spawn_opt", "start", "start_link", "start_monitor"]);

/** The functions that processes begin with: those that this module gives to `spawn` and its kin. */
function entriesOf(analysis: ModuleAnalysis): FunctionCode[] {
  // Most modules call nothing of the kind, and need not be looked at.
  if (!analysis.imports.some(isSpawning)) return [];
  const events = analysis.functions.flatMap((code) => analysis.eventsOf(code));
  return events.flatMap((event) => {
    if (event.kind !== "external" || !isSpawning(event.target)) return [];
    const fun = event.args.map(findFun).find((each) => each !== undefined);
    if (fun !== undefined) return analysis.functionAt(fun.label) ?? [];
    const at = event.args.findIndex((arg) => atomOf(arg) === analysis.name);
    const name = at < 0 ? undefined : atomOf(event.args[at + 1]);
    return name === undefined ? [] : analysis.functions.filter((each) => each.name === name);
  });
}

function isSpawning({ module, name }: BeamImport): boolean {
  return SPAWNING.has(name) && (module === "erlang" || module === "proc_lib");
}

function lastCallsOf(analysis: ModuleAnalysis, code: FunctionCode): FunctionCode[] {
  return analysis.eventsOf(code).flatMap((event) => targetOf(analysis, event) ?? []);
}

function targetOf(analysis: ModuleAnalysis, event: CodeEvent): FunctionCode | undefined {
  return event.kind === "local" && event.isTail ? analysis.functionAt(event.label) : undefined;
}

function isServerLoop(analysis: ModuleAnalysis, code: FunctionCode): boolean {
  return waitsFirst(code) && comesBack(analysis, code);
}

/** Whether nothing comes before the receive that could end the function, and no timeout does. */
function waitsFirst({ instructions }: FunctionCode): boolean {
  const receive = instructions.findIndex(({ opcode }) => opcode === OPCODE.loop_rec);
  const leaves = new Set<number>([
    OPCODE.return,
    OPCODE.call_last,
    OPCODE.call_only,
    OPCODE.call_ext_last,
    OPCODE.call_ext_only,
  ]);
  if (receive < 0 || instructions.slice(0, receive).some(({ opcode }) => leaves.has(opcode))) return false;
  const timeout = instructions.findIndex(({ opcode }) => opcode === OPCODE.timeout);
  return timeout < 0 || !instructions.slice(timeout).some(({ opcode }) => opcode === OPCODE.return);
}

/** Whether last calls within the module lead back to a function, and none by the module's name does. */
function comesBack(analysis: ModuleAnalysis, code: FunctionCode): boolean {
  const seen = new Set(lastCallsOf(analysis, code));
  for (const each of seen) {
    if (each !== code) for (const next of lastCallsOf(analysis, each)) seen.add(next);
  }
  const leaves = [code, ...seen].some((each) =>
    analysis
      .eventsOf(each)
      .some((event) => event.kind === "external" && event.isTail && event.target.module === analysis.name),
  );
  return seen.has(code) && !leaves;
}

/** Functions that keep what they are given, beyond the call. */
const STORES = new Set([
  "ets:insert",
  "ets:insert_new",
  "ets:update_element",
  "dets:insert",
  "persistent_term:put",
  "application:set_env",
  "mnesia:write",
  "mnesia:dirty_write",
  "telemetry:attach",
  "telemetry:attach_many",
]);

function findStoredFuns(analysis: ModuleAnalysis): ReadonlyMap<string, string> {
  const stored = new Map<string, string>();
  if (!analysis.imports.some(({ module, name }) => STORES.has(`${module}:${name}`))) return stored;
  for (const code of analysis.functions) {
    for (const event of analysis.eventsOf(code)) {
      if (event.kind !== "external") continue;
      const { module, name, arity } = event.target;
      const fun = STORES.has(`${module}:${name}`)
        ? event.args.map(findFun).find((each) => each !== undefined)
        : undefined;
      if (fun !== undefined) stored.set(`${module}:${name}/${arity}`, placeOf(fun));
    }
  }
  return stored;
}

/** Where a fun stands in the source, of whose function the compiler names it: `-init/1-fun-0-`. */
function placeOf({ name }: BeamFun): string {
  const [, place] = /^-(.+\/\d+)-/.exec(name) ?? [];
  return place === undefined ? "" : ` of ${place}`;
}
