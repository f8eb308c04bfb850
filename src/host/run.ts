import { join } from "node:path";
import type { ProgramStart, Successor } from "../contract/index.ts";
import { nearestName, toFileError, unlessAborted } from "../error/index.ts";
import { type HostSettings, type SettingFlags, describeOrigin, loadSettings } from "../release/index.ts";
import { callCommand } from "./call-command.ts";
import {
  type CommandLine,
  findCommandName,
  readCommandArguments,
  readCommandLine,
  unknownCommand,
  wantsHelp,
  wantsJson,
} from "./command-line.ts";
import { reportFailure } from "./failure.ts";
import { Screen } from "./output/index.ts";
import { pluginDirectories } from "./plugin-directories.ts";
import { type BuiltIn, type PluginEntry, PluginRegistry } from "./plugins/index.ts";
import { makeHostService } from "./services/host.ts";
import { makeServices } from "./services/index.ts";
import { Session } from "./session.ts";
import { type SignalWatch, watchSignals } from "./signals.ts";
import { watchStrays } from "./strays.ts";

export interface HostOptions {
  /** What follows the program's name. */
  readonly argv: readonly string[];
  /** The last part of the name that it was called by. */
  readonly program: "enit" | "knit";
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The binary, which `plugins/` may stand beside. */
  readonly executable: string;
  readonly builtIns: readonly BuiltIn[];
  /** Ends the process at once, for a second Ctrl-C. */
  readonly exit: (code: number) => never;
}

/** Runs one command line, from its words to its exit code. Returns unless the process becomes another program. */
export async function runHost(options: HostOptions): Promise<number> {
  const screen = new Screen(options.env, wantsJson(options.argv));
  const signals = watchSignals(options.exit);
  let exitCode: number;
  try {
    const ending = await runCommandLine(options, screen, signals);
    await screen.console.flush();
    exitCode = typeof ending === "number" ? ending : await become(ending);
  } catch (thrown) {
    exitCode = await reportFailure(thrown, { screen, signals, program: options.program });
  }
  await screen.console.flush();
  return exitCode;
}

async function runCommandLine(
  options: HostOptions,
  screen: Screen,
  signals: SignalWatch,
): Promise<number | Successor | ProgramStart> {
  const strays = watchStrays();
  const { argv, program, env, builtIns, executable } = options;
  const line = readCommandLine(program === "knit" ? ["knit-build", ...argv] : argv, program);
  const { flags } = line;
  screen.verbosity = verbosityOf(flags);

  const settings = await loadSettings({ flags: settingFlags(flags), env });
  const directories = flags.noPlugins ? [] : pluginDirectories(settings, { executable, flags: flags.pluginDir, env });
  const opening = PluginRegistry.open({
    builtIns,
    directories,
    trust: process.geteuid?.() === 0,
    warn: (message) => screen.log.warn(message),
  });
  // Code that waits for what never comes while it is loaded.
  const registry = await unlessAborted(signals.signal, opening);
  warnAbout(settings, registry, line.words, screen);
  if (!flags.noPlugins) warnOfTables(settings, registry, screen);
  const found = findCommand(line, registry);

  const services = makeServices(() => ({
    settings,
    host: makeHostService(registry, { version: options.version, program, executable }),
    hooks: session.hooks,
    log: screen.log,
    signal: signals.signal,
    progress: screen.progress.bind(screen),
    plugins: {
      openProject: async (directory) => {
        if (flags.noPlugins) return;
        const added = await registry.add({ path: join(directory, "plugins"), origin: "project" });
        for (const { error } of added) if (error !== undefined) screen.log.warn(warningText(error));
      },
      hasHook: (hook) => registry.withHook(hook).length > 0,
      overlayNames: () => registry.overlays(),
      findOverlay: (overlay) => session.prepareOverlay(overlay),
    },
  }));
  const session: Session = new Session(
    registry,
    {
      log: screen.log,
      signal: signals.signal,
      services,
      progress: screen.progress.bind(screen),
      openScreen: (wish) => screen.openLive(signals.signal, wish),
    },
    (plugin) => settings.plugins[plugin] ?? {},
  );
  let ending: number | Successor | ProgramStart = 0;
  try {
    ending = (await Promise.race([runFound(found, line, { session, registry, screen, signals }), strays])) ?? 0;
  } finally {
    await screen.closeLive();
    const errors = await session.cleanUp();
    for (const error of errors) screen.log.error(error.message);
    if (errors.length > 0 && ending === 0) ending = 1;
  }
  return ending;
}

/** A command that was found among all words, with the words that follow its name. */
interface FoundCommand {
  readonly name: string;
  readonly entry: PluginEntry;
  readonly words: readonly string[];
}

