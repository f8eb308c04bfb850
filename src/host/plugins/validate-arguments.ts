import { HOST_FLAGS, flagNames, makeFlagTable } from "../arguments/index.ts";
import { type Check, isTextList } from "./check.ts";

const ARGUMENT_KEYS: Readonly<Record<string, readonly string[]>> = {
  boolean: ["type", "description", "alias", "default"],
  string: ["type", "description", "alias", "default", "required", "valueHint", "multiple"],
  number: ["type", "description", "alias", "default", "required", "valueHint", "integer", "min", "max"],
  enum: ["type", "description", "alias", "default", "required", "options"],
  positional: ["type", "description", "default", "required", "valueHint", "rest"],
};

/** What the keys that are neither `type`, `alias` nor `default` must be. */
const VALUE_TYPES: Readonly<Record<string, "string" | "boolean" | "number">> = {
  description: "string",
  valueHint: "string",
  required: "boolean",
  multiple: "boolean",
  rest: "boolean",
  integer: "boolean",
  min: "number",
  max: "number",
};

const ARGUMENT_NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;
const ALIAS = /^([A-Za-z0-9]|[A-Za-z][A-Za-z0-9_-]*)$/;

/** Checks the definitions of a command's arguments. */
export function checkArguments(check: Check, key: string, value: unknown): void {
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
    if (!ARGUMENT_NAME.test(name)) check.fail(path, `${path} must be named by a word such as dryRun`);
    checkValues(check, path, definition);
    checkDefault(check, path, definition);
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
    const badAlias = [alias ?? []].flat().find((letters) => !ALIAS.test(letters));
    if (badAlias !== undefined) {
      check.fail(`${path}.alias`, `${path}.alias is ${JSON.stringify(badAlias)}, which is no letter and no word`);
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

function checkValues(check: Check, path: string, definition: Readonly<Record<string, unknown>>): void {
  for (const [key, type] of Object.entries(VALUE_TYPES)) {
    const value = definition[key];
    if (value !== undefined && typeof value !== type) check.fail(`${path}.${key}`, `${path}.${key} must be a ${type}`);
  }
  const options = definition["options"];
  if (definition["type"] === "enum" && (!isTextList(options) || options.length === 0)) {
    check.fail(`${path}.options`, `${path}.options must be a list of strings, one or more`);
  }
}

/** A default goes to `run` as it is, so it must be what a word of the command line would give. */
function checkDefault(check: Check, path: string, definition: Readonly<Record<string, unknown>>): void {
  const { type, default: value, options } = definition;
  if (value === undefined) return;
  const fail = (state: string): never => check.fail(`${path}.default`, `${path}.default ${state}`);
  for (const key of ["rest", "multiple"]) {
    if (definition[key] === true) fail(`has no effect beside ${key}: without a word the list is empty`);
  }
  if (type === "enum" && !(isTextList(options) && options.some((option) => option === value))) {
    fail("must be one of the options");
  }
  const wanted = type === "boolean" || type === "number" ? type : "string";
  if (typeof value !== wanted) fail(`must be a ${wanted}`);
}
