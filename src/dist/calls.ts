/**
 * Calls through `rex`, the rpc server of every Erlang node (kernel's `rpc`).
 *
 * `{'$gen_call', {Pid, Ref}, {call, M, F, Args, GroupLeader}}` to the name `rex`; `{Ref, Result}` comes back. What the
 * function throws comes as `{badrpc, Reason}`.
 */
import { EnitError } from "../error/index.ts";
import {
  atom,
  isAtom,
  isTagged,
  isTuple,
  list,
  listElements,
  type PidTerm,
  printTerm,
  type ReferenceTerm,
  type Term,
  tuple,
} from "../term/index.ts";
import { keyOf } from "./identities.ts";

export const REX = "rex";

/** How much of a reason stands in a message, in characters; the whole is in its data. A reason may hold the state of a process. */
const MAX_REASON_LENGTH = 2000;

/** What is called, for messages. */
export interface CallTarget {
  readonly node: string;
  readonly module: string;
  readonly functionName: string;
  readonly arity: number;
}

interface PendingCall {
  readonly target: CallTarget;
  readonly settle: (result: Term) => void;
  readonly fail: (error: unknown) => void;
}

/** The calls of one connection that wait for their results, found by their references. */
export class Calls {
  readonly #pending = new Map<string, PendingCall>();

  get size(): number {
    return this.#pending.size;
  }

  /**
   * Waits for the result that belongs to a reference. Throws `call_timeout` after `timeout` milliseconds, `call_failed` for
   * `{badrpc, Reason}`, what `signal` is aborted with, and what `failAll` is given.
   */
  async result(
    reference: ReferenceTerm,
    target: CallTarget,
    timeout: number | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Term> {
    const key = keyOf(reference);
    const { promise, resolve, reject } = Promise.withResolvers<Term>();
    this.#pending.set(key, { target, settle: resolve, fail: reject });
    const abort = (): void => reject(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    const timer = timeout === undefined ? undefined : setTimeout(() => reject(timedOut(target, timeout)), timeout);
    try {
      return checkResult(await promise, target);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      this.#pending.delete(key);
    }
  }

  /** Hands a result to the call that waits for it; one that nobody waits for any more is dropped. */
  settle(reference: ReferenceTerm, result: Term): void {
    this.#pending.get(keyOf(reference))?.settle(result);
  }

  /** Ends all calls; each gets an error of its own. */
  failAll(makeError: (target: CallTarget) => Error): void {
    for (const call of this.#pending.values()) call.fail(makeError(call.target));
  }
}

/** The message that asks `rex` for a call. */
export function makeCallRequest(
  caller: PidTerm,
  reference: ReferenceTerm,
  target: CallTarget,
  args: readonly Term[],
  groupLeader: Term,
): Term {
  const call = tuple(atom("call"), atom(target.module), atom(target.functionName), list(args), groupLeader);
  return tuple(atom("$gen_call"), tuple(caller, reference), call);
}

/** The beginning of every message about a call: `cannot call "M:F/A" on "NODE"`. */
export function describeCall({ node, module, functionName, arity }: CallTarget): string {
  return `cannot call "${module}:${functionName}/${arity}" on "${node}"`;
}

/** The facts of a call for scripts. */
export function callData(target: CallTarget): Readonly<Record<string, unknown>> {
  return { node: target.node, module: target.module, function: target.functionName, arity: target.arity };
}

function timedOut(target: CallTarget, timeout: number): EnitError {
  return new EnitError("call_timeout", `${describeCall(target)}: no result within ${timeout} ms`, {
    hint: "The node may be busy; what was called goes on there.",
    data: { ...callData(target), timeout },
  });
}

function checkResult(result: Term, target: CallTarget): Term {
  const reason = isTagged(result, "badrpc", 2) ? result.elements[1] : undefined;
  if (reason === undefined) return result;
  const printed = printTerm(reason, { format: "tp", width: 0, printableRange: "unicode" });
  const missing = isMissing(reason, target);
  const state = missing ? "there is no such function" : `it failed with ${shorten(printed)}`;
  throw new EnitError("call_failed", `${describeCall(target)}: ${state}`, {
    data: { ...callData(target), reason: printed, missing },
  });
}

/** `{'EXIT', {undef, [{M, F, Args, _} | _]}}` for the very function that was called, not for one that it calls. */
function isMissing(reason: Term, target: CallTarget): boolean {
  const exit = isTagged(reason, "EXIT", 2) ? reason.elements[1] : undefined;
  const stack = isTagged(exit, "undef", 2) ? listElements(exit.elements[1]) : undefined;
  const [module, functionName, args] = isTuple(stack?.[0]) ? stack[0].elements : [];
  return (
    isAtom(module, target.module) &&
    isAtom(functionName, target.functionName) &&
    listElements(args)?.length === target.arity
  );
}

function shorten(text: string): string {
  return text.length <= MAX_REASON_LENGTH ? text : `${text.slice(0, MAX_REASON_LENGTH)}...`;
}
