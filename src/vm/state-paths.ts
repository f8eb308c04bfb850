import { readFileSync } from "node:fs";
import { join } from "node:path";
import { systemCode } from "../error/index.ts";

/** Where things lie in the state directory of a release. */
export interface StatePaths {
  readonly stateDir: string;
  /** Held by whoever starts, stops or reconfigures the release. */
  readonly lock: string;
  /** Which process the VM is: see `vm-record.ts`. */
  readonly record: string;
  /** The output of a VM in the background, and what was moved away when it grew too long. */
  readonly log: string;
  readonly previousLog: string;
  /** What the agent reports while applications start: see `progress.ts`. */
  readonly progress: string;
  /** A named pipe into which the agent writes a byte for each line of that, while `enit start` waits. */
  readonly bell: string;
  /** What the agent is to do: see `agent-settings.ts`. */
  readonly agentSettings: string;
  /** Holds the agent, as `enit-VSN/ebin`. */
  readonly agentDir: string;
  /** The HOME in which the VM boots, only for its cookie. */
  readonly homeDir: string;
  readonly cookie: string;
  /** The options of distribution over TLS, as `-ssl_dist_optfile` takes them; only where it is used. */
  readonly tls: string;
  /** What of the release's files only a start can change: see `started-from.ts`. */
  readonly startedFrom: string;
  readonly crashDump: string;
  /** Holds what remote shells boot with that reach a node which enit did not start: see `shell-files.ts`. */
  readonly shellsDir: string;
  /** Holds copies of the code that runs, as `NAME-VSN`: see `kept-code.ts`. */
  readonly keptDir: string;
  /** The release directory, as `release_handler` knows it. */
  readonly releasesDir: string;
}

export function statePaths(stateDir: string): StatePaths {
  const homeDir = join(stateDir, "home");
  return {
    stateDir,
    lock: join(stateDir, "lock"),
    record: join(stateDir, "vm.json"),
    log: join(stateDir, "log"),
    previousLog: join(stateDir, "log.1"),
    progress: join(stateDir, "progress"),
    bell: join(stateDir, "bell"),
    agentSettings: join(stateDir, "agent.settings"),
    agentDir: join(stateDir, "agent"),
    homeDir,
    cookie: join(homeDir, ".erlang.cookie"),
    tls: join(stateDir, "ssl_dist.conf"),
    startedFrom: join(stateDir, "started.from"),
    crashDump: join(homeDir, "erl_crash.dump"),
    shellsDir: join(stateDir, "shells"),
    keptDir: join(stateDir, "kept"),
    releasesDir: join(stateDir, "releases"),
  };
}

/** The cookie of the VM that was started last; `undefined` for who may not read it, and where there is none. */
export function readVmCookie(stateDir: string): string | undefined {
  try {
    return readFileSync(statePaths(stateDir).cookie, "latin1");
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}
