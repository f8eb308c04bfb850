import type { ArgumentDefinitions } from "./arguments.ts";
import type { Command, CommandDefinition, Rendered, Rendering } from "./command.ts";
import type { Context } from "./context.ts";
import type { Hooks } from "./hooks.ts";
import type { Ui } from "./ui.ts";
import type { Overlay, OverlayDefinition } from "./overlay.ts";

/** A plugin as the host sees it, the types of its parts erased. */
export interface Plugin extends PluginBase {
  readonly commands?: Readonly<Record<string, Command>>;
  readonly overlays?: Readonly<Record<string, Overlay>>;
}

interface PluginBase {
  /** A lower-case word, the same as the file or folder is called: `[a-z][a-z0-9-]*`. */
  readonly name: string;
  /** The version of this contract. */
  readonly api: 1;
  readonly version?: string;
  readonly hooks?: Hooks;
  /** Whether its hooks come before or after those of the others; else they come in the order of loading. */
  readonly enforce?: "pre" | "post";
  /** Runs before anything else of the plugin. What it returns runs at the end, always, in reverse order. */
  readonly setup?: (context: Context) => SetupResult | Promise<SetupResult>;
}

type SetupResult = void | (() => void | Promise<void>);

/** What `definePlugin` takes: everything in it is inferred. */
export interface PluginDefinition<A, D, O> extends PluginBase {
  /** By name; a name may be several words (`plugin list`). */
  readonly commands?: DataSource<SoleData<keyof A, D>> & {
    readonly [K in keyof A]: DefinedCommand | CommandDefinition<A[K], SoleData<keyof A, D>>;
  };
  /** By the name that stands first in the tuple of a `reltool.config`. */
  readonly overlays?: { readonly [K in keyof O]: OverlayDefinition<O[K]> };
}

/**
 * Where the type checker finds `D`, which it does not look for in the mapped type beside this one, since that one is
 * inferred for `A`. Must stand first, so that the other one types the arguments of `run`.
 */
interface DataSource<D> {
  readonly [name: string]: Unchecked<
    Exclude<keyof CommandDefinition<never, never>, "run" | "render"> | keyof DefinedCommand
  > & {
    readonly run?: (context: Context, args: never) => D | Promise<D>;
    readonly render?: (data: Rendered<D>, ui: Ui) => Rendering;
  };
}

type Unchecked<Keys extends PropertyKey> = { readonly [K in Keys]?: unknown };

/**
 * The data of a plugin's only command. The type checker infers one such type for each call, so that a plugin with several
 * commands wraps each in `defineCommand`; written without, their `render` gets `unknown`.
 */
type SoleData<Names, D> = IsUnion<Names> extends true ? unknown : D;

type IsUnion<T, Whole = T> = [T] extends [never]
  ? false
  : T extends unknown
    ? [Whole] extends [T]
      ? false
      : true
    : never;

const checked: unique symbol = Symbol("checked by defineCommand");

/** A command whose types `defineCommand` has checked. It says nothing of them, so as not to take part in inference. */
export interface DefinedCommand {
  readonly [checked]: true;
}

/** Makes a plugin: the default export of its file. */
export function definePlugin<const A, D, const O>(plugin: PluginDefinition<A, D, O>): Plugin {
  return plugin as Plugin;
}

/** Checks one command by itself, for plugins with several of them. */
export function defineCommand<const A extends ArgumentDefinitions, D>(
  command: CommandDefinition<A, D>,
): DefinedCommand {
  return { ...command, [checked]: true };
}
