import type { AgentService } from "./agent.ts";
import type { BuildService } from "./build.ts";
import type { ReleaseService } from "./releases.ts";
import type { TracingService } from "./tracing.ts";
import type { UpgradeService } from "./upgrade.ts";
import type { UpdateService } from "./update.ts";

/**
 * The services of the context, each a member that the host makes when it is first used.
 *
 * To add one: a member here, and its factory in `src/host/services/index.ts`, where the type checker
 * asks for it.
 */
export interface Services {
  /** Erlang terms: text, external format, JSON form. */
  readonly terms: typeof import("../term/index.ts");
  /** What OTP defines: installations, applications, releases, boot scripts, target specifications. */
  readonly otp: typeof import("../otp/index.ts");
  /** What tracers send and write: reading it, as text, as JSON. */
  readonly trace: typeof import("../trace/index.ts");
  /** BEAM files: module, MD5, attributes, functions. */
  readonly beam: typeof import("../beam/index.ts");
  /** enit itself: its version, plugins and commands. */
  readonly host: HostService;
  /** Paths and defaults of this host, from flags, variables and `enit.toml`. */
  readonly settings: import("../release/index.ts").HostSettings;
  /** Builds releases from a `reltool.config`. */
  readonly build: BuildService;
  /** The Erlang application that enit puts into nodes. */
  readonly agent: AgentService;
  /** Has running releases take up what is installed by now. */
  readonly update: UpdateService;
  /** The releases of this host and the nodes that run them. */
  readonly releases: ReleaseService;
  /** Traces what running releases do. */
  readonly tracing: TracingService;
  /** Changes the version that a running release has. */
  readonly upgrade: UpgradeService;
}

/** Facts about the running enit, its plugins and commands. */
export interface HostService {
  readonly version: string;
  /** `enit`, or `knit` when invoked so. */
  readonly program: string;
  /** The absolute path of the binary. */
  readonly executable: string;
  /** The flags that every command takes. */
  flags(): readonly FlagInfo[];
  /** Every plugin that was found, loaded or not, in the order of loading. */
  plugins(): readonly PluginInfo[];
  /**
   * Every command with its definitions, built-in ones first; of `family`, only the command of that name and those whose names
   * begin with it as a word. Loads the code of the plugins that have them.
   */
  commands(family?: string): Promise<readonly CommandInfo[]>;
  /**
   * Writes the types of `enit/plugin` to `DIRECTORY/node_modules/enit`, where type checkers find them, and gives that path.
   * Throws `package_exists`, `unwritable`.
   */
  installTypes(directory: string): Promise<string>;
}

export interface PluginInfo {
  readonly name: string;
  readonly version: string | undefined;
  /** `built in`, `beside the binary`, `system`, `host`, `ENIT_PLUGIN_PATH`, `--plugin-dir`, `enit.toml` or `project`. */
  readonly origin: string;
  /** Its code or, where that is not known, its `plugin.toml`. */
  readonly file: string | undefined;
  readonly provides: Provides | undefined;
  /** `ready`: not loaded since nothing needed it yet. */
  readonly state: "loaded" | "ready" | "refused";
  /** Why it was refused. */
  readonly reason: string | undefined;
  /** What to do about that, where it is known. */
  readonly hint: string | undefined;
}

/** What a plugin brings, by name. */
export interface Provides {
  readonly commands: readonly string[];
  readonly overlays: readonly string[];
  readonly hooks: readonly string[];
}

export interface CommandInfo {
  readonly name: string;
  readonly plugin: string;
  readonly builtIn: boolean;
  /** Its heading among all commands, if it has one. */
  readonly group: string | undefined;
  readonly description: string;
  readonly details: string | undefined;
  readonly examples: readonly (readonly [line: string, effect: string])[];
  readonly positionals: readonly PositionalInfo[];
  readonly flags: readonly FlagInfo[];
}

export interface PositionalInfo {
  readonly name: string;
  readonly description: string | undefined;
  readonly required: boolean;
  readonly rest: boolean;
  readonly default: string | undefined;
}

export interface FlagInfo {
  /** With its dashes, short ones first: `["-m", "--match"]`. */
  readonly names: readonly string[];
  /** How its value is called; `undefined` where it takes none. */
  readonly value: string | undefined;
  readonly description: string | undefined;
  readonly required: boolean;
  readonly multiple: boolean;
  readonly default: string | undefined;
}
