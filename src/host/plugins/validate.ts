import type { Plugin } from "../../contract/index.ts";
import { nearestName } from "../../error/index.ts";
import { HOST_FLAGS, flagNames, makeFlagTable } from "../arguments/index.ts";
import { isHookName, HOOK_KINDS } from "../hooks/kinds.ts";
import { API_VERSION, PLUGIN_NAME, explainApi, pluginError } from "./source.ts";

const PLUGIN_KEYS = ["name", "api", "version", "commands", "overlays", "hooks", "enforce", "setup"];
const COMMAND_KEYS = ["group", "description", "details", "examples", "args", "run", "render"];
const OVERLAY_KEYS = ["description", "args", "run"];
const OVERLAY_TYPES = ["path", "text", "atom", "integer", "boolean", "term"];
const ARGUMENT_KEYS: Readonly<Record<string, readonly string[]>> = {
  boolean: ["type", "description", "alias", "default"],
  string: ["type", "description", "alias", "default", "required", "valueHint", "multiple"],
  number: ["type", "description", "alias", "default", "required", "valueHint", "integer", "min", "max"],
  enum: ["type", "description", "alias", "default", "required", "options"],
  positional: ["type", "description", "default", "required", "valueHint", "rest"],
};

/**
 * Checks the default export of a plugin's code.
 *
 * @throws EnitError `plugin_invalid` that names the plugin, its file, and the key that is wrong.
 */
export function validatePlugin(
  value: unknown,
  source: { readonly name: string; readonly file?: string | undefined },
): Plugin {
  const check = new Check(source);
  const plugin = check.object("its default export", value, PLUGIN_KEYS, "");
  if (plugin["api"] !== API_VERSION) check.fail("api", explainApi(plugin["api"]));
  const name = check.text("name", plugin["name"]);
  if (!PLUGIN_NAME.test(name)) check.fail("name", `name "${name}" must be a lower-case word`);
  if (name !== source.name) check.fail("name", `name is "${name}", but it was found as "${source.name}"`);
  if (plugin["version"] !== undefined) check.text("version", plugin["version"]);
  if (plugin["enforce"] !== undefined && plugin["enforce"] !== "pre" && plugin["enforce"] !== "post") {
    check.fail("enforce", 'enforce must be "pre" or "post"');
  }
  if (plugin["setup"] !== undefined) check.function("setup", plugin["setup"]);
  for (const [command, definition] of check.entries("commands", plugin["commands"])) {
    checkCommand(check, `commands.${command}`, command, definition);
  }
  for (const [overlay, definition] of check.entries("overlays", plugin["overlays"])) {
    checkOverlay(check, `overlays.${overlay}`, definition);
  }
  for (const [hook, handler] of check.entries("hooks", plugin["hooks"])) {
    if (!isHookName(hook)) check.unknownKey(`hooks.${hook}`, hook, Object.keys(HOOK_KINDS));
    check.function(`hooks.${hook}`, handler);
  }
  return value as Plugin;
}

function checkCommand(check: Check, key: string, name: string, value: unknown): void {
  if (!/^[a-z][a-z0-9_-]*( [a-z][a-z0-9_-]*)*$/.test(name)) check.fail(key, `${key} must be named by lower-case words`);
  const command = check.object(key, value, COMMAND_KEYS);
  check.text(`${key}.description`, command["description"]);
  if (command["group"] !== undefined) check.text(`${key}.group`, command["group"]);
  if (command["details"] !== undefined) check.text(`${key}.details`, command["details"]);
  check.function(`${key}.run`, command["run"]);
  if (command["render"] !== undefined) check.function(`${key}.render`, command["render"]);
  checkArguments(check, `${key}.args`, command["args"]);
}

