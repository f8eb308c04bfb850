import { nearestName } from "../../error/index.ts";
import { pluginError } from "./source.ts";

/** Checks of values at a key, each of which throws an error that names plugin and key. */
export class Check {
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

export function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
