import { dirname, join } from "node:path";
import type { Command, Context, Log, ProgramStart, Ui } from "../contract/index.ts";
import { EXIT_CODES, EnitError } from "../error/index.ts";
import { type HostSettings, type SettingFlags, loadSettings } from "../release/index.ts";
import { type CommandLine, findCommandName, readCommandArguments, readCommandLine, unknownCommand, wantsJson } from "./command-line.ts";
import { ProcessReplacement } from "./context.ts";
import { Console, HIDDEN_PROGRESS, OutputGone, type Terminal, drawError, errorDocument, inspectTerminal, makeLog, makeProgress, makeUi, toEnitError } from "./output/index.ts";
import { type BuiltIn, type PluginDirectory, type PluginEntry, PluginRegistry } from "./plugins/index.ts";
import { isStream, presentData } from "./present.ts";
import { makeHostService } from "./services/host.ts";
import { makeServices } from "./services/index.ts";
import { Session } from "./session.ts";
import { type SignalWatch, watchSignals } from "./signals.ts";

export interface HostOptions {
  /** What follows the program's name. */
  readonly argv: readonly string[];
  /** The last part of the name that it was called by. */
  readonly program: string;
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The binary, which `plugins/` may stand beside. */
  readonly executable: string;
  readonly builtIns: readonly BuiltIn[];
  /** Ends the process at once, for a second Ctrl-C. */
  readonly exit: (code: number) => never;
}

/** How a run ends: with an exit code, or by becoming another program. */
export type Ending = { readonly exitCode: number } | { readonly replaceBy: ProgramStart };

/** The reader of standard output went away: what a shell shows for SIGPIPE. */
const OUTPUT_GONE = 141;

/** Runs one command line, from its words to its exit code. Never throws. */
export async function runHost(options: HostOptions): Promise<Ending> {
  const console = new Console();
  const signals = watchSignals(options.exit);
  const run = new Run(options, console, signals);
  try {
    return await run.run();
  } catch (thrown) {
    return { exitCode: await run.fail(thrown) };
  } finally {
    await console.flush();
  }
}

class Run {
  readonly #options: HostOptions;
  readonly #console: Console;
  readonly #signals: SignalWatch;
  readonly #terminals = new Map<1 | 2, Terminal>();
  #json: boolean;
  #verbose = false;

  constructor(options: HostOptions, console: Console, signals: SignalWatch) {
    this.#options = options;
    this.#console = console;
    this.#signals = signals;
    this.#json = wantsJson(options.argv);
  }

