import type { NodeConnection } from "../dist/index.ts";
import type { InstalledLibrary } from "../otp/index.ts";
import { type ConfigTable, planReconfigure, tableOf } from "../release/index.ts";
import { printTerm, type Term } from "../term/index.ts";
import { defaultsOf, readApplications } from "./verify/applications.ts";

/** The parameters of an application that something changes; values in Erlang's syntax. */
export interface ParameterChanges {
  readonly application: string;
  /** `restored`: the files do not give the key, and `new` is the default of the application. */
  readonly changed: readonly {
    readonly key: string;
    readonly old: string;
    readonly new: string;
    readonly restored: boolean;
  }[];
  readonly added: readonly { readonly key: string; readonly new: string; readonly restored: boolean }[];
  readonly removed: readonly { readonly key: string; readonly old: string }[];
}

/** A version that is on this host, and the configuration that it would have. */
export interface NextVersion {
  readonly libraries: readonly InstalledLibrary[];
  /** Terms of `sys.config`: of the version, and of the one that runs. */
  readonly config: Term;
  readonly formerConfig: Term;
}

/**
 * Finds which parameters of applications that are loaded an installation changes. `release_handler` makes the environments anew,
 * of the `.app` files and the configuration: what an application has set for itself goes (`application_controller:change_application_data/2`).
 * kernel is taken to have what it was given: what it makes of that, as `logger` and `connect_all`, it reads at its start alone.
 */
export async function planParameters(
  connection: NodeConnection,
  { libraries, config, formerConfig }: NextVersion,
  signal?: AbortSignal,
): Promise<ParameterChanges[]> {
  const { environment, fixed } = await readApplications(connection, signal);
  const loaded = libraries.filter(({ name }) => environment.has(name));
  const free = (table: ConfigTable): ConfigTable =>
    new Map(loaded.map(({ name }) => [name, without(table.get(name) ?? new Map(), fixed.get(name))]));
  const defaults = free(new Map(loaded.map(({ name, dir }) => [name, defaultsOf(dir, name)])));
  const kernel = new Map([...(defaults.get("kernel") ?? []), ...(tableOf(formerConfig)?.get("kernel") ?? [])]);
  const running = free(new Map([...environment, ["kernel", kernel]]));
  // Every key counts as one that the files gave, as none stays for itself.
  const previous = new Map(
    [...running].map(([name, held]) => [name, new Map([...held, ...(defaults.get(name) ?? [])])]),
  );
  const { applications } = planReconfigure({ previous, next: free(tableOf(config) ?? new Map()), running, defaults });
  return applications.map(({ application, changed, added, removed }) => ({
    application,
    changed: changed.map((change) => ({ ...change, old: print(change.old), new: print(change.new) })),
    added: added.map((change) => ({ ...change, new: print(change.new) })),
    removed: removed.map((change) => ({ ...change, old: print(change.old) })),
  }));
}

type Table = ReadonlyMap<string, Term>;

/** Leaves out keys that the command line gives, which is stronger. */
function without(table: Table, fixed: ReadonlySet<string> = new Set()): Table {
  return fixed.size === 0 ? table : new Map([...table].filter(([key]) => !fixed.has(key)));
}

function print(term: Term): string {
  return printTerm(term, { format: "tp", width: 0 });
}