async function runFound(
  found: FoundCommand,
  line: CommandLine,
  run: {
    readonly session: Session;
    readonly registry: PluginRegistry;
    readonly screen: Screen;
    readonly signals: SignalWatch;
  },
): Promise<Successor | ProgramStart | undefined> {
  const { name, entry, words } = found;
  const { commands } = await run.registry.load(entry);
  const command = commands?.[name];
  if (command === undefined) throw new Error(`the plugin "${entry.name}" has no command "${name}"`);
  const { flags, readValues } = readCommandArguments(line, { name, command, words });
  run.screen.verbosity = verbosityOf(flags);
  // As flags they stand for commands of the same name.
  const wanted = flags.help ? "help" : flags.version ? "version" : name;
  if (wanted !== name) {
    const instead = mustFind(wanted, run.registry, wanted === "help" ? name.split(" ") : []);
    return runFound(instead, { ...line, leading: [] }, run);
  }
  const args = readValues();
  const ready = await run.session.prepare(entry, name);
  return callCommand({ ...ready, name, args }, run.session, run.screen, run.signals.abort);
}

function verbosityOf(flags: CommandLine["flags"]): Screen["verbosity"] {
  return flags.quiet ? "quiet" : flags.verbose ? "verbose" : "normal";
}

function findCommand(line: CommandLine, registry: PluginRegistry): FoundCommand {
  const { flags, words, program } = line;
  if (words.length === 0) return mustFind(flags.version && !flags.help ? "version" : "help", registry);
  const commands = registry.commands();
  const name = findCommandName(words, commands.keys());
  if (name !== undefined) return mustFind(name, registry, words.slice(name.split(" ").length));

  const refused = registry.refusedWith(words[0] ?? "");
  if (refused?.error !== undefined) throw refused.error;
  if (wantsHelp(words)) return mustFind("help", registry, wordsBeforeFlags(words));
  throw unknownCommand(words, [...commands.keys()], program);
}

function mustFind(name: string, registry: PluginRegistry, words: readonly string[] = []): FoundCommand {
  const entry = registry.commands().get(name);
  if (entry === undefined) throw new Error(`no plugin has the command "${name}"`);
  return { name, entry, words };
}

function wordsBeforeFlags(words: readonly string[]): readonly string[] {
  const end = words.findIndex((word) => word.startsWith("-"));
  return end < 0 ? words : words.slice(0, end);
}

/**
 * Tells of what is wrong around this run but does not stop it. `plugin list` shows refused plugins itself, and one whose
 * command is wanted is the error of this run.
 */
function warnAbout(settings: HostSettings, registry: PluginRegistry, words: readonly string[], screen: Screen): void {
  for (const warning of settings.warnings) screen.log.warn(warningText(warning));
  if (words[0] === "plugin" && words[1] === "list") return;
  const wanted = registry.refusedWith(words[0] ?? "");
  for (const entry of registry.refused()) if (entry !== wanted) screen.log.warn(warningText(entry.error));
}

function warningText({ message, hint }: { readonly message: string; readonly hint?: string | undefined }): string {
  return hint === undefined ? message : `${message}. ${hint}`;
}

/**
 * Tells of tables for plugins that there are not. A name that is like none may be that of a plugin which lies in a project.
 */
function warnOfTables({ pluginPlaces }: HostSettings, registry: PluginRegistry, screen: Screen): void {
  const known = registry.entries.map(({ name }) => name);
  for (const [name, position] of Object.entries(pluginPlaces)) {
    const nearest = known.includes(name) ? undefined : nearestName(name, known);
    if (nearest === undefined) continue;
    const place = describeOrigin({ kind: "file", position });
    screen.log.warn(`${place}: there is no plugin "${name}". Did you mean "${nearest}"?`);
  }
}

function settingFlags(flags: CommandLine["flags"]): SettingFlags {
  const { root, settings, definitionDir, hostDir, stateDir, otpRoot, pluginDir, libDir } = flags;
  return {
    root,
    settings,
    definitionDir,
    hostDir,
    stateDir,
    otpRoot,
    pluginDirs: pluginDir.length === 0 ? undefined : pluginDir,
    libDirs: libDir.length === 0 ? undefined : libDir,
  };
}

async function become(successor: Successor | ProgramStart): Promise<never> {
  if ("become" in successor) return successor.become();
  try {
    const { executeProgram } = await import("../system/index.ts");
    return await executeProgram(successor);
  } catch (cause) {
    throw toFileError(cause, { code: "exec_failed", action: "run", path: successor.path });
  }
}
