import type { NodeConnection } from "../../dist/index.ts";
import { atom, isAtom, isTuple, list, listElements, printTerm, textValue, type Term } from "../../term/index.ts";
import { type Problem, problem } from "../problem.ts";
import { askInBatches } from "../vm/agent.ts";

/** A process that uses a module, by what its VM says. */
export interface ModuleUser {
  readonly pid: Term;
  readonly module: string;
  /** `callback`: the module is its callback module; `executing`: it is in it just now. */
  readonly kind: "callback" | "supervisor" | "executing";
  /** `<0.1.0> name` */
  readonly text: string;
}

/** Finds the processes that use modules. Asks every process of the VM, in batches. */
export async function findUsers(
  connection: NodeConnection,
  modules: readonly string[],
  kinds: readonly ("callback" | "executing")[],
  signal?: AbortSignal,
): Promise<ModuleUser[]> {
  if (modules.length === 0) return [];
  const found = await askInBatches(connection, "users", [list(modules.map(atom))], [list(kinds.map(atom))], signal);
  return found.flatMap((each): ModuleUser[] => {
    const [pid, module, kind, text] = isTuple(each, 4) ? each.elements : [];
    if (pid === undefined) return [];
    const word = textValue(kind);
    return [
      {
        pid,
        module: textValue(module) ?? "",
        kind: word === "supervisor" || word === "executing" ? word : "callback",
        text: textValue(text) ?? "",
      },
    ];
  });
}

/** A process in old code, which the next purge of the module ends. */
export interface LingeringProcess {
  readonly module: string;
  readonly text: string;
}

/** Finds the processes in old code of modules, or of any module. */
export async function findLingering(
  connection: NodeConnection,
  modules: readonly string[] | "all",
  signal?: AbortSignal,
): Promise<LingeringProcess[]> {
  const which = modules === "all" ? atom("all") : list(modules.map(atom));
  const found = await askInBatches(connection, "old_code", [which], [], signal);
  return found.map((each) => {
    const [, module, text] = isTuple(each, 3) ? each.elements : [];
    return { module: textValue(module) ?? "", text: textValue(text) ?? "" };
  });
}

export function checkOldCode(lingering: readonly LingeringProcess[]): Problem[] {
  return lingering.map(({ module, text }) =>
    problem("old_code", text, `process ${text} is still in old code of ${module}, and ends when that is purged`),
  );
}

/** What `release_handler` was seen to ask of processes. */
export interface Seen {
  readonly action: "suspend" | "change_code";
  readonly pid: string;
  readonly module: string | undefined;
  readonly ok: boolean;
  /** In Erlang's syntax. */
  readonly answer: string;
}

/** Reads what `enit_install:run/3` saw; `undefined` where it could not watch. */
export function readSeen(term: Term | undefined): Seen[] | undefined {
  return listElements(term)?.flatMap((each): Seen[] => {
    if (!isTuple(each)) return [];
    const [action, pid] = each.elements;
    const answer = each.elements.at(-1);
    if (pid === undefined || answer === undefined) return [];
    return [
      {
        action: isAtom(action, "suspend") ? "suspend" : "change_code",
        pid: pidText(pid),
        module: each.elements.length === 4 ? textValue(each.elements[2]) : undefined,
        ok: isAtom(answer, "ok"),
        answer: printTerm(answer, { format: "tp", width: 0 }),
      },
    ];
  });
}

/**
 * Compares the processes that have a module whose state changes as their callback module with those whose state
 * `release_handler` was seen to change. It passes over processes in silence: those that do not suspend in time, and those
 * whose supervisor does not name the module.
 */
export function checkStates(
  before: readonly ModuleUser[],
  now: readonly ModuleUser[],
  seen: readonly Seen[],
): Problem[] {
  const alive = new Set(now.map(({ pid }) => pidText(pid)));
  const hasChanged = changesIn(seen);
  const busy = new Set(seen.filter(({ action, ok }) => action === "suspend" && !ok).map(({ pid }) => pid));
  return before
    .filter((user) => alive.has(pidText(user.pid)) && !hasChanged(user))
    .map(({ pid, module, text }) => {
      const why = busy.has(pidText(pid))
        ? "it was busy and did not suspend in time"
        : "its supervisor does not name the module";
      return problem("state", text, `process ${text} of ${module} has the state of the version before: ${why}`);
    });
}

/** Tells of processes whether they were seen to change their state. */
export function changesIn(seen: readonly Seen[]): (user: Pick<ModuleUser, "pid" | "module">) => boolean {
  const changed = new Set(
    seen.filter(({ action, ok }) => action === "change_code" && ok).map(({ pid, module }) => `${pid} ${module}`),
  );
  return ({ pid, module }) => changed.has(`${pidText(pid)} ${module}`);
}

function pidText(pid: Term): string {
  return printTerm(pid);
}
