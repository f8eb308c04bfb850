import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Provides } from "../../contract/index.ts";
import { describeSystemError, nearestName } from "../../error/index.ts";
import { parseToml } from "../../release/index.ts";
import { HOOK_KINDS, isHookName } from "../hooks/kinds.ts";
import { API_VERSION, COMMAND_NAME, explainApi, pluginError } from "./source.ts";

/** The `plugin.toml` of a plugin in a folder. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  /** The absolute path of its code. */
  readonly entry: string;
  readonly provides: Provides;
}

const KEYS = ["name", "version", "api", "entry", "provides"];
const PROVIDES_KEYS = ["commands", "overlays", "hooks"] as const;

/**
 * Reads `plugin.toml`: `name`, `version`, `api`, `entry` (a path in the folder), `provides = { commands, overlays, hooks }`.
 *
 * @throws EnitError `plugin_invalid`, `toml_syntax`.
 */
export async function readManifest(file: string, folderName: string): Promise<Manifest> {
  const source = { name: folderName, file };
  const { values } = await parseToml(readText(file, source), file);
  const fail = (key: string, state: string, hint?: string): never => {
    throw pluginError(source, state, { key, hint });
  };
  const checkKeys = (prefix: string, table: object, known: readonly string[]): void => {
    for (const key of Object.keys(table)) {
      if (known.includes(key)) continue;
      const nearest = nearestName(key, known);
      fail(
        prefix + key,
        `${prefix}${key} is unknown`,
        nearest === undefined ? `Known are ${known.join(", ")}.` : `Did you mean ${nearest}?`,
      );
    }
  };
  const text = (key: string): string => {
    const value = values[key];
    return typeof value === "string" && value !== "" ? value : fail(key, `${key} must be a string`);
  };

  checkKeys("", values, KEYS);
  const name = text("name");
  if (name !== folderName) fail("name", `name is "${name}", but its folder is called "${folderName}"`);
  if (values["api"] !== API_VERSION) fail("api", explainApi(values["api"]));
  const entry = join(dirname(file), text("entry"));
  if (!entry.startsWith(`${dirname(file)}/`)) fail("entry", "entry must lie in the plugin's folder");

  const provides: unknown = values["provides"] ?? {};
  if (typeof provides !== "object" || provides === null) return fail("provides", "provides must be a table");
  checkKeys("provides.", provides, PROVIDES_KEYS);
  const names = (key: (typeof PROVIDES_KEYS)[number]): string[] => {
    const list: unknown = Object.entries(provides).find(([each]) => each === key)?.[1] ?? [];
    if (!Array.isArray(list)) return fail(`provides.${key}`, `provides.${key} must be a list of names`);
    return list.map((each: unknown) =>
      typeof each === "string" ? each : fail(`provides.${key}`, `provides.${key} must be a list of names`),
    );
  };
  const [commands, overlays, hooks] = [names("commands"), names("overlays"), names("hooks")];
  const badCommand = commands.find((each) => !COMMAND_NAME.test(each));
  if (badCommand !== undefined) fail("provides.commands", `the command "${badCommand}" must be lower-case words`);
  const badHook = hooks.find((each) => !isHookName(each));
  if (badHook !== undefined) {
    const nearest = nearestName(badHook, Object.keys(HOOK_KINDS));
    const hint = nearest === undefined ? "docs/plugins.md names all hooks." : `Did you mean ${nearest}?`;
    fail("provides.hooks", `the hook "${badHook}" is unknown`, hint);
  }
  return { name, version: text("version"), entry, provides: { commands, overlays, hooks } };
}

function readText(file: string, source: { name: string; file: string }): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw pluginError(source, `its plugin.toml cannot be read: ${describeSystemError(error)}`, {
      code: "plugin_unreadable",
      cause: error,
    });
  }
}
