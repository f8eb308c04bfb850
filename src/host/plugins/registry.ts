import * as contract from "../../contract/index.ts";
import type { HookName, Plugin, PluginInfo, Provides } from "../../contract/index.ts";
import { EnitError } from "../../error/index.ts";
import { type DiscoverOptions, type PluginDirectory, discoverPlugins, isRefused } from "./discover.ts";
import { explainLoadFailure } from "./load-failure.ts";
import { type BuiltIn, type PluginSource, type RefusedSource, pluginError, providesOf } from "./source.ts";
import { validatePlugin } from "./validate.ts";

/** A plugin that was found, in one of three states: ready to be loaded, loaded, refused. */
export interface PluginEntry {
  readonly name: string;
  readonly builtIn: boolean;
  readonly source: PluginSource | RefusedSource;
  /** What it brings, as far as that is known: a file's only once it is loaded. */
  provides: Provides | undefined;
  plugin: Plugin | undefined;
  /** Why it cannot be used. */
  error: EnitError | undefined;
}

export interface RegistryOptions extends DiscoverOptions {
  readonly builtIns: readonly BuiltIn[];
  /** In the order of loading; none with `--no-plugins`. */
  readonly directories: readonly PluginDirectory[];
}

/** All plugins, in the order of loading. */
export class PluginRegistry {
  readonly #entries: PluginEntry[];
  readonly #options: DiscoverOptions;

  private constructor(entries: readonly PluginEntry[], options: DiscoverOptions) {
    this.#entries = [...entries];
    this.#options = options;
  }

  get entries(): readonly PluginEntry[] {
    return this.#entries;
  }

  /**
   * Finds all plugins. Loads the code of single files, since nothing else tells which hooks they have; folders and built-in
   * plugins say what they bring and wait until they are needed. Of two that bring the same, the later one is refused.
   */
  static async open(options: RegistryOptions): Promise<PluginRegistry> {
    const registry = new PluginRegistry(options.builtIns.map(builtInEntry), options);
    if (options.directories.length > 0) provideContract();
    for (const directory of options.directories) await registry.add(directory);
    return registry;
  }

