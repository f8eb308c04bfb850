import type { TopApplication, TopProcess, TopSample } from "../../../contract/index.ts";
import {
  atom,
  atomName,
  integerValue,
  isAtom,
  isTuple,
  listElements,
  mapValue,
  printTerm,
  type Term,
  textValue,
} from "../../../term/index.ts";

/** Reads the map that `enit_top` sends. */
export function readSample(sample: Term, node: string): TopSample {
  const at = (key: string): Term | undefined => mapValue(sample, key);
  const rates = new Map(tuples(at("rates")).map(([key, rate]) => [atomName(key) ?? "", numberOf(rate)]));
  const counts = new Map(
    tuples(at("counts")).map(([key, count, limit]) => [
      atomName(key) ?? "",
      { count: numberOf(count) ?? 0, limit: numberOf(limit) },
    ]),
  );
  const none = { count: 0, limit: null };
  return {
    time: numberOf(at("time")) ?? 0,
    node,
    otp: textValue(at("otp_release")) ?? "",
    uptimeSeconds: (numberOf(at("uptime")) ?? 0) / 1000,
    schedulers: numberOf(at("schedulers")) ?? 0,
    utilization: numberOf(at("utilization")),
    runQueue: numberOf(at("run_queue")) ?? 0,
    dirtyRunQueue: numberOf(at("dirty_run_queue")) ?? 0,
    memory: Object.fromEntries(
      tuples(at("memory")).map(([kind, bytes]): [string, number] => [atomName(kind) ?? "", numberOf(bytes) ?? 0]),
    ),
    counts: {
      processes: counts.get("processes") ?? none,
      ports: counts.get("ports") ?? none,
      atoms: counts.get("atoms") ?? none,
      etsTables: counts.get("ets_tables") ?? none,
    },
    rates: {
      reductions: rates.get("reductions") ?? null,
      garbageCollections: rates.get("garbage_collections") ?? null,
      contextSwitches: rates.get("context_switches") ?? null,
      input: rates.get("input") ?? null,
      output: rates.get("output") ?? null,
    },
    processes: (listElements(at("processes")) ?? []).map(readProcess),
    applications: tuples(at("applications")).map(readApplication),
    sampling: {
      milliseconds: (numberOf(at("took")) ?? 0) / 1000,
      seen: numberOf(at("seen")) ?? 0,
      cut: isAtom(at("cut"), "true"),
    },
  };
}

function readProcess(row: Term): TopProcess {
  const at = (key: string): Term | undefined => mapValue(row, key);
  const label = at("label");
  return {
    pid: textValue(at("pid")) ?? "",
    // The empty list where it has none.
    name: atomName(at("name")) ?? null,
    label: label?.kind === "bitstring" ? (textValue(label) ?? null) : null,
    initialCall: functionText(at("initial")) ?? "",
    currentFunction: functionText(at("current")) ?? null,
    status: atomName(at("status")) ?? "",
    application: isAtom(at("application"), "none") ? null : (atomName(at("application")) ?? null),
    reductions: numberOf(at("reductions")) ?? 0,
    reductionRate: numberOf(at("rate")),
    memory: numberOf(at("memory")) ?? 0,
    queue: numberOf(at("queue")) ?? 0,
  };
}

function readApplication([name, version, sums]: readonly Term[]): TopApplication {
  const [processes, rate, memory, queue] = isTuple(sums) ? sums.elements : [];
  return {
    name: atomName(name) ?? "",
    version: textValue(version) ?? "",
    processes: numberOf(processes) ?? 0,
    reductionRate: numberOf(rate) ?? 0,
    memory: numberOf(memory),
    queue: numberOf(queue) ?? 0,
  };
}

/** `{Module, Function, Arity}` as Erlang writes it; `undefined` for anything else. */
function functionText(term: Term | undefined): string | undefined {
  const [module, name, arity] = isTuple(term, 3) ? term.elements : [];
  const names = [atomName(module), atomName(name)];
  if (names.includes(undefined)) return undefined;
  const [ofModule, called] = names.map((each) => printTerm(atom(each ?? ""), { format: "tp" }));
  return `${ofModule}:${called}/${integerValue(arity) ?? "?"}`;
}

function tuples(list: Term | undefined): (readonly Term[])[] {
  return (listElements(list) ?? []).map((each) => (isTuple(each) ? each.elements : []));
}

/** Numbers here need not be exact. */
function numberOf(term: Term | undefined): number | null {
  if (term?.kind === "float") return term.value;
  return term?.kind === "integer" ? Number(term.value) : null;
}
