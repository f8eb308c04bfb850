import type { NodeConnection } from "../../../dist/index.ts";
import { EnitError } from "../../../error/index.ts";
import { type PidTerm, type Term, atom, integer, tuple } from "../../../term/index.ts";
import { type TraceEnd, type TracedMessage, processKey, processesIn, readAgentMessage } from "../../../trace/index.ts";

/** How long a message waits for the name of a process that is too busy to tell it, and may be for ever, in milliseconds. */
const NAME_TIME = 2000;
/**
 * How long the end is waited for once the trace was told to stop, in milliseconds: longer than `enit_trace` takes at most, with
 * its `FINISH_TIME` and `NAMES_TIME`. A node that hangs tells no end.
 */
const STOP_TIME = 7000;
/** The tracer remembers half as many, and tells again what it has forgotten. */
const MAX_NAMES = 20_000;
/** How many messages are taken until that is told, at most. */
const ACK_EVERY = 100;

/** The processes of a trace in the node. */
export interface AgentPids {
  /** Ends the trace. */
  readonly owner: PidTerm;
  /** Sends what is traced. */
  readonly tracer: PidTerm;
}

export interface FeedOptions {
  /** How many messages the tracer sends without being told that they were taken. */
  readonly window: number;
  readonly signal: AbortSignal | undefined;
}

type Ending = Pick<TraceEnd, "reason" | "value" | "counters">;

/** The messages of a trace in their order, each with the names of its processes, and its end. */
export class TraceFeed {
  readonly #node: NodeConnection;
  readonly #options: FeedOptions;
  readonly #queue: Extract<ReturnType<typeof readAgentMessage>, { kind: "message" }>["term"][] = [];
  readonly #names = new Map<string, Term>();
  readonly #started = Promise.withResolvers<Term>();
  #ending: Ending | undefined;
  #wake = (): void => undefined;

  /** Listens from now on: the first messages may come before the answer that the trace has started. */
  constructor(node: NodeConnection, options: FeedOptions) {
    this.#node = node;
    this.#options = options;
    node.onMessage((message) => this.#receive(message));
    void node.closed.then(() => this.#end({ reason: "node_down", value: undefined, counters: [] }));
  }

  /**
   * Gives what `enit_trace:run/2` tells of a trace that has started: `{ok, Started}`. A call that answers before has refused it,
   * and its answer is given; one that answers later tells that the trace is over.
   */
  async begin(run: Promise<Term>): Promise<Term> {
    const started = this.#started.promise.then((facts) => tuple(atom("ok"), facts));
    const answer = await Promise.race([started, run]);
    // The owner tells of the end itself, unless it was killed.
    const died = (): void => this.#end({ reason: "tracer_died", value: undefined, counters: [] });
    run.then(died, (error: unknown) => {
      const isClosed = error instanceof EnitError && error.code === "connection_closed";
      // What ended the connection is told elsewhere, and so is that this process was interrupted.
      if (!isClosed && this.#options.signal?.aborted !== true) died();
    });
    return answer;
  }

  /** Gives the items of a trace that has started, and closes the connection behind the last one, or when no more are taken. */
  async *items({ owner, tracer }: AgentPids): AsyncGenerator<TracedMessage | TraceEnd, undefined> {
    const { signal, window } = this.#options;
    const ackEvery = Math.max(1, Math.min(ACK_EVERY, Math.floor(window / 2)));
    const stop = (): void => this.#stop(owner);
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted === true) stop();
    let messages = 0;
    try {
      for (;;) {
        const term = this.#queue.shift();
        if (term !== undefined) {
          await this.#untilNamed(processesIn(term));
          messages++;
          if (messages % ackEvery === 0) this.#send(tracer, tuple(atom("ack"), integer(messages)));
          yield { kind: "message", term, names: this.#names };
        } else if (this.#ending !== undefined) {
          yield { kind: "end", ...this.#ending, messages };
          return;
        } else {
          await this.#untilNews();
        }
      }
    } finally {
      signal?.removeEventListener("abort", stop);
      await this.#node.close();
    }
  }

  #receive(term: Term): void {
    const message = readAgentMessage(term);
    switch (message?.kind) {
      case "started":
        return this.#started.resolve(message.started);
      case "message":
        this.#queue.push(message.term);
        break;
      case "name":
        this.#remember(processKey(message.process), message.name);
        break;
      case "done":
        return this.#end(message);
      case undefined:
        return;
    }
    this.#wake();
  }

  #end({ reason, value, counters }: Ending): void {
    this.#ending ??= { reason, value, counters };
    this.#wake();
  }

  #stop(owner: PidTerm): void {
    this.#send(owner, atom("stop"));
    setTimeout(() => this.#end({ reason: "stopped", value: undefined, counters: [] }), STOP_TIME).unref();
  }

  #send(to: PidTerm, message: Term): void {
    // Without a connection there is no trace to talk to any more.
    if (this.#ending === undefined) this.#node.send(to, message);
  }

  /** What is told again goes to the end, so that the oldest names are forgotten first. */
  #remember(key: string, name: Term): void {
    this.#names.delete(key);
    this.#names.set(key, name);
    if (this.#names.size <= MAX_NAMES) return;
    const [oldest] = this.#names.keys();
    if (oldest !== undefined) this.#names.delete(oldest);
  }

  async #untilNamed(processes: readonly Term[]): Promise<void> {
    const isNamed = (): boolean => processes.every((each) => this.#names.has(processKey(each)));
    if (isNamed()) return;
    const late = new AbortController();
    late.signal.addEventListener("abort", () => this.#wake());
    const timer = setTimeout(() => late.abort(), NAME_TIME);
    while (!isNamed() && !late.signal.aborted && this.#ending === undefined) await this.#untilNews();
    clearTimeout(timer);
  }

  async #untilNews(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    await promise;
  }
}
