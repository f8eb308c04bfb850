import { compareText } from "../../term/index.ts";
import { listDirectoryIfAny } from "../files.ts";
import { joinPath } from "../filename.ts";
import { startModule } from "./app-info.ts";
import type { AppConfig } from "./config.ts";
import type { ModuleUses } from "./module-uses.ts";
import type { ReltoolWarning } from "./option-error.ts";
import { stemOf } from "./paths.ts";
import type { AppInfo, Mod } from "./system.ts";

/** A module of which there is a BEAM file. */
export interface FoundModule {
  readonly name: string;
  readonly uses: () => readonly string[];
}

/** The modules in the directory `ebin` of an application. */
export function findModules(dir: string, uses: ModuleUses): FoundModule[] {
  const ebin = joinPath(dir, "ebin");
  return (listDirectoryIfAny(ebin) ?? []).flatMap((file) => {
    const name = stemOf(file, ".beam");
    return name === undefined ? [] : [{ name, uses: once(() => uses.ofFile(joinPath(ebin, file))) }];
  });
}

/** Joins the modules found, those that the `.app` file names, and those that are configured. Sorted by name. */
export function joinModules(
  found: readonly FoundModule[],
  info: AppInfo,
  config: AppConfig,
  warn: (warning: ReltoolWarning) => void,
): Mod[] {
  const { name: app } = config;
  const appMods = new Set<string>();
  for (const name of info.modules) {
    if (appMods.has(name)) {
      warn({ code: "module_named_twice", message: `the application file of ${app} names the module ${name} twice` });
    }
    appMods.add(name);
  }
  const start = startModule(info);
  if (start !== undefined) appMods.add(start);

  const mods = new Map<string, Mod>();
  const add = (name: string, owner: string | undefined, uses: (() => readonly string[]) | undefined): void => {
    const exists = uses !== undefined;
    mods.set(name, {
      name,
      app: owner,
      cond: config.mods.get(name),
      isAppMod: appMods.has(name),
      isEbinMod: exists,
      exists,
      uses: uses ?? (() => []),
      included: undefined,
    });
  };
  for (const { name, uses } of found) add(name, app, uses);
  for (const name of appMods) if (!mods.has(name)) add(name, app, undefined);
  for (const name of config.mods.keys()) if (!mods.has(name)) add(name, undefined, undefined);
  return [...mods.values()].sort((a, b) => compareText(a.name, b.name));
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
