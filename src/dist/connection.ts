import { EnitError } from "../error/index.ts";
import { atom, isAtom, isTuple, type PidTerm, type ReferenceTerm, type Term, tuple } from "../term/index.ts";
import { callData, Calls, type CallTarget, describeCall, makeCallRequest, REX } from "./calls.ts";
import {
  decodeMessage,
  encodeDown,
  encodeExit,
  encodeMonitor,
  encodeSend,
  encodeUnlinkAck,
  type PeerMessage,
  TICK,
} from "./control.ts";
import type { FrameReader } from "./frame-reader.ts";
import { answerIoRequest, readIoRequest } from "./group-leader.ts";
import { Identities, keyOf } from "./identities.ts";
import { Keepalive } from "./keepalive.ts";
import { describeSystemError } from "./system-error.ts";
import type { Transport } from "./transport.ts";

/** The one name that is registered with us: `net_adm:ping/1` of the peer asks it. */
const NET_KERNEL = "net_kernel";

/** Takes a message that a process of the peer sent to `to`: a pid of ours, or a name that it thinks is registered here. */
export type MessageListener = (message: Term, to: PidTerm | string) => void;

export interface CallOptions {
  /** Milliseconds. Default: no limit but the life of the connection. */
  readonly timeout?: number | undefined;
  /** What it is aborted with is thrown; the function goes on in the peer. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Takes what the function prints, as it comes; also what processes print that it started, as long as the connection
   * lives. Default: it is printed by the peer (the group leader is `user`), which is right for what has to
   * outlive the connection, such as applications that are started.
   */
  readonly onOutput?: ((text: string) => void) | undefined;
}

/** What a connection is made of once hands are shaken. */
export interface ConnectionSetup {
  readonly node: string;
  readonly creation: number;
  readonly ownName: string;
  readonly ownCreation: number;
  readonly transport: Transport;
  /** Holds what came behind the handshake. */
  readonly reader: FrameReader;
  /** Milliseconds without a byte from the peer, after which it counts as gone. */
  readonly tickTimeout: number;
}

/** A connection to an Erlang node, to which we are a hidden node. Made by `connectNode`. */
export class NodeConnection implements AsyncDisposable {
  /** The peer's whole name. */
  readonly node: string;
  /** The peer's creation: another one for each start of a node of that name. */
  readonly creation: number;
  /** The process that we seem to be; messages to it reach `onMessage`. */
  readonly self: PidTerm;
  /** Settles when the connection is over: with the reason, or undefined after `close`. */
  readonly closed: Promise<EnitError | undefined>;

  readonly #transport: Transport;
  readonly #reader: FrameReader;
  readonly #identities: Identities;
  readonly #keepalive: Keepalive;
  readonly #calls = new Calls();
  readonly #listeners = new Set<MessageListener>();
  /** By `keyOf` of our pids, `self` not among them. */
  readonly #groupLeaders = new Map<string, (text: string) => void>();
  readonly #settleClosed: (reason: EnitError | undefined) => void;
  /** Says that there is no `rex`; set while a call waits. */
  #rexMonitor: ReferenceTerm | undefined;
  /** Why there is no connection any more. */
  #end: { readonly reason: EnitError | undefined } | undefined;