function checkArguments(check: Check, key: string, value: unknown): void {
  const hostNames = makeFlagTable(HOST_FLAGS);
  const taken = new Map<string, string>();
  let lastPositional: { key: string; definition: Record<string, unknown> } | undefined;
  for (const [name, each] of check.entries(key, value)) {
    const path = `${key}.${name}`;
    const definition = check.object(path, each);
    const type = check.text(`${path}.type`, definition["type"]);
    const keys = ARGUMENT_KEYS[type];
    if (keys === undefined)
      return check.fail(`${path}.type`, `${path}.type must be one of ${Object.keys(ARGUMENT_KEYS).join(", ")}`);
    check.keys(path, definition, keys);
    if (type === "enum" && !isTextList(definition["options"]))
      check.fail(`${path}.options`, `${path}.options must be a list of strings`);
    if (type === "positional") {
      if (lastPositional?.definition["rest"] === true) check.fail(path, `${path} stands after one that takes the rest`);
      if (
        definition["required"] === true &&
        lastPositional !== undefined &&
        lastPositional.definition["required"] !== true
      ) {
        check.fail(path, `${path} is required but stands after one that is not`);
      }
      lastPositional = { key: path, definition };
      continue;
    }
    const alias = definition["alias"];
    if (alias !== undefined && typeof alias !== "string" && !isTextList(alias)) {
      check.fail(`${path}.alias`, `${path}.alias must be a string or a list of strings`);
    }
    for (const flag of flagNames(name, {
      type: "string",
      ...(alias === undefined ? {} : { alias: alias as string | string[] }),
    })) {
      if (flag.startsWith("--") && hostNames.has(flag))
        check.fail(path, `${path} is the flag ${flag}, which enit itself has`);
      if (taken.has(flag)) check.fail(path, `${path} is the flag ${flag}, which ${taken.get(flag)} is already`);
      taken.set(flag, path);
    }
  }
}

function checkOverlay(check: Check, key: string, value: unknown): void {
  const overlay = check.object(key, value, OVERLAY_KEYS);
  check.function(`${key}.run`, overlay["run"]);
  const args = overlay["args"];
  if (!isTextList(args)) return check.fail(`${key}.args`, `${key}.args must be a list of strings`);
  let optional = false;
  for (const [index, type] of args.entries()) {
    const path = `${key}.args[${index}]`;
    if (!OVERLAY_TYPES.includes(type.replace(/\?$/, ""))) {
      check.fail(path, `${path} must be one of ${OVERLAY_TYPES.join(", ")}, with "?" where it may be left out`);
    }
    if (optional && !type.endsWith("?")) check.fail(path, `${path} is required but stands after one that is not`);
    optional = type.endsWith("?");
  }
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

/** Checks of values at a key, each of which throws an error that names plugin and key. */
class Check {
  readonly #source: { readonly name: string; readonly file?: string | undefined };

  constructor(source: { readonly name: string; readonly file?: string | undefined }) {
    this.#source = source;
  }

  fail(key: string, state: string, hint?: string): never {
    throw pluginError(this.#source, state, { key, hint });
  }

  text(key: string, value: unknown): string {
    return typeof value === "string" ? value : this.fail(key, `${key} must be a string`);
  }

  function(key: string, value: unknown): void {
    if (typeof value !== "function") this.fail(key, `${key} must be a function`);
  }

  object(key: string, value: unknown, keys?: readonly string[], prefix = `${key}.`): Record<string, unknown> {
    if (typeof value !== "object" || value === null || Array.isArray(value)) this.fail(key, `${key} must be an object`);
    const entries = Object.entries(value);
    if (keys !== undefined)
      for (const [name] of entries) if (!keys.includes(name)) this.unknownKey(prefix + name, name, keys);
    return Object.fromEntries(entries);
  }

  keys(key: string, object: Record<string, unknown>, keys: readonly string[]): void {
    for (const name of Object.keys(object)) if (!keys.includes(name)) this.unknownKey(`${key}.${name}`, name, keys);
  }

  entries(key: string, value: unknown): [string, unknown][] {
    return value === undefined ? [] : Object.entries(this.object(key, value));
  }

  unknownKey(key: string, name: string, known: readonly string[]): never {
    const nearest = nearestName(name, known);
    return this.fail(
      key,
      `${key} is unknown`,
      nearest === undefined ? `Known are ${known.join(", ")}.` : `Did you mean ${nearest}?`,
    );
  }
}
