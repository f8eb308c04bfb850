import type { NodeConnection } from "../dist/index.ts";
import type { ExplainedKey, ReconfigurePlan, Release } from "../release/index.ts";
import type { Term } from "../term/index.ts";
import type { RestartNeed } from "../vm/index.ts";
import type { Successor } from "./context.ts";
import type { NodeSampler } from "./top.ts";

/** Releases that are defined on this host: their definitions, configuration, and the nodes that run them. */
export interface ReleaseService {
  /** The names of all releases that are defined, sorted. */
  names(): Promise<readonly string[]>;
  /**
   * Reads one release: definition, cascade, the `config:resolve` hooks.
   *
   * With `match`, `name` may be a pattern or the beginning of one release's name. Warnings are logged once.
   * Throws `release_not_found`, `ambiguous_match`, and what is wrong with its files.
   */
  load(name: string, options?: ReleaseLoadOptions): Promise<Release>;
  /** Every key of the merged configuration with the places that wrote it; the cookie masked unless `showCookie`. */
  explain(release: Release, options?: { readonly showCookie?: boolean }): readonly ExplainedKey[];
  /** All releases and what they are doing; one that cannot be read hides none of the others. */
  list(): Promise<readonly ReleaseListing[]>;
  /** What the release is doing, as far as this host can tell without asking its node. */
  process(release: Release): Promise<ReleaseProcess>;
  /** Asks a running release for everything about itself; `undefined` when it does not run. */
  inspect(release: Release, options?: WaitOptions): Promise<NodeStatus | undefined>;
  /** Connects to the node of a running release. Throws `not_running`, `wrong_cookie`, `node_unreachable`. */
  connect(release: Release, options?: WaitOptions): Promise<NodeConnection>;
  /**
   * Throws what would keep the release from starting, as far as that shows without trying: applications that are not
   * installed, an OTP that cannot be used, a user that there is not.
   */
  checkStart(release: Release): Promise<void>;
  /** Starts a release in the background; returns when every application runs. Throws `already_running`, `start_failed`. */
  start(release: Release, options?: StartOptions): Promise<StartedRelease>;
  /** Prepares a start in the foreground: this process becomes the VM by `context.replaceProcess`. */
  startForeground(release: Release, options?: ForegroundOptions): Promise<Successor>;
  /**
   * Stops a release by its name, also one whose files can no longer be read; returns when its process is gone.
   * Throws `not_running`, `stop_timeout`.
   */
  stop(name: string, options?: StopOptions): Promise<StoppedRelease>;
  /**
   * Finds what a reconfiguration would change, by the `reconfigure:plan` hooks too, and what only a restart would. Throws
   * `not_running`.
   */
  planReconfigure(release: Release, options?: WaitOptions): Promise<PlannedReconfiguration>;
  /** Applies a plan in the running node; gives what each `config_change/3` answered. */
  reconfigure(release: Release, plan: ReconfigurePlan, options?: WaitOptions): Promise<readonly ConfigChangeAnswer[]>;
  /** Calls a function in a running release, and gives what it returns. Throws `not_running`, `call_failed`, `call_timeout`. */
  call(release: Release, called: FunctionCall, options?: EvaluateOptions): Promise<Term>;
  /**
   * Evaluates Erlang expressions, separated by commas, in a running release, and gives the value of the last. The dot at
   * the end may be left out.
   *
   * Throws `not_running`, `expression_syntax` (kind `input`), `expression_failed` with what the expression threw.
   */
  evaluate(release: Release, expressions: string, options?: EvaluateOptions): Promise<Term>;
  /**
   * Starts a sampler of what a running release is busy with: it works within a budget, and is gone as
   * soon as it is disposed of or this process ends. Throws `not_running`.
   */
  observe(release: Release, options?: WaitOptions): Promise<NodeSampler>;
  /**
   * Prepares a remote shell: this process becomes it by `context.replaceProcess`. It runs as the user of the VM, which enit need
   * not have started. Throws `not_running`, `not_permitted`, and `foreign_node` where the VM is no process of this machine.
   */
  remoteShell(release: Release, options?: WaitOptions): Promise<Successor>;
}

/** A plan, and what the files say that it leaves as it is. */
export interface PlannedReconfiguration extends ReconfigurePlan {
  readonly needsRestart: readonly RestartNeed[];
}

