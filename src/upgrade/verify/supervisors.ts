import type { NodeConnection } from "../../dist/index.ts";
import { isTuple, list, listElements, printTerm, textValue, type Term } from "../../term/index.ts";
import { type Problem, problem } from "../problem.ts";

/** A supervisor: what its `init/1` asks for, and what it has. */
export interface SupervisorFacts {
  readonly pid: Term;
  /** `<0.1.0> name` */
  readonly text: string;
  /** The type of restart by the id of the child; `undefined` where children come and go, or `init/1` does not say. */
  readonly wanted: ReadonlyMap<string, string> | undefined;
  /** By id, in Erlang's syntax. */
  readonly children: ReadonlyMap<string, SupervisedChild>;
}

interface SupervisedChild {
  readonly id: Term;
  readonly state: "running" | "restarting" | "stopped";
}

/** Asks supervisors for their children, and calls `init/1` of each in a process of its own. */
export async function readSupervisors(
  connection: NodeConnection,
  pids: readonly Term[],
  signal?: AbortSignal,
): Promise<SupervisorFacts[]> {
  if (pids.length === 0) return [];
  const answer = await connection.call("enit_upgrade", "supervisors", [list(pids)], { signal });
  return (listElements(answer) ?? []).flatMap((each) => {
    const [pid, text, specs, children] = isTuple(each, 4) ? each.elements : [];
    if (pid === undefined) return [];
    const wanted = pairsOf(specs)?.map(([id, restart]): [string, string] => [textOf(id), textValue(restart) ?? ""]);
    return [
      {
        pid,
        text: textValue(text) ?? "",
        wanted: wanted && new Map(wanted),
        children: new Map((pairsOf(children) ?? []).map(([id, child]) => [textOf(id), { id, state: stateOf(child) }])),
      },
    ];
  });
}

function pairsOf(term: Term | undefined): [Term, Term][] | undefined {
  return listElements(term)?.flatMap((pair): [Term, Term][] => {
    const [first, second] = isTuple(pair, 2) ? pair.elements : [];
    return first === undefined || second === undefined ? [] : [[first, second]];
  });
}

function textOf(id: Term): string {
  return printTerm(id, { format: "tw" });
}

function stateOf(child: Term): "running" | "restarting" | "stopped" {
  if (child.kind === "pid") return "running";
  return textValue(child) === "restarting" ? "restarting" : "stopped";
}

/**
 * Compares the children of supervisors with what their `init/1` asks for now. Children that somebody added to a
 * supervisor while it ran are nobody's business here; those that only the former `init/1` asked for are.
 */
export function checkSupervisors(before: readonly SupervisorFacts[], now: readonly SupervisorFacts[]): Problem[] {
  const former = new Map(before.map((each) => [textOf(each.pid), each]));
  return now.flatMap((supervisor) => {
    const { wanted, children, text, pid } = supervisor;
    if (wanted === undefined) return [];
    const old = former.get(textOf(pid));
    const missing = [...wanted].flatMap(([id, restart]) => {
      const state = children.get(id)?.state;
      if (state === "running" || restart === "temporary") return [];
      // A transient child may have ended in order, long before.
      if (restart === "transient" && old?.children.get(id)?.state === state) return [];
      const what = state === "restarting" ? "is being restarted" : "does not run";
      return [problem("supervisor", text, `child ${id} of supervisor ${text} ${what}`)];
    });
    const left = [...(old?.wanted?.keys() ?? [])].filter((id) => !wanted.has(id) && children.has(id));
    return [
      ...missing,
      ...left.map((id) =>
        problem(
          "supervisor",
          text,
          `child ${id} of supervisor ${text} is still there, which init/1 does not name any more`,
        ),
      ),
    ];
  });
}

/**
 * Has supervisors forget children that do not run and that they did not have before: a supervisor keeps what a former
 * `init/1` named.
 */
export async function tidyChildren(connection: NodeConnection, before: readonly SupervisorFacts[]): Promise<void> {
  const now = await readSupervisors(
    connection,
    before.map(({ pid }) => pid),
  );
  const former = new Map(before.map((each) => [textOf(each.pid), each]));
  for (const { pid, wanted, children } of now) {
    for (const [text, { id, state }] of children) {
      if (state !== "stopped" || wanted?.has(text) !== false || former.get(textOf(pid))?.children.has(text)) continue;
      await connection.call("supervisor", "delete_child", [pid, id]);
    }
  }
}