  constructor(setup: ConnectionSetup) {
    this.node = setup.node;
    this.creation = setup.creation;
    this.#transport = setup.transport;
    this.#reader = setup.reader;
    this.#identities = new Identities(setup.ownName, setup.ownCreation);
    this.self = this.#identities.newPid();
    const { promise, resolve } = Promise.withResolvers<EnitError | undefined>();
    this.closed = promise;
    this.#settleClosed = resolve;
    const seconds = setup.tickTimeout / 1000;
    this.#keepalive = new Keepalive(setup.tickTimeout, {
      tick: () => this.#write(TICK),
      // Nobody can be registered as `undefined`, so this is answered at once.
      probe: () => this.#write(encodeMonitor(this.self, "undefined", this.#identities.newReference())),
      expire: () => this.#fail(`the node was silent for ${seconds} s`),
    });
  }

  /**
   * Calls a function of the peer through its `rex`, and gives what it returns. Calls may run at the same time.
   *
   * Throws `call_failed` (what the function threw is in `data.reason`, in Erlang syntax), `call_timeout`,
   * `connection_closed`.
   */
  async call(module: string, functionName: string, args: readonly Term[], options: CallOptions = {}): Promise<Term> {
    const target: CallTarget = { node: this.node, module, functionName, arity: args.length };
    options.signal?.throwIfAborted();
    if (this.#end !== undefined) throw this.#callLost(target);
    const groupLeader = options.onOutput === undefined ? atom("user") : this.#openGroupLeader(options.onOutput);
    const reference = this.#identities.newReference();
    const request = makeCallRequest(this.self, reference, target, args, groupLeader);
    const frame = encodeSend(this.self, REX, request);
    if (this.#rexMonitor === undefined) {
      this.#rexMonitor = this.#identities.newReference();
      this.#write(encodeMonitor(this.self, REX, this.#rexMonitor));
    }
    const result = this.#calls.result(reference, target, options.timeout, options.signal);
    this.#write(frame);
    return await result;
  }

  /** Sends a message to a process of the peer: a pid, or a registered name. Throws `connection_closed`. */
  send(to: PidTerm | string, message: Term): void {
    if (this.#end !== undefined) throw this.#end.reason ?? closedError(this.node, "the connection was closed here");
    this.#write(encodeSend(this.self, to, message));
  }

  /** Has a function called for each message that is no result of a call; gives the function that undoes it. */
  onMessage(listener: MessageListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Sends what was written, then closes; calls that wait end with `connection_closed`. Settles when it is closed. */
  async close(): Promise<void> {
    if (this.#end === undefined) {
      this.#finish(undefined);
      this.#transport.end();
    }
    await this.closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** For the transport: bytes that came in. An empty chunk has the reader looked at. */
  receiveBytes(chunk: Uint8Array): void {
    if (this.#end !== undefined) return;
    this.#keepalive.received();
    try {
      this.#reader.push(chunk);
      for (let frame = this.#reader.next(); frame !== undefined; frame = this.#reader.next()) {
        this.#receive(decodeMessage(frame));
      }
    } catch (error) {
      this.#fail(`the node sent ${error instanceof Error ? error.message : String(error)}`, error);
      return;
    }
  }

  /** For the transport: it is closed. */
  receiveEnd(error: Error | undefined): void {
    this.#fail(error === undefined ? "the node closed the connection" : describeSystemError(error), error);
  }

  #receive(message: PeerMessage): void {
    switch (message.kind) {
      case "tick":
        this.#write(TICK);
        return;
      case "send":
        this.#deliver(message.to, message.message);
        return;
      case "down":
        this.#receiveDown(message.from, message.reference, message.reason);
        return;
      case "exit":
        // As a process that traps exits gets it.
        if (this.#isAlive(message.to)) this.#notify(tuple(atom("EXIT"), message.from, message.reason), message.to);
        return;
      case "monitor":
        if (!this.#isAlive(message.to)) {
          this.#write(encodeDown(message.to, message.from, message.reference, atom("noproc")));
        }
        return;
      case "link":
        if (!this.#isAlive(message.to)) this.#write(encodeExit(message.to, message.from, atom("noproc")));
        return;
      case "unlink":
        this.#write(encodeUnlinkAck(message.id, message.to, message.from));
        return;
      case "other":
        return;
    }
  }

  #deliver(to: PidTerm | string, message: Term): void {
    if (to === NET_KERNEL) return this.#answerPing(message);
    if (typeof to === "string") return this.#notify(message, to);
    if (!this.#isAlive(to)) return;
    const ioRequest = readIoRequest(message);
    if (ioRequest !== undefined) {
      void answerIoRequest(ioRequest, {
        output: this.#groupLeaders.get(keyOf(to)) ?? (() => {}),
        evaluate: (module, functionName, args) => this.call(module, functionName, args),
        send: (pid, reply) => this.#write(encodeSend(to, pid, reply)),
      });
      return;
    }
    const [reference, result] = isTuple(message, 2) ? message.elements : [];
    if (reference?.kind === "reference" && this.#identities.isOurs(reference) && result !== undefined) {
      this.#calls.settle(reference, result);
    } else {
      this.#notify(message, to);
    }
  }

  /** `net_adm:ping/1` of the peer: `{'$gen_call', {Pid, Tag}, {is_auth, Node}}`. */
  #answerPing(message: Term): void {
    const [tag, from, question] = isTuple(message, 3) ? message.elements : [];
    const [pid, reference] = isTuple(from, 2) ? from.elements : [];
    if (!isAtom(tag, "$gen_call") || !isTuple(question, 2) || !isAtom(question.elements[0], "is_auth")) return;
    if (pid?.kind === "pid" && reference !== undefined) {
      this.#write(encodeSend(this.self, pid, tuple(reference, atom("yes"))));
    }
  }

  #receiveDown(from: PidTerm | string, reference: ReferenceTerm, reason: Term): void {
    if (this.#rexMonitor === undefined || keyOf(reference) !== keyOf(this.#rexMonitor)) return;
    this.#rexMonitor = undefined;
    const state = `the node has no process "${typeof from === "string" ? from : REX}", which runs calls`;
    const why = isAtom(reason) ? reason.name : "it ended";
    this.#calls.failAll(
      (target) =>
        new EnitError("call_failed", `${describeCall(target)}: ${state} (${why})`, {
          hint: "The node is still starting, is stopping, or runs without kernel's rpc server.",
          data: { ...callData(target), reason: why },
        }),
    );
  }

  #openGroupLeader(onOutput: (text: string) => void): PidTerm {
    const pid = this.#identities.newPid();
    this.#groupLeaders.set(keyOf(pid), onOutput);
    return pid;
  }

  #isAlive(to: PidTerm | string): boolean {
    if (typeof to === "string") return to === NET_KERNEL;
    if (!this.#identities.isOurs(to)) return false;
    return keyOf(to) === keyOf(this.self) || this.#groupLeaders.has(keyOf(to));
  }

  #notify(message: Term, to: PidTerm | string): void {
    for (const listener of [...this.#listeners]) {
      // A listener that throws is a defect of its owner, not of the peer: the connection stays.
      try {
        listener(message, to);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  #write(bytes: Uint8Array): void {
    if (this.#end !== undefined) return;
    this.#keepalive.sent();
    this.#transport.write(bytes);
  }

  #fail(state: string, cause?: unknown): void {
    if (this.#end !== undefined) return;
    this.#finish(closedError(this.node, state, cause));
    this.#transport.destroy();
  }

  #finish(reason: EnitError | undefined): void {
    this.#end = { reason };
    this.#keepalive.stop();
    this.#calls.failAll((target) => this.#callLost(target));
    this.#settleClosed(reason);
  }

  #callLost(target: CallTarget): EnitError {
    const reason = this.#end?.reason;
    const state = reason === undefined ? "the connection was closed here" : stateOf(reason);
    return new EnitError("connection_closed", `${describeCall(target)}: ${state}`, {
      data: callData(target),
      cause: reason,
    });
  }
}

function closedError(node: string, state: string, cause?: unknown): EnitError {
  return new EnitError("connection_closed", `cannot talk to "${node}": ${state}`, { data: { node, state }, cause });
}

function stateOf(reason: EnitError): string {
  return String(reason.data["state"]);
}
