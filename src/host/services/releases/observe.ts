import type { NodeSampler, SampleRequest, TopSample, WaitOptions } from "../../../contract/index.ts";
import type { NodeConnection } from "../../../dist/index.ts";
import { EnitError } from "../../../error/index.ts";
import type { Release } from "../../../release/index.ts";
import {
  atom,
  float,
  integer,
  isAtom,
  isPid,
  isTuple,
  map,
  type PidTerm,
  printTerm,
  type Term,
  tuple,
} from "../../../term/index.ts";
import { callAgent } from "./agent.ts";
import { connect } from "./connect.ts";
import { readSample } from "./top-sample.ts";

/** How much of a reason stands in a message, in characters. */
const MAX_REASON_LENGTH = 500;

/** Starts a sampler in a running release as `ReleaseService.observe` does: see src/agent/enit_top.erl. */
export async function observe(release: Release, options: WaitOptions = {}): Promise<NodeSampler> {
  const node = await connect(release, options);
  try {
    const sampler = await callAgent(node, release, "enit_top", "start", [node.self], { signal: options.signal });
    if (!isPid(sampler)) throw new Error("enit_top:start/1 gave no pid");
    return new Sampler(node, sampler, release.name);
  } catch (error) {
    await node.close();
    throw error;
  }
}

class Sampler implements NodeSampler {
  readonly node: string;
  readonly #connection: NodeConnection;
  readonly #pid: PidTerm;
  readonly #release: string;
  #awaited: PromiseWithResolvers<TopSample> | undefined;
  /** Why the sampler gives nothing any more. */
  #end: EnitError | undefined;

  constructor(connection: NodeConnection, pid: PidTerm, release: string) {
    this.node = connection.node;
    this.#connection = connection;
    this.#pid = pid;
    this.#release = release;
    connection.onMessage((message) => this.#receive(message));
    void connection.closed.then((reason) => this.#awaited?.reject(this.#lost(reason)));
  }

  async sample(request: SampleRequest): Promise<TopSample> {
    if (this.#end !== undefined) throw this.#end;
    try {
      this.#connection.send(this.#pid, tuple(atom("sample"), requestTerm(request)));
    } catch (error) {
      throw error instanceof EnitError ? this.#lost(error) : error;
    }
    this.#awaited ??= Promise.withResolvers();
    return this.#awaited.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.close();
  }

  #receive(message: Term): void {
    const awaited = this.#awaited;
    this.#awaited = undefined;
    const [tag, content, reason] = isTuple(message) ? message.elements : [];
    if (isAtom(tag, "enit_top") && content !== undefined) {
      awaited?.resolve(readSample(content, this.node));
    } else if (isAtom(tag, "EXIT") && reason !== undefined) {
      const printed = printTerm(reason, { format: "tp", width: 0 });
      this.#end = this.#failed(`the sampler ended: ${printed.slice(0, MAX_REASON_LENGTH)}`);
      awaited?.reject(this.#end);
    }
  }

  #lost(reason: EnitError | undefined): EnitError {
    const state = reason?.data["state"];
    return this.#failed(typeof state === "string" ? state : "the connection was closed", reason);
  }

  #failed(state: string, cause?: EnitError): EnitError {
    return new EnitError("connection_closed", `cannot go on watching "${this.#release}": ${state}`, {
      hint: `See whether it still runs: enit status ${this.#release}`,
      data: { release: this.#release, node: this.node },
      cause,
    });
  }
}

/** The request as the type `enit_top:request()` has it. */
function requestTerm({ order, limit, interval, budget, again = false }: SampleRequest): Term {
  return map([
    [atom("sort"), atom(order === "queue" ? "message_queue_len" : order)],
    [atom("limit"), integer(limit)],
    [atom("interval"), integer(interval)],
    [atom("budget"), float(budget)],
    [atom("again"), atom(String(again))],
  ]);
}
