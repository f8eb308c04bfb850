import type { Release } from "../release/index.ts";
import type { TraceEnd, TracedMessage } from "../trace/index.ts";
import type { WaitOptions } from "./releases.ts";

/** Traces what running releases do. */
export interface TracingService {
  /**
   * Starts a trace, by patterns in redbug's language. Limits hold in the node; whatever ends the trace, this process or its
   * connection included, nothing stays traced.
   *
   * Throws, before anything is set: `bad_pattern`; `dangerous_pattern` without `dangerous`; `not_running`; `unknown_module`,
   * `module_not_loaded`, `unknown_function`; `no_process`, `no_matching_processes`, `no_matching_functions`;
   * `foreign_tracer` before OTP 27, where a node has one tracer.
   */
  start(release: Release, patterns: readonly string[], options?: TraceOptions): Promise<LiveTrace>;
  /**
   * Does something and traces a release meanwhile, without a limit of time; what is traced goes to standard error. Without
   * patterns, or if the release does not run, only does it. Throws what `start` and the work throw.
   */
  during<Result>(release: Release, patterns: readonly string[], work: () => Promise<Result>): Promise<Result>;
}

/** Each limit is on unless it is given as `infinity`. */
export interface TraceOptions extends WaitOptions {
  /** How long. Default: 15. */
  readonly seconds?: number | "infinity" | undefined;
  /** How many messages; a call and its return are two. Default: 10. */
  readonly messages?: number | "infinity" | undefined;
  /** More messages in a span of time end the trace. Default: 5000 in 1000 ms. */
  readonly rate?: { readonly messages: number; readonly milliseconds: number } | "infinity" | undefined;
  /** How many messages may wait for the tracer in the node, and how many for us; more end the trace. Default: 5000. */
  readonly queue?: number | undefined;
  /** A list of so many elements, or a binary of more bytes, ends the trace. Default: 50000. */
  readonly size?: number | undefined;
  /** `all`, `new`, `existing`, registered names, pids such as `<0.85.0>`. Default: `all`. */
  readonly processes?: readonly string[] | undefined;
  /** Have the numbers of arguments in place of the arguments. */
  readonly arity?: boolean | undefined;
  /** Load modules that are not loaded yet. */
  readonly load?: boolean | undefined;
  /** Allow patterns that are refused since they may bring a busy node down. */
  readonly dangerous?: boolean | undefined;
}

/** A trace that goes on. To end it: abort the signal, or stop taking its items. */
export interface LiveTrace extends AsyncDisposable {
  readonly node: string;
  /** How many processes are traced, those that are yet to come not counted. */
  readonly processes: number;
  readonly functions: number;
  /** What is traced, as it comes, and at last the end. To be taken once. */
  readonly items: AsyncIterable<TracedMessage | TraceEnd>;
}
