import { equalTerms } from "../term/index.ts";
import type { Term } from "../term/index.ts";
import type { ConfigTable } from "./sys-config.ts";

/** What is to be known to plan a reconfiguration. */
export interface ReconfigureInput {
  /** What the files said when the release was started or last reconfigured: the `sys.config` written then. */
  readonly previous: ConfigTable;
  /** What the files say now. */
  readonly next: ConfigTable;
  /** The environments of the applications that are loaded, each of them present, if only with an empty table. */
  readonly running: ConfigTable;
  /** The environments in the `.app` files of the applications that are loaded. */
  readonly defaults: ConfigTable;
}

export interface KeyChange {
  readonly key: string;
  readonly old: Term;
  readonly new: Term;
  /** The key left the files, and `new` is the default of its `.app` file. */
  readonly restored: boolean;
}

/** The changes of one application, divided as `config_change/3` takes them. */
export interface ApplicationChange {
  readonly application: string;
  readonly changed: readonly KeyChange[];
  /** Keys that the running application does not have. */
  readonly added: readonly Omit<KeyChange, "old">[];
  /** Keys that left the files and have no default: they are unset. */
  readonly removed: readonly Omit<KeyChange, "new" | "restored">[];
}

export interface ReconfigurePlan {
  /** Those that have something to change, in the order of the files, then those that left the files. */
  readonly applications: readonly ApplicationChange[];
  /** Applications that are not loaded though the files now say something else for them. */
  readonly notLoaded: readonly string[];
  /** Nothing is to be done. */
  readonly unchanged: boolean;
}

/**
 * Plans how a running release comes to what its files say now.
 *
 * A key that the files give gets their value, also where somebody changed it in the running application. A key that
 * the files gave last time and no more goes back to the default of its `.app` file, or is unset if that has none; a
 * section that left the files counts as one without keys. No other key is touched, so what an application has set for
 * itself stays. Values are compared exactly: `1` is not `1.0`. Keys that the VM reads at its boot alone (the
 * distribution's in `kernel`) are set as all others are, though nothing follows from it before the next start.
 */
export function planReconfigure(input: ReconfigureInput): ReconfigurePlan {
  const { previous, next, running } = input;
  const applications: ApplicationChange[] = [];
  const notLoaded: string[] = [];
  for (const application of new Set([...next.keys(), ...previous.keys()])) {
    if (running.has(application)) {
      const change = planApplication(application, input);
      if (change.changed.length + change.added.length + change.removed.length > 0) applications.push(change);
    } else if (!equalTables(previous.get(application), next.get(application))) {
      notLoaded.push(application);
    }
  }
  return { applications, notLoaded, unchanged: applications.length === 0 && notLoaded.length === 0 };
}

function planApplication(application: string, input: ReconfigureInput): ApplicationChange {
  const tableIn = (config: ConfigTable): Table => config.get(application) ?? new Map<string, Term>();
  const [next, running, defaults] = [tableIn(input.next), tableIn(input.running), tableIn(input.defaults)];
  const changed: KeyChange[] = [];
  const added: Omit<KeyChange, "old">[] = [];
  const removed: Omit<KeyChange, "new" | "restored">[] = [];
  for (const key of new Set([...next.keys(), ...tableIn(input.previous).keys()])) {
    const restored = !next.has(key);
    const old = isCompleted(application, key)
      ? (tableIn(input.previous).get(key) ?? running.get(key))
      : running.get(key);
    const wanted = restored ? defaults.get(key) : next.get(key);
    if (wanted === undefined) {
      if (old !== undefined) removed.push({ key, old });
    } else if (old === undefined) {
      added.push({ key, new: wanted, restored });
    } else if (!equalTerms(old, wanted)) {
      changed.push({ key, old, new: wanted, restored });
    }
  }
  return { application, changed, added, removed };
}

/**
 * Whether an application completes what it is given for a key, and reads it at its start alone: what the files gave counts as what
 * runs. OTP's kernel puts the defaults of handlers into `logger`.
 */
function isCompleted(application: string, key: string): boolean {
  return application === "kernel" && key === "logger";
}

type Table = ReadonlyMap<string, Term>;

/** Whether two tables have the same keys with the same values; no table is one without keys. */
function equalTables(a: Table = new Map(), b: Table = new Map()): boolean {
  const isSame = (key: string, value: Term): boolean => {
    const other = b.get(key);
    return other !== undefined && equalTerms(value, other);
  };
  return a.size === b.size && [...a].every(([key, value]) => isSame(key, value));
}
