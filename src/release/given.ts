import { dirname, isAbsolute, join, resolve } from "node:path";
import { SETTINGS, type SettingFlags, type SettingName, type SettingOrigin, describeOrigin } from "./setting-names.ts";
import { type SettingsFile, invalidSetting } from "./settings-file.ts";

/** A value that was given somewhere, with readers that throw `settings_invalid` if it is none of the kind. */
export interface Given {
  readonly origin: SettingOrigin;
  /** With a root, an absolute path is moved under it. */
  readonly path: (root?: string) => string;
  readonly paths: () => string[];
  readonly as: <T>(read: (value: unknown) => T | undefined, otherwise: string) => T;
}

/** Finds what flags or variables give for a name. */
export type Lookup = (name: SettingName | "root" | "settings") => Given | undefined;

/** Looks up flags first, then variables; an empty variable counts as not set. */
export function collectGiven(
  flags: SettingFlags,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Lookup {
  return (name) => {
    const names =
      name === "root" || name === "settings" ? { flag: name, variable: `ENIT_${name.toUpperCase()}` } : SETTINGS[name];
    const flagValue = flags[name];
    const setting = name === "root" || name === "settings" ? name : SETTINGS[name].key;
    if (flagValue !== undefined) return makeGiven(flagValue, setting, { kind: "flag", flag: names.flag }, cwd);
    const text = env[names.variable];
    if (text === undefined || text === "") return undefined;
    const isList = name === "pluginDirs" || name === "libDirs";
    return makeGiven(isList ? splitPath(text) : text, setting, { kind: "variable", variable: names.variable }, cwd);
  };
}

/** Finds what `enit.toml` gives. */
export function givenInFile(name: SettingName, file: SettingsFile): Given | undefined {
  const { key } = SETTINGS[name];
  const value = file.get(key);
  if (value === undefined) return undefined;
  return makeGiven(value, key, { kind: "file", position: file.positionOf(key) }, dirname(file.path));
}

function makeGiven(value: unknown, setting: string, origin: SettingOrigin, base: string): Given {
  const fail = (state: string): never => {
    throw invalidSetting(describeOrigin(origin), state, setting);
  };
  const asPath = (each: unknown, root = "/"): string => {
    if (typeof each !== "string" || each === "") return fail("it must be a path");
    return isAbsolute(each) ? join(root, each) : resolve(base, each);
  };
  return {
    origin,
    path: (root) => asPath(value, root),
    paths: () => {
      if (typeof value === "string") return [asPath(value)];
      return Array.isArray(value) ? value.map((each) => asPath(each)) : fail("it must be a list of paths");
    },
    as: (read, otherwise) => read(value) ?? fail(otherwise),
  };
}

/** Splits a list of directories as in `PATH`. */
function splitPath(text: string): string[] {
  return text.split(":").filter((path) => path !== "");
}
