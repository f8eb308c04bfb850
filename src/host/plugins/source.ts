import { EnitError, type SourcePosition } from "../../error/index.ts";
import type { Plugin, Provides } from "../../contract/index.ts";

/** A row of the written table of built-in plugins. */
export interface BuiltIn {
  readonly name: string;
  /** What the plugin brings, so that its code is loaded only when it is needed. */
  readonly provides: Partial<Provides>;
  readonly load: () => Promise<{ readonly default: Plugin }>;
}

/** Where a plugin comes from. */
export interface PluginSource {
  readonly name: string;
  readonly version: string | undefined;
  /** `built in`, or the directory that it was found in. */
  readonly origin: string;
  /** Its code; `undefined` for built-in ones. */
  readonly file: string | undefined;
  /** What it brings, where that is known without loading it. */
  readonly provides: Provides | undefined;
  /** Loads its code; the result is not checked yet. */
  readonly load: () => Promise<unknown>;
}

/** A source that cannot be used at all. */
export interface RefusedSource {
  readonly name: string;
  readonly version: string | undefined;
  readonly origin: string;
  readonly file: string | undefined;
  readonly provides: Provides | undefined;
  readonly error: EnitError;
}

/** The error of a plugin that cannot be loaded; `key` is what in it is wrong. */
export function pluginError(
  source: { readonly name: string; readonly file?: string | undefined },
  state: string,
  options: {
    readonly code?: string;
    readonly key?: string;
    readonly hint?: string | undefined;
    readonly position?: SourcePosition | undefined;
    readonly cause?: unknown;
  } = {},
): EnitError {
  const { code = "plugin_invalid", key, hint, position, cause } = options;
  const place = source.file === undefined ? "" : ` (${source.file})`;
  return new EnitError(code, `cannot load plugin "${source.name}"${place}: ${state}`, {
    kind: "input",
    hint,
    data: { plugin: source.name, file: source.file ?? null, ...(key === undefined ? {} : { key }), ...position },
    cause,
  });
}

/** What a loaded plugin brings, by name. */
export function providesOf(plugin: Plugin): Provides {
  return {
    commands: Object.keys(plugin.commands ?? {}),
    overlays: Object.keys(plugin.overlays ?? {}),
    hooks: Object.keys(plugin.hooks ?? {}),
  };
}

/** The names of plugins: lower-case words. */
export const PLUGIN_NAME = /^[a-z][a-z0-9_-]*$/;

/** The names of commands: one such word or several. */
export const COMMAND_NAME = /^[a-z][a-z0-9_-]*( [a-z][a-z0-9_-]*)*$/;

/** The version of the contract that this enit speaks. */
export const API_VERSION = 1;

/** Says what is wrong with the `api` of a plugin. */
export function explainApi(api: unknown): string {
  const given = api === undefined ? "missing" : JSON.stringify(api);
  return `api is ${given}, and this enit speaks api ${API_VERSION}`;
}
