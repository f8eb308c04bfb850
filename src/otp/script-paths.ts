import { absolutePath, joinPath, splitPath } from "./filename.ts";
import type { ReleaseMember } from "./release-members.ts";

/** Where a boot script says that the applications are. */
export interface PathOptions {
  /** Name the directories in which the applications were found, instead of `$ROOT/lib/APP-VSN`. */
  readonly local?: boolean | undefined;
  /**
   * Directories that have another name on the target: an application found below the second one is below `$NAME` there,
   * for which `erl -boot_var NAME DIR` gives the place. The first that fits counts. Not used with `local`.
   */
  readonly variables?: readonly (readonly [name: string, directory: string])[] | undefined;
  /** What relative directories of applications are relative to, with `local`. */
  readonly directory: string;
}

/** The path of an application's modules in a boot script. */
export function scriptPath({ name, spec }: ReleaseMember, options: PathOptions): string {
  if (options.local === true) return absolutePath(spec.ebinDir, options.directory);
  const place = `${name}-${spec.vsn}`;
  for (const [variable, given] of options.variables ?? []) {
    const directory = given.replace(/\/+$/, "");
    if (spec.ebinDir.startsWith(directory)) {
      const below = splitPath(spec.ebinDir).slice(splitPath(directory).length);
      return joinPath(`$${variable}`, ...withoutOwnNames(below, [name, place]), place, "ebin");
    }
  }
  return joinPath("$ROOT", "lib", place, "ebin");
}

/** Takes off the two last names if they are the application's own directory and `ebin`, which systools adds anew. */
function withoutOwnNames(names: readonly string[], own: readonly string[]): readonly string[] {
  const [directory, ebin] = names.slice(-2);
  return ebin === "ebin" && directory !== undefined && own.includes(directory) ? names.slice(0, -2) : names;
}