  async run(): Promise<Ending> {
    const { argv, program, env, builtIns } = this.#options;
    const line = readCommandLine(program === "knit" ? ["knit-build", ...argv] : argv);
    const { flags } = line;
    this.#verbose = flags.verbose;
    const log = makeLog(this.#console, flags.quiet ? "quiet" : flags.verbose ? "verbose" : "normal", () => this.#terminal(2).color);

    const settings = await loadSettings({ flags: settingFlags(flags), env });
    for (const warning of settings.warnings) log.warn([`${warning.message}.`, warning.hint].filter(Boolean).join(" "));
    const registry = await PluginRegistry.open({
      builtIns,
      directories: flags.noPlugins ? [] : pluginDirectories(this.#options.executable, settings),
      trust: process.geteuid?.() === 0,
    });

    const { name, entry, words } = this.#findCommand(line, registry);
    this.#reportRefused(registry, name, log);
    const services = makeServices(() => ({ settings, host: makeHostService(registry, { version: this.#options.version, program }) }));
    const session = new Session(
      registry,
      {
        log,
        signal: this.#signals.signal,
        services,
        progress: (label, progress = {}) =>
          this.#json || flags.quiet || !this.#terminal(2).color
            ? HIDDEN_PROGRESS
            : makeProgress(this.#console, label, progress, this.#terminal(2).width),
      },
      (plugin) => settings.plugins[plugin] ?? {},
    );
    try {
      return await this.#runCommand({ session, registry, line, name, entry, words });
    } finally {
      for (const error of await session.cleanUp()) log.error(error.message);
    }
  }

  /** Tells of an error, at the one place where errors are shown, and returns its exit code. */
  async fail(thrown: unknown): Promise<number> {
    if (thrown instanceof OutputGone) return OUTPUT_GONE;
    const interrupted = this.#signals.exitCode();
    if (interrupted !== undefined) return interrupted;
    const error = toEnitError(thrown);
    const { program } = this.#options;
    this.#console.note(drawError(error, this.#ui(2), { program, verbose: this.#verbose }));
    if (this.#json) {
      try {
        await this.#console.print(errorDocument(error));
      } catch (failure) {
        if (failure instanceof OutputGone) return OUTPUT_GONE;
        throw failure;
      }
    }
    return error.kind === "usage" && program === "knit" ? 1 : EXIT_CODES[error.kind];
  }

  async #runCommand(call: {
    session: Session;
    registry: PluginRegistry;
    line: CommandLine;
    name: string;
    entry: PluginEntry;
    words: readonly string[];
  }): Promise<Ending> {
    const { session, registry, line, entry, name, words } = call;
    const plugin = await registry.load(entry);
    const command = plugin.commands?.[name];
    if (command === undefined) throw new Error(`the plugin ${entry.name} does not bring its command ${name}`);
    const read = readCommandArguments(line, words, command);
    if (read.flags.help && name !== "help") {
      const help = this.#mustFind("help", registry);
      return this.#runCommand({ ...call, name: "help", entry: help, words: name.split(" "), line: { ...line, leading: [] } });
    }
    const args = read.args();
    const { context } = await session.prepare(entry, name);
    return this.#callCommand(session, name, command, context, args);
  }

  async #callCommand(
    session: Session,
    name: string,
    command: Command,
    context: Context,
    args: Readonly<Record<string, unknown>>,
  ): Promise<Ending> {
    const start = performance.now();
    const call = { command: name, args };
    const elapsed = (): number => performance.now() - start;
    let data: unknown;
    let replaceBy: ProgramStart | undefined;
    try {
      await session.hooks.series("command:before", call);
      data = await command.run(context, args);
      if (isStream(data)) {
        for await (const item of data) await this.#present(item, name, command);
      }
    } catch (thrown) {
      if (!(thrown instanceof ProcessReplacement)) {
        const error = toEnitError(thrown);
        await session.hooks.series("command:after", { ...call, milliseconds: elapsed(), outcome: { ok: false, error } });
        throw thrown;
      }
      replaceBy = thrown.program;
    }
    const shown = isStream(data) ? undefined : data;
    await session.hooks.series("command:after", { ...call, milliseconds: elapsed(), outcome: { ok: true, data: shown } });
    if (replaceBy !== undefined) return { replaceBy };
    if (!isStream(data)) await this.#present(data, name, command);
    return { exitCode: 0 };
  }

  #present(data: unknown, name: string, command: Command): Promise<void> {
    return presentData(data, command, { json: this.#json, ui: () => this.#ui(1), console: this.#console, name });
  }

  #findCommand(line: CommandLine, registry: PluginRegistry): { name: string; entry: PluginEntry; words: readonly string[] } {
    const { flags, words } = line;
    if (words.length === 0) {
      const name = flags.version && !flags.help ? "version" : "help";
      return { name, entry: this.#mustFind(name, registry), words };
    }
    const commands = registry.commands();
    const name = findCommandName(words, commands.keys());
    const entry = name === undefined ? undefined : commands.get(name);
    if (name !== undefined && entry !== undefined) return { name, entry, words: words.slice(name.split(" ").length) };
    const refused = registry.refusedWith(words[0] ?? "");
    if (refused?.error !== undefined) throw refused.error;
    if (words[0] === "knit-build") {
      throw new EnitError("unsupported", 'cannot run "knit-build": this enit does not build releases yet', { kind: "unsupported" });
    }
    throw unknownCommand(words, [...commands.keys()], this.#options.program);
  }

  #mustFind(name: string, registry: PluginRegistry): PluginEntry {
    const entry = registry.commands().get(name);
    if (entry === undefined) throw new Error(`no plugin brings the command ${name}`);
    return entry;
  }

  /** Each refused plugin once; `plugin list` shows them itself. */
  #reportRefused(registry: PluginRegistry, name: string, log: Log): void {
    if (name === "plugin list") return;
    for (const { error } of registry.entries) if (error !== undefined) log.warn(error.message);
  }

  #ui(descriptor: 1 | 2): Ui {
    return makeUi(this.#terminal(descriptor));
  }

  #terminal(descriptor: 1 | 2): Terminal {
    let terminal = this.#terminals.get(descriptor);
    if (terminal === undefined) {
      terminal = inspectTerminal(descriptor, this.#options.env);
      this.#terminals.set(descriptor, terminal);
    }
    return terminal;
  }
}

function settingFlags(flags: CommandLine["flags"]): SettingFlags {
  const { root, settings, definitionDir, hostDir, stateDir, otpRoot } = flags;
  const given = (list: readonly string[]): readonly string[] | undefined => (list.length === 0 ? undefined : list);
  return { root, settings, definitionDir, hostDir, stateDir, otpRoot, pluginDirs: given(flags.pluginDir), libDirs: given(flags.libDir) };
}

function pluginDirectories(executable: string, settings: HostSettings): PluginDirectory[] {
  const beside = join(dirname(executable), "plugins");
  return [
    { path: beside, origin: "beside the binary" },
    ...settings.pluginDirs.filter((path) => path !== beside).map((path) => ({ path, origin: path })),
  ];
}
