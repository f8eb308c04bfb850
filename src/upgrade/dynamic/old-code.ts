import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { NodeConnection } from "../../dist/index.ts";
import type { InstalledLibrary, ResolvedApplication } from "../../otp/index.ts";
import { atom, isTagged, listElements, textValue } from "../../term/index.ts";
import { findKept } from "../../vm/index.ts";
import { isThere } from "../session.ts";
import { fileMd5, type LoadedModule, readLoadedModules } from "../verify/modules.ts";
import { type Obstacle, obstacle } from "./obstacle.ts";

/** An application as it runs. */
export interface RunningLibrary extends InstalledLibrary {
  /** Those of its modules that are loaded, from wherever they were. */
  readonly modules: readonly LoadedModule[];
  /** Where a copy of its code is kept, if it is. */
  readonly kept: string | undefined;
}

/**
 * Asks a VM which modules of its applications are loaded. A module belongs to the application whose `.app` file names it.
 *
 * An application lies where it was when the VM started with it, unless other code took that place: then where it is kept.
 */
export async function readRunningLibraries(
  connection: NodeConnection,
  libraries: readonly InstalledLibrary[],
  { stateDir, signal }: { readonly stateDir: string; readonly signal: AbortSignal | undefined },
): Promise<RunningLibrary[]> {
  const loaded = new Map((await readLoadedModules(connection, signal)).map((module) => [module.name, module]));
  return Promise.all(
    libraries.map(async (library): Promise<RunningLibrary> => {
      const key = await connection.call("application", "get_key", [atom(library.name), atom("modules")], { signal });
      const names = isTagged(key, "ok", 2) ? (listElements(key.elements[1]) ?? []).map(textValue) : [];
      const modules = names.flatMap((name = "") => loaded.get(name) ?? []);
      const running = { ...library, modules, kept: findKept(stateDir, library) };
      return { ...running, dir: holderOf(running) };
    }),
  );
}

/** How many names of modules a message has at most. */
const MAX_NAMES = 5;

/**
 * Compares the modules that are loaded with what lies on disk, by their MD5, and those that are not with the copy that is kept:
 * a VM would load them later, from there. Who installed other code in place of what runs took away what is needed: under the same
 * version `release_handler` would not load it, and of a changed application nobody could tell what changed, nor go back.
 */
export function checkOldCode(running: readonly RunningLibrary[], next: readonly ResolvedApplication[]): Obstacle[] {
  const nextOf = new Map(next.map((application) => [application.name, application]));
  return running.flatMap((library) => {
    const to = nextOf.get(library.name);
    return to?.vsn === library.vsn ? checkSame(library, to) : checkFormer(library);
  });
}

/** Where an application lies, or, if another version took that place, where it is kept, if it is. */
function holderOf(library: RunningLibrary): string {
  const { kept } = library;
  if (kept === undefined || isThere(library)) return library.dir;
  return library.modules.every((module) => isIn(kept, module)) ? kept : library.dir;
}

/** An application whose version stays. */
function checkSame({ name, vsn, modules, kept }: RunningLibrary, to: ResolvedApplication): Obstacle[] {
  const loaded = new Set(modules.map((module) => module.name));
  const others = kept === undefined ? [] : findChanged(kept, to.dir).filter((module) => !loaded.has(module));
  const wrong = [...namesOf(modules.filter((module) => !isIn(to.dir, module))), ...others];
  if (wrong.length === 0) return [];
  const state = `${to.dir} has other code of ${named(wrong)} than what runs, under the same version ${vsn}`;
  return [obstacle("same_version", name, `${name}: ${state}`)];
}

/** An application that changes its version or goes. */
function checkFormer({ name, vsn, dir, modules }: RunningLibrary): Obstacle[] {
  const wrong = modules.filter((module) => !isIn(dir, module));
  if (wrong.length === 0) return [];
  const state = `${dir} does not hold the code of ${vsn} any more, which runs (${named(namesOf(wrong))}), so nothing could bring it back`;
  return [obstacle("old_code_gone", name, `${name}: ${state}`)];
}

/** The modules whose code differs in two directories of an application, those included that only one of them has. */
function findChanged(kept: string, dir: string): string[] {
  const names = new Set([kept, dir].flatMap((each) => modulesIn(join(each, "ebin"))));
  return [...names].filter((name) => {
    const [before, now] = [kept, dir].map((each) => fileMd5(join(each, "ebin", `${name}.beam`)));
    return before === undefined || now === undefined || Buffer.compare(before, now) !== 0;
  });
}

function modulesIn(ebin: string): string[] {
  const files = existsSync(ebin) ? readdirSync(ebin) : [];
  return files.filter((file) => file.endsWith(".beam")).map((file) => file.slice(0, -".beam".length));
}

function isIn(dir: string, { name, md5 }: LoadedModule): boolean {
  const found = fileMd5(join(dir, "ebin", `${name}.beam`));
  return found !== undefined && Buffer.compare(found, md5) === 0;
}

function namesOf(modules: readonly LoadedModule[]): string[] {
  return modules.map(({ name }) => name);
}

function named(names: readonly string[]): string {
  const sorted = names.toSorted();
  const rest = names.length - MAX_NAMES;
  return rest > 0 ? `${sorted.slice(0, MAX_NAMES).join(", ")} and ${rest} more` : sorted.join(", ");
}
