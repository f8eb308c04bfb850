import type { WaitOptions } from "./releases.ts";
import type { Release } from "../release/index.ts";

/** The Erlang application `enit`, which this binary carries. */
export interface AgentService {
  /**
   * Writes it to `DIRECTORY/enit-VSN/ebin`, in place of one of the same version that is there: for nodes that enit does not
   * start. `command` is how these run enit, program first. Throws `unwritable`.
   */
  install(directory: string, command: readonly string[]): Promise<InstalledAgent>;
  /** Loads it into the node of a running release, in place of what is there of it. Throws `not_running`, `agent_refused`. */
  send(release: Release, options?: WaitOptions): Promise<SentAgent>;
}

export interface InstalledAgent {
  readonly version: string;
  /** The oldest OTP that it runs on. */
  readonly otp: number;
  /** The absolute path of what belongs on the code path. */
  readonly ebin: string;
}

export interface SentAgent {
  readonly node: string;
  readonly version: string;
}