export interface MatchOption {
  readonly match?: boolean;
}

export interface ReleaseLoadOptions extends MatchOption {
  /**
   * Fills the files of a packaged release in with the variables of this process alone, as for a new start; else those of
   * its VM are stronger while it runs.
   */
  readonly anew?: boolean;
  /**
   * For commands that only talk to the node: where the files cannot be used but the VM runs, gives what is known of that,
   * with a warning. Such a release has no applications and no configuration.
   */
  readonly orRunning?: boolean;
  /**
   * What is read is only looked at: variables there that are not set stay as they are written, and a release without a cookie is
   * no error.
   */
  readonly toLookAt?: boolean;
}

export interface WaitOptions {
  readonly signal?: AbortSignal;
}

export interface FunctionCall {
  readonly module: string;
  readonly function: string;
  readonly args: readonly Term[];
}

export interface EvaluateOptions extends WaitOptions {
  /** Milliseconds, connecting included. Default: no limit. */
  readonly timeout?: number | undefined;
  /** Takes what the expressions print, as it comes. */
  readonly onOutput?: ((text: string) => void) | undefined;
}

export interface StartOptions extends WaitOptions {
  /** How often a start that failed is tried again; stronger than the release's `start_retries`. */
  readonly retries?: number | "infinity" | undefined;
  /** Seconds between two tries; stronger than the release's `start_delay`. */
  readonly delaySeconds?: number | undefined;
  /** Has the node write to syslog as well. */
  readonly syslog?: boolean;
  /** Called with what the node does, as it happens. */
  readonly onStep?: (step: StartStep) => void;
}

export type ForegroundOptions = Pick<StartOptions, "retries" | "delaySeconds" | "syslog">;

export type StartStep =
  | { readonly kind: "starting"; readonly application: string }
  | { readonly kind: "started"; readonly application: string }
  | {
      readonly kind: "retrying";
      readonly application: string;
      /** As Erlang prints it. */
      readonly reason: string;
      readonly retriesLeft: number | "infinity";
      readonly delaySeconds: number;
    };

export interface StopOptions extends MatchOption, WaitOptions {
  /** Seconds; stronger than the release's `stop_timeout`. */
  readonly timeoutSeconds?: number | "infinity" | undefined;
  /** Kills the process when it does not stop in time. */
  readonly force?: boolean;
  /** Called once the node was asked to stop. */
  readonly onWaiting?: (node: string) => void;
}

export type ReleaseState = "running" | "starting" | "not running";

export interface ReleaseProcess {
  readonly state: ReleaseState;
  readonly pid: number | undefined;
  /** The whole name of its node, while it runs. */
  readonly node: string | undefined;
  /** The version that runs, which need not be that of its definition any more. */
  readonly version: string | undefined;
}

export interface ReleaseListing {
  readonly name: string;
  readonly version: string | undefined;
  /** That of the VM if it runs, else that of the files. */
  readonly node: string | undefined;
  /** `unknown` to who may not read its state directory. */
  readonly state: ReleaseState | "unknown";
  /** Why the release, or its state, cannot be read. */
  readonly error: string | undefined;
}

export interface StartedRelease {
  readonly release: string;
  readonly version: string;
  readonly node: string;
  readonly pid: number;
  readonly applications: readonly string[];
}

export interface StoppedRelease {
  readonly release: string;
  readonly node: string;
  readonly pid: number;
  /** Whether the process had to be killed. */
  readonly killed: boolean;
}

/** What a node says about itself. Memory in bytes, as `erlang:memory/0`. */
export interface NodeStatus {
  /** Its whole name, also where the files say another by now. */
  readonly node: string;
  readonly state: "running" | "starting";
  readonly otp: string;
  readonly pid: number;
  readonly uptimeSeconds: number;
  readonly connectedNodes: readonly string[];
  readonly runningApplications: readonly NodeApplication[];
  readonly startingApplications: readonly string[];
  readonly memory: Readonly<Record<string, number>>;
}

export interface NodeApplication {
  readonly name: string;
  readonly version: string;
}

export interface ConfigChangeAnswer {
  readonly application: string;
  /** `ok`, `no_callback`, `not_running`, `not_loaded`, or in Erlang's syntax what `config_change/3` failed with. */
  readonly answer: string;
  readonly ok: boolean;
}
