import type { NodeApplication, NodeStatus, WaitOptions } from "../../../contract/index.ts";
import type { Release } from "../../../release/index.ts";
import { type Term, integerValue, listElements, mapValue, textValue } from "../../../term/index.ts";
import { callAgent } from "./agent.ts";
import { connectIfRunning } from "./connect.ts";

/** A node that is too busy to answer its status for so long is as good as hung. In milliseconds. */
const TIMEOUT = 10_000;

/** Asks the agent in the node for everything about it, in one call; `undefined` when it does not run. */
export async function inspect(release: Release, options: WaitOptions = {}): Promise<NodeStatus | undefined> {
  await using node = await connectIfRunning(release, options);
  if (node === undefined) return undefined;
  const answer = await callAgent(node, release, "enit_status", "get", [], { timeout: TIMEOUT, signal: options.signal });
  return { node: node.node, ...readStatus(answer, node.self.node) };
}

/** Reads the map that `enit_status:get/0` answers with; the node that asked is left out. */
function readStatus(answer: Term, ownName: string): Omit<NodeStatus, "node"> {
  const at = (key: string): Term | undefined => mapValue(answer, key);
  return {
    state: textValue(at("phase")) === "started" ? "running" : "starting",
    otp: textValue(at("otp_release")) ?? "",
    pid: Number(textValue(at("os_pid"))),
    uptimeSeconds: (integerValue(at("uptime")) ?? 0) / 1000,
    connectedNodes: textsOf(at("nodes")).filter((name) => name !== ownName),
    runningApplications: (listElements(at("running")) ?? []).map(readApplication),
    startingApplications: textsOf(at("starting")),
    memory: Object.fromEntries((listElements(at("memory")) ?? []).map(readSize)),
  };
}

function textsOf(term: Term | undefined): string[] {
  return (listElements(term) ?? []).map((each) => textValue(each) ?? "");
}

function readApplication(term: Term): NodeApplication {
  const [name, version] = term.kind === "tuple" ? term.elements : [];
  return { name: textValue(name) ?? "", version: textValue(version) ?? "" };
}

function readSize(term: Term): [name: string, bytes: number] {
  const [name, bytes] = term.kind === "tuple" ? term.elements : [];
  return [textValue(name) ?? "", integerValue(bytes) ?? 0];
}
