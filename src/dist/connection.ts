import { EnitError } from "../error/index.ts";
import { atom, isAtom, isTuple, type PidTerm, type ReferenceTerm, type Term, tuple } from "../term/index.ts";
import { callData, Calls, type CallTarget, describeCall, makeCallRequest, REX } from "./calls.ts";
import { encodeDown, encodeExit, encodeMonitor, encodeSend, encodeUnlinkAck, type PeerMessage } from "./control.ts";
import { answerIoRequest, readIoRequest } from "./group-leader.ts";
import { Identities, keyOf } from "./identities.ts";
import { type LinkSetup, PeerLink } from "./peer-link.ts";

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

/** Who talks to whom. */
export interface ConnectionSetup extends LinkSetup {
  readonly creation: number;
  readonly ownName: string;
  readonly ownCreation: number;
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

  readonly #link: PeerLink;
  readonly #identities: Identities;
  readonly #calls = new Calls();
  readonly #listeners = new Set<MessageListener>();
  /** By `keyOf` of our pids, `self` not among them. */
  readonly #groupLeaders = new Map<string, (text: string) => void>();
  /** Tells us if there is no `rex`; undefined until the first call. */
  #rexMonitor: ReferenceTerm | undefined;
  /** Why there is no connection any more. */
  #end: { readonly reason: EnitError | undefined } | undefined;

  /** `adopt` is given the link, which the transport has to feed from then on. */
  constructor(setup: ConnectionSetup, adopt: (link: PeerLink) => void) {
    this.node = setup.node;
    this.creation = setup.creation;
    this.#identities = new Identities(setup.ownName, setup.ownCreation);
    this.self = this.#identities.newPid();
    const { promise, resolve } = Promise.withResolvers<EnitError | undefined>();
    this.closed = promise;
    this.#link = new PeerLink(setup, {
      receive: (message) => this.#receive(message),
      // Nobody can be registered as `undefined`, so this is answered at once.
      makeProbe: () => encodeMonitor(this.self, "undefined", this.#identities.newReference()),
      ended: (reason) => {
        this.#end = { reason };
        this.#calls.failAll((target) => this.#callLost(target));
        resolve(reason);
      },
    });
    adopt(this.#link);
  }

  /**
   * Calls a function of the peer through its `rex`, and gives what it returns. Calls may run at the same time.
   *
   * Throws `call_failed` (what the function threw is in `data.reason`, in Erlang syntax; `data.missing` says whether
   * there is no such function), `call_timeout`, `connection_closed`.
   */
  async call(module: string, functionName: string, args: readonly Term[], options: CallOptions = {}): Promise<Term> {
    const target: CallTarget = { node: this.node, module, functionName, arity: args.length };
    options.signal?.throwIfAborted();
    if (this.#end !== undefined) throw this.#callLost(target);
    const groupLeader = options.onOutput === undefined ? atom("user") : this.#openGroupLeader(options.onOutput);
    const reference = this.#identities.newReference();
    const request = encodeSend(this.self, REX, makeCallRequest(this.self, reference, target, args, groupLeader));
    if (this.#rexMonitor === undefined) {
      this.#rexMonitor = this.#identities.newReference();
      this.#link.write(encodeMonitor(this.self, REX, this.#rexMonitor));
    }
    this.#link.write(request);
    return this.#calls.result(reference, target, options.timeout, options.signal);
  }

  /** Sends a message to a process of the peer: a pid, or a registered name. Throws `connection_closed`. */
  send(to: PidTerm | string, message: Term): void {
    if (this.#end !== undefined) {
      throw new EnitError("connection_closed", `cannot send a message to "${this.node}": ${this.#endState()}`, {
        data: { node: this.node },
        cause: this.#end.reason,
      });
    }
    this.#link.write(encodeSend(this.self, to, message));
  }

  /** Has a function called for each message that is no result of a call; gives the function that undoes it. */
  onMessage(listener: MessageListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Sends what was written, then closes; calls that wait end with `connection_closed`. */
  async close(): Promise<void> {
    this.#link.close();
    await this.closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #receive(message: PeerMessage): void {
    switch (message.kind) {
      case "send":
        this.#deliver(message.to, message.message);
        break;
      case "down":
        this.#receiveDown(message.reference, message.reason);
        break;
      case "exit":
        // As a process that traps exits gets it.
        if (this.#isAlive(message.to)) this.#notify(tuple(atom("EXIT"), message.from, message.reason), message.to);
        break;
      case "monitor":
        if (!this.#isAlive(message.to)) {
          this.#link.write(encodeDown(message.to, message.from, message.reference, atom("noproc")));
        }
        break;
      case "link":
        if (!this.#isAlive(message.to)) this.#link.write(encodeExit(message.to, message.from, atom("noproc")));
        break;
      case "unlink":
        this.#link.write(encodeUnlinkAck(message.id, message.to, message.from));
        break;
      case "tick":
      case "other":
        break;
    }
  }

  #deliver(to: PidTerm | string, message: Term): void {
    if (to === NET_KERNEL) return this.#answerPing(message);
    if (typeof to === "string") return this.#notify(message, to);
    if (!this.#isAlive(to)) return;
    const request = readIoRequest(message);
    const [reference, result] = isTuple(message, 2) ? message.elements : [];
    if (request !== undefined) {
      void answerIoRequest(request, {
        output: this.#groupLeaders.get(keyOf(to)) ?? (() => {}),
        evaluate: (module, functionName, args) => this.call(module, functionName, args),
        send: (pid, reply) => this.#link.write(encodeSend(to, pid, reply)),
      });
    } else if (reference?.kind === "reference" && this.#identities.isOurs(reference) && result !== undefined) {
      this.#calls.settle(reference, result);
    } else {
      this.#notify(message, to);
    }
  }

  /** `net_adm:ping/1` of the peer: `{'$gen_call', {Pid, Tag}, {is_auth, Node}}`. */
  #answerPing(message: Term): void {
    const [tag, from, question] = isTuple(message, 3) ? message.elements : [];
    const [pid, replyTag] = isTuple(from, 2) ? from.elements : [];
    if (!isAtom(tag, "$gen_call") || !isTuple(question, 2) || !isAtom(question.elements[0], "is_auth")) return;
    if (pid?.kind === "pid" && replyTag !== undefined) {
      this.#link.write(encodeSend(this.self, pid, tuple(replyTag, atom("yes"))));
    }
  }

  /** Without `rex` nothing would ever answer a call. */
  #receiveDown(reference: ReferenceTerm, reason: Term): void {
    if (this.#rexMonitor === undefined || keyOf(reference) !== keyOf(this.#rexMonitor)) return;
    this.#rexMonitor = undefined;
    const why = isAtom(reason) ? reason.name : "it ended";
    this.#calls.failAll(
      (target) =>
        new EnitError("call_failed", `${describeCall(target)}: the node has no process "${REX}" (${why})`, {
          hint: "The node is stopping, or runs without kernel's server for calls.",
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
    for (const listener of this.#listeners) {
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

  #callLost(target: CallTarget): EnitError {
    return new EnitError("connection_closed", `${describeCall(target)}: ${this.#endState()}`, {
      data: callData(target),
      cause: this.#end?.reason,
    });
  }

  #endState(): string {
    const state = this.#end?.reason?.data["state"];
    return typeof state === "string" ? state : "the connection was closed here";
  }
}
