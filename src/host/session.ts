import type { Command, Context, HookName, Log, Plugin } from "../contract/index.ts";
import { EnitError } from "../error/index.ts";
import { type ContextBase, makeContext } from "./context.ts";
import { HookDriver, type HookOwner } from "./hooks/index.ts";
import type { PluginEntry, PluginRegistry } from "./plugins/index.ts";
import type { ReadyOverlay } from "./services/build/index.ts";

/** A command that is about to run, its plugin set up. */
export interface ReadyCommand {
  readonly command: Command;
  readonly context: Context;
  readonly plugin: { readonly name: string; readonly isBuiltIn: boolean };
}

/** The plugins of one run: set up when they are needed, in the order of loading; cleaned up in reverse. */
export class Session {
  readonly hooks = new HookDriver((name) => this.#ownersOf(name));
  readonly #registry: PluginRegistry;
  readonly #log: Log;
  readonly #makeContext: (plugin: Plugin) => Context;
  readonly #active = new Map<PluginEntry, Promise<HookOwner>>();
  readonly #settingUp = new Set<PluginEntry>();
  readonly #cleanups: { readonly plugin: string; readonly run: () => void | Promise<void> }[] = [];

  constructor(
    registry: PluginRegistry,
    base: Omit<ContextBase, "hooks">,
    configOf: (plugin: string) => Context["config"],
  ) {
    this.#registry = registry;
    this.#log = base.log;
    this.#makeContext = (plugin) => makeContext({ ...base, hooks: this.hooks }, configOf(plugin.name));
  }

  /**
   * Sets up the plugin of a command and, around it in the order of loading, all that are loaded already or take part in every
   * command. One of those that fails is reported and left out.
   */
  async prepare(owner: PluginEntry, commandName: string): Promise<ReadyCommand> {
    const always = new Set([...this.#registry.withHook("command:before"), ...this.#registry.withHook("command:after")]);
    for (const entry of this.#registry.entries) {
      if (entry === owner) await this.#activate(entry);
      else if (entry.error === undefined && (entry.plugin !== undefined || always.has(entry))) {
        await this.#activate(entry).catch((error: unknown) => this.#report(error));
      }
    }
    const { plugin, context } = await this.#activate(owner);
    const command = plugin.commands?.[commandName];
    if (command === undefined) throw new Error(`the plugin "${owner.name}" has no command "${commandName}"`);
    return { command, context, plugin: { name: plugin.name, isBuiltIn: owner.builtIn } };
  }

  /** Sets up the plugin of an overlay operation; `undefined` if no plugin brings one of this name. */
  async prepareOverlay(name: string): Promise<ReadyOverlay | undefined> {
    const entry = this.#registry.withOverlay(name);
    if (entry === undefined) return undefined;
    const { plugin, context } = await this.#activate(entry);
    const overlay = plugin.overlays?.[name];
    if (overlay === undefined) return undefined;
    return { overlay, context, plugin: { name: plugin.name, isBuiltIn: entry.builtIn } };
  }

  /** Runs what the set-ups returned, in reverse, all of it, and returns what failed. */
  async cleanUp(): Promise<readonly EnitError[]> {
    const errors: EnitError[] = [];
    for (const { plugin, run } of this.#cleanups.reverse().splice(0)) {
      try {
        await run();
      } catch (error) {
        errors.push(stepError(plugin, "clean up", error));
      }
    }
    return errors;
  }

  #activate(entry: PluginEntry): Promise<HookOwner> {
    let activation = this.#active.get(entry);
    if (activation === undefined) {
      activation = this.#setUp(entry);
      this.#active.set(entry, activation);
    }
    return activation;
  }

  async #setUp(entry: PluginEntry): Promise<HookOwner> {
    const plugin = await this.#registry.load(entry);
    const context = this.#makeContext(plugin);
    this.#settingUp.add(entry);
    try {
      const cleanUp = await plugin.setup?.(context);
      if (typeof cleanUp === "function") this.#cleanups.push({ plugin: plugin.name, run: cleanUp });
    } catch (error) {
      entry.error = stepError(plugin.name, "set up", error);
      throw entry.error;
    } finally {
      this.#settingUp.delete(entry);
    }
    return { plugin, context };
  }

  /** A plugin that brings the hook but cannot be used stops the work: what it would have done may matter. */
  async #ownersOf(name: HookName): Promise<readonly HookOwner[]> {
    const owners: HookOwner[] = [];
    for (const entry of this.#registry.withHook(name)) {
      // A set-up that calls hooks would wait for itself.
      if (!this.#settingUp.has(entry)) owners.push(await this.#activate(entry));
    }
    return owners;
  }

  #report(error: unknown): void {
    this.#log.warn(error instanceof Error ? error.message : String(error));
  }
}

function stepError(plugin: string, action: string, cause: unknown): EnitError {
  const state = cause instanceof Error ? cause.message : String(cause);
  return new EnitError("plugin_failed", `cannot ${action} the plugin "${plugin}": ${state}`, {
    kind: cause instanceof EnitError ? cause.kind : "failed",
    hint: cause instanceof EnitError ? cause.hint : undefined,
    data: { plugin },
    cause,
  });
}
