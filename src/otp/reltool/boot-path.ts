import { directoryOf, joinPath, splitPath } from "../filename.ts";
import type { SysConfig } from "./config.ts";
import type { ReleaseApp } from "./release-apps.ts";
import type { App } from "./system.ts";

/** The boot variable for the libraries of a system that leaves out those of the root directory. */
const VARIABLE = "$RELTOOL_EXT_LIB";

/**
 * Makes the function that gives the path of an application's modules in boot scripts: below `$ROOT/lib`, or, in a system
 * without the libraries of the root directory, below a variable for those that come from elsewhere.
 */
export function bootPaths(sys: SysConfig, members: readonly ReleaseApp[]): (app: App) => string {
  const places = sys.exclLib ? variablePlaces(sys, members) : [];
  return ({ name, vsn, label, dir = "" }) => {
    const place = places.find((each) => dir.startsWith(each));
    if (place === undefined) return joinPath("$ROOT", "lib", label, "ebin");
    const below = splitPath(dir).slice(splitPath(place).length);
    const last = below.at(-1);
    if (last === name || last === `${name}-${vsn}`) below.pop();
    return joinPath(VARIABLE, ...below, label, "ebin");
  };
}

function variablePlaces(sys: SysConfig, members: readonly ReleaseApp[]): string[] {
  const named = members.flatMap(({ app }) => (app.config.libDir === undefined ? [] : [directoryOf(app.dir ?? "")]));
  return [...sys.libDirs, ...named];
}
