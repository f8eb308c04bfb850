import type { Plugin } from "../../contract/index.ts";
import { isHookName, HOOK_KINDS } from "../hooks/kinds.ts";
import { Check, isTextList } from "./check.ts";
import { API_VERSION, COMMAND_NAME, PLUGIN_NAME, explainApi } from "./source.ts";
import { checkArguments } from "./validate-arguments.ts";

const PLUGIN_KEYS = ["name", "api", "version", "commands", "overlays", "hooks", "enforce", "setup"];
const COMMAND_KEYS = ["group", "description", "details", "examples", "args", "run", "render"];
const OVERLAY_KEYS = ["description", "args", "run"];
const OVERLAY_TYPES = ["path", "text", "atom", "integer", "boolean", "term"];

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
  if (!COMMAND_NAME.test(name)) check.fail(key, `${key} must be named by lower-case words`);
  const command = check.object(key, value, COMMAND_KEYS);
  check.text(`${key}.description`, command["description"]);
  if (command["group"] !== undefined) check.text(`${key}.group`, command["group"]);
  if (command["details"] !== undefined) check.text(`${key}.details`, command["details"]);
  checkExamples(check, `${key}.examples`, command["examples"]);
  check.function(`${key}.run`, command["run"]);
  if (command["render"] !== undefined) check.function(`${key}.render`, command["render"]);
  checkArguments(check, `${key}.args`, command["args"]);
}

function checkExamples(check: Check, key: string, value: unknown): void {
  const isPair = (each: unknown): boolean => isTextList(each) && each.length === 2;
  if (value === undefined || (Array.isArray(value) && value.every(isPair))) return;
  check.fail(key, `${key} must be a list of pairs, each of a command line and what it does`);
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