  /** Adds the plugins of a directory behind all others, and returns them. */
  async add(directory: PluginDirectory): Promise<readonly PluginEntry[]> {
    const added: PluginEntry[] = [];
    for (const source of await discoverPlugins(directory, this.#options)) {
      const entry: PluginEntry = {
        name: source.name,
        builtIn: false,
        source,
        provides: source.provides,
        plugin: undefined,
        error: undefined,
      };
      entry.error = isRefused(source) ? source.error : explainConflict(entry, this.#entries);
      if (entry.error === undefined && entry.provides === undefined) await tryLoad(entry, this.#entries);
      this.#entries.push(entry);
      added.push(entry);
    }
    return added;
  }

  /** Loads the code of a plugin, once. @throws EnitError why it cannot be used. */
  async load(entry: PluginEntry): Promise<Plugin> {
    if (entry.plugin === undefined && entry.error === undefined) await tryLoad(entry, []);
    if (entry.error !== undefined) throw entry.error;
    if (entry.plugin === undefined) throw pluginError(entry.source, "it was not loaded");
    return entry.plugin;
  }

  /** The names of all commands that can be run, each with its plugin. */
  commands(): ReadonlyMap<string, PluginEntry> {
    const commands = new Map<string, PluginEntry>();
    for (const entry of this.entries) {
      if (entry.error !== undefined) continue;
      for (const name of entry.provides?.commands ?? []) commands.set(name, entry);
    }
    return commands;
  }

  /** A plugin that was refused and says that it brings a command, or one that begins so, which nobody else does. */
  refusedWith(command: string): PluginEntry | undefined {
    const brings = (entry: PluginEntry): boolean =>
      entry.provides?.commands.some((name) => name === command || name.startsWith(`${command} `)) === true;
    const refused = this.refused().find(brings);
    const isThere = refused !== undefined && this.entries.some((entry) => entry.error === undefined && brings(entry));
    return isThere ? undefined : refused;
  }

  /** The plugins that cannot be used. */
  refused(): readonly (PluginEntry & { readonly error: EnitError })[] {
    return this.entries.filter((entry) => entry.error !== undefined) as (PluginEntry & { error: EnitError })[];
  }

  /** The names of all overlay operations that can be used. */
  overlays(): readonly string[] {
    return this.#entries.flatMap((entry) => (entry.error === undefined ? (entry.provides?.overlays ?? []) : []));
  }

  /** The plugin that brings an overlay operation. */
  withOverlay(name: string): PluginEntry | undefined {
    return this.#entries.find((entry) => entry.error === undefined && entry.provides?.overlays.includes(name) === true);
  }

  /** The plugins that bring a hook. One that cannot be loaded is among them. */
  withHook(name: HookName): readonly PluginEntry[] {
    return this.entries.filter((entry) => entry.provides?.hooks.includes(name) === true);
  }

  describe(): readonly PluginInfo[] {
    return this.entries.map((entry) => ({
      name: entry.name,
      // That of the plugin.toml is known before the code is loaded, and stays.
      version: entry.source.version ?? entry.plugin?.version,
      origin: entry.source.origin,
      file: entry.source.file,
      provides: entry.provides,
      state: entry.error !== undefined ? "refused" : entry.plugin !== undefined ? "loaded" : "ready",
      reason: entry.error?.message,
      hint: entry.error?.hint,
    }));
  }
}

function builtInEntry(builtIn: BuiltIn): PluginEntry {
  const { commands = [], overlays = [], hooks = [] } = builtIn.provides;
  const provides = { commands, overlays, hooks };
  const source = {
    name: builtIn.name,
    version: undefined,
    origin: "built in",
    file: undefined,
    provides,
    load: builtIn.load,
  };
  return { name: builtIn.name, builtIn: true, source, provides, plugin: undefined, error: undefined };
}

/** Lets `import { definePlugin } from "enit/plugin"` find the contract inside the binary. */
function provideContract(): void {
  Bun.plugin({
    name: "enit/plugin",
    setup: (build) => {
      build.module("enit/plugin", () => ({ exports: { ...contract }, loader: "object" }));
    },
  });
}

/** Standard output is for data alone, which scripts read; a package of a plugin may have something to say all the same. */
function keepOutputClean(): void {
  const { error } = console;
  Object.assign(console, { log: error, info: error, debug: error });
}

async function tryLoad(entry: PluginEntry, others: readonly PluginEntry[]): Promise<void> {
  const { source } = entry;
  if (isRefused(source)) return;
  if (!entry.builtIn) keepOutputClean();
  try {
    const module = await loadModule(source);
    if (entry.builtIn) {
      // The type checker and the tests hold them to the contract, at no cost to each command.
      entry.plugin = module as Plugin;
      return;
    }
    const plugin = validatePlugin(module, source);
    const provides = providesOf(plugin);
    if (entry.provides !== undefined) checkPromise(source, entry.provides, provides);
    entry.provides = provides;
    entry.error = explainConflict(entry, others);
    if (entry.error === undefined) entry.plugin = plugin;
  } catch (error) {
    if (!(error instanceof EnitError)) throw error;
    entry.error = error;
  }
}

async function loadModule(source: PluginSource): Promise<unknown> {
  let module: unknown;
  try {
    module = await source.load();
  } catch (error) {
    if (error instanceof EnitError) throw error;
    const { state, position } = explainLoadFailure(error, source.file);
    throw pluginError(source, state, { code: "plugin_broken", position, cause: error });
  }
  if (typeof module !== "object" || module === null || !("default" in module)) {
    throw pluginError(source, "it has no default export", {
      key: "default",
      hint: "Write: export default definePlugin({ ... })",
    });
  }
  return module.default;
}

/** What a folder's `plugin.toml` says and what its code brings must be the same: else hooks would not be called. */
function checkPromise(source: PluginSource, promised: Provides, real: Provides): void {
  for (const part of ["commands", "overlays", "hooks"] as const) {
    const missing = promised[part].find((name) => !real[part].includes(name));
    if (missing !== undefined) {
      throw pluginError(source, `its plugin.toml names ${part} "${missing}", which its code does not bring`, {
        key: `provides.${part}`,
      });
    }
    const extra = real[part].find((name) => !promised[part].includes(name));
    if (extra !== undefined) {
      throw pluginError(source, `its code brings ${part} "${extra}", which its plugin.toml does not name`, {
        key: `provides.${part}`,
      });
    }
  }
}

function explainConflict(entry: PluginEntry, others: readonly PluginEntry[]): EnitError | undefined {
  const usable = others.filter((other) => other !== entry && other.error === undefined);
  const twin = usable.find((other) => other.name === entry.name);
  if (twin !== undefined) {
    return pluginError(entry.source, `there is a plugin "${entry.name}" already, ${placeOf(twin)}`, {
      code: "plugin_conflict",
      key: "name",
    });
  }
  for (const part of ["commands", "overlays"] as const) {
    for (const name of entry.provides?.[part] ?? []) {
      const owner = usable.find((other) => other.provides?.[part].includes(name) === true);
      if (owner === undefined) continue;
      return pluginError(
        entry.source,
        `${part}.${name} is brought by the plugin "${owner.name}" already, ${placeOf(owner)}`,
        {
          code: "plugin_conflict",
          key: `${part}.${name}`,
        },
      );
    }
  }
  return undefined;
}

function placeOf(entry: PluginEntry): string {
  return entry.source.file ?? entry.source.origin;
}
