import type { LiveTrace, TraceOptions } from "../../../contract/index.ts";
import type { NodeConnection } from "../../../dist/index.ts";
import { EnitError } from "../../../error/index.ts";
import type { Release } from "../../../release/index.ts";
import { type Term, integerValue, isTagged, mapValue } from "../../../term/index.ts";
import { type Pattern, findDanger, parsePattern, patternError } from "../../../trace/index.ts";
import { callAgent } from "../releases/agent.ts";
import { connect } from "../releases/connect.ts";
import { compileOnNode } from "./compile.ts";
import { explainRefusal } from "./errors.ts";
import { type AgentPids, TraceFeed } from "./feed.ts";
import { DEFAULT_QUEUE, makeRequest, readProcesses } from "./request.ts";

/** Starts a trace as `TracingService.start` does. */
export async function startTrace(
  release: Release,
  texts: readonly string[],
  options: TraceOptions,
): Promise<LiveTrace> {
  const patterns = texts.map(parsePattern);
  if (options.dangerous !== true) patterns.forEach(refuseDanger);
  const choices = readProcesses(options.processes ?? ["all"]);
  const node = await connect(release, options);
  try {
    const compiled = await compileOnNode(node, release, patterns, options);
    const request = makeRequest(compiled, choices, node, options);
    const feed = new TraceFeed(node, { window: options.queue ?? DEFAULT_QUEUE, signal: options.signal });
    const answer = await feed.begin(
      callAgent(node, release, "enit_trace", "run", [node.self, request], { signal: options.signal }),
    );
    const { pids, processes, functions } = readAnswer(answer, patterns, release, node);
    return {
      node: node.node,
      processes,
      functions,
      items: feed.items(pids),
      [Symbol.asyncDispose]: () => node.close(),
    };
  } catch (error) {
    await node.close();
    throw error;
  }
}

function refuseDanger(pattern: Pattern): void {
  const danger = findDanger(pattern);
  if (danger === undefined) return;
  throw patternError(pattern.text, 0, danger, {
    code: "dangerous_pattern",
    hint: "On a busy node so many calls may leave no time for anything else. Name a function, or say --dangerous.",
  });
}

interface StartedTrace {
  readonly pids: AgentPids;
  readonly processes: number;
  readonly functions: number;
}

/** Reads what `enit_trace:run/2` told. */
function readAnswer(
  answer: Term,
  patterns: readonly Pattern[],
  release: Release,
  { node }: NodeConnection,
): StartedTrace {
  const [, value] = answer.kind === "tuple" ? answer.elements : [];
  if (!isTagged(answer, "ok", 2)) throw explainRefusal(value, patterns, release.name, node);
  const owner = mapValue(value, "owner");
  const tracer = mapValue(value, "tracer");
  if (owner?.kind !== "pid" || tracer?.kind !== "pid") {
    throw new EnitError(
      "agent_mismatch",
      `cannot trace on "${node}": the Erlang part of enit there is another version`,
      {
        hint: `Restart the release, so that it gets the one of this enit: enit restart ${release.name}`,
      },
    );
  }
  return {
    pids: { owner, tracer },
    processes: integerValue(mapValue(value, "processes")) ?? 0,
    functions: integerValue(mapValue(value, "functions")) ?? 0,
  };
}
