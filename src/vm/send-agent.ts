import { beamMd5, openBeam } from "../beam/index.ts";
import type { CallOptions, NodeConnection } from "../dist/index.ts";
import { EnitError } from "../error/index.ts";
import { atom, binary, equalTerms, isAtom, list, printTerm, string, type Term, tuple } from "../term/index.ts";
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
  await load(node, agent, modulesOf(agent), { mustBeOurs: (name) => wanted === undefined || name === wanted, signal });
  await node.call("application", "load", [agentApplication(agent, command)], { signal });
  return agent;
}

/**
 * Sees to it that a node has some modules of the Erlang application `enit` as they are in this binary: where an older enit
 * started it, or none, it has others, or none. Throws as `sendAgent`.
 */
export async function sendModules(
  node: NodeConnection,
  names: readonly string[],
  { signal }: Pick<CallOptions, "signal"> = {},
): Promise<void> {
  const agent = await readAgent();
  const modules = modulesOf(agent).filter(({ name }) => names.includes(name));
  await load(node, agent, modules, { mustBeOurs: () => true, signal });
}

interface AgentModule {
  readonly name: string;
  readonly file: string;
  readonly code: Uint8Array;
}

function modulesOf({ files }: Agent): AgentModule[] {
  return files
    .filter(({ name }) => name.endsWith(".beam"))
    .map(({ name: file, content: code }) => ({ name: file.slice(0, -".beam".length), file, code }));
}

/** Loads modules that a node does not have, and those that must be ours and are not. */
async function load(
  node: NodeConnection,
  agent: Agent,
  modules: readonly AgentModule[],
  { mustBeOurs, signal }: { readonly mustBeOurs: (name: string) => boolean; readonly signal: CallOptions["signal"] },
): Promise<void> {
  const prepared = await Promise.all(
    modules.map(async ({ name, file, code }): Promise<Term[]> => {
      const loaded = await loadedMd5(node, name, signal);
      if (loaded !== undefined) {
        // Another load would end whoever executes it.
        if (!mustBeOurs(name) || equalTerms(loaded, binary(beamMd5(openBeam(code))))) return [];
        await node.call("code", "purge", [atom(name)], { signal });
      }
      return [tuple(atom(name), string(file), binary(code))];
    }),
  );
  const terms = prepared.flat();
  if (terms.length === 0) return;
  const answer = await node.call("code", "atomic_load", [list(terms)], { signal });
  if (!isAtom(answer, "ok")) throw refused(node, agent, answer);
}

/** The MD5 of a module as it is loaded, as a binary; `undefined` if it is not. */
async function loadedMd5(node: NodeConnection, name: string, signal: CallOptions["signal"]): Promise<Term | undefined> {
  try {
    return await node.call("erlang", "get_module_info", [atom(name), atom("md5")], { signal });
  } catch (error) {
    if (error instanceof EnitError && error.code === "call_failed") return undefined;
    throw error;
  }
}

function refused(node: NodeConnection, { otpRelease }: Agent, answer: Term): EnitError {
  const state = `it does not load the Erlang part of enit: ${printTerm(answer, { format: "tp", width: 0 })}`;
  return new EnitError("agent_refused", `cannot send code to "${node.node}": ${state}`, {
    kind: "unsupported",
    hint: `This enit was built with OTP ${otpRelease}, and asks nodes of that OTP and later ones.`,
    data: { node: node.node },
  });
}
