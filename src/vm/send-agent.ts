import type { CallOptions, NodeConnection } from "../dist/index.ts";
import { EnitError } from "../error/index.ts";
import {
  atom,
  atomName,
  binary,
  isAtom,
  isTuple,
  list,
  listElements,
  printTerm,
  string,
  type Term,
  tuple,
} from "../term/index.ts";
import { type Agent, readAgent } from "./agent.ts";
import { agentApplication } from "./agent-application.ts";

export interface SendAgentOptions extends Pick<CallOptions, "signal"> {
  /** The module that the node must have as this enit has it; those besides that are loaded stay as they are. Default: all. */
  readonly wanted?: string;
  /** How the node is to run enit, program first; see `release-command.ts`. */
  readonly command: readonly string[];
}

/**
 * Loads the Erlang application `enit` into a node that does not have it: its modules as they are in this binary, nothing
 * on the node's disk. Nothing is started. It stays there until the node ends.
 *
 * Throws `agent_refused` (kind `unsupported`) where the node cannot load it, and what calls throw.
 */
export async function sendAgent(node: NodeConnection, { wanted, command, signal }: SendAgentOptions): Promise<Agent> {
  const agent = await readAgent();
  const loaded = new Set(namesOf(await node.call("code", "all_loaded", [], { signal })));
  const prepared: Term[] = [];
  for (const { name, content } of agent.files) {
    const module = moduleOf(name);
    if (module === undefined) continue;
    const isLoaded = loaded.has(module);
    if (isLoaded && wanted !== undefined && wanted !== module) continue;
    if (isLoaded) await node.call("code", "purge", [atom(module)], { signal });
    prepared.push(tuple(atom(module), string(name), binary(content)));
  }
  const answer = await node.call("code", "atomic_load", [list(prepared)], { signal });
  if (!isAtom(answer, "ok")) throw refused(node, agent, answer);
  await node.call("application", "load", [agentApplication(agent, command)], { signal });
  return agent;
}

function moduleOf(file: string): string | undefined {
  return file.endsWith(".beam") ? file.slice(0, -".beam".length) : undefined;
}

/** The modules of `code:all_loaded/0`. */
function namesOf(loaded: Term): string[] {
  return (listElements(loaded) ?? []).flatMap((each) => (isTuple(each, 2) ? (atomName(each.elements[0]) ?? []) : []));
}

function refused(node: NodeConnection, { otpRelease }: Agent, answer: Term): EnitError {
  const state = `it does not load the Erlang part of enit: ${printTerm(answer, { format: "tp", width: 0 })}`;
  return new EnitError("agent_refused", `cannot send code to "${node.node}": ${state}`, {
    kind: "unsupported",
    hint: `This enit was built with OTP ${otpRelease}, and asks nodes of that OTP and later ones.`,
    data: { node: node.node },
  });
}
