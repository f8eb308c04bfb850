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
  parseTerm,
  printTerm,
  string,
  type Term,
  tuple,
} from "../term/index.ts";
import { type Agent, readAgent } from "./agent.ts";

export interface SendAgentOptions extends Pick<CallOptions, "signal"> {
  /** A module that the node must have as this enit has it: one that is loaded is replaced. The others are not. */
  readonly wanted?: string | undefined;
  /** How the node is to run enit, program first; see `release-command.ts`. */
  readonly command: readonly string[];
}

/**
 * Loads the Erlang application `enit` into a node that does not have it: its modules as they are in this binary, nothing
 * on the node's disk. Nothing is started. It stays there until the node ends.
 *
 * Throws `agent_refused` (kind `unsupported`) where the node cannot load it, and what calls throw.
 */
export async function sendAgent(node: NodeConnection, { wanted, command, signal }: SendAgentOptions): Promise<void> {
  const agent = await readAgent();
  const loaded = new Set(namesOf(await node.call("code", "all_loaded", [], { signal })));
  const modules = agent.files.filter(({ name }) => {
    const module = moduleOf(name);
    return module !== undefined && (module === wanted || !loaded.has(module));
  });
  if (wanted !== undefined && loaded.has(wanted)) await node.call("code", "purge", [atom(wanted)], { signal });
  const prepared = list(
    modules.map(({ name, content }) => tuple(atom(moduleOf(name) ?? ""), string(name), binary(content))),
  );
  const answer = await node.call("code", "atomic_load", [prepared], { signal });
  if (!isAtom(answer, "ok")) throw refused(node, agent, answer);
  await node.call("application", "load", [agentApplication(agent, command)], { signal });
}

/** The `.app` of the agent, with the command as its parameter `command`. */
function agentApplication(agent: Agent, command: readonly string[]): Term {
  const file = agent.files.find(({ name }) => name === "enit.app");
  const app = parseTerm(new TextDecoder().decode(file?.content), { file: "enit.app" });
  const [tag, name, properties] = isTuple(app, 3) ? app.elements : [];
  if (tag === undefined || name === undefined) throw new Error("enit.app is no application");
  const parameter = tuple(atom("command"), list(command.map((word) => string(word))));
  const withCommand = (listElements(properties) ?? []).map((property) => {
    const [key, value] = isTuple(property, 2) ? property.elements : [];
    return isAtom(key, "env") ? tuple(atom("env"), list([...(listElements(value) ?? []), parameter])) : property;
  });
  return tuple(tag, name, list(withCommand));
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
