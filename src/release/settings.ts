import { join } from "node:path";
import type { SourcePosition } from "../error/index.ts";
import { SYSTEM_PATHS, userStateDir } from "./default-paths.ts";
import { type Given, type Lookup, collectGiven, givenInFile } from "./given.ts";
import { type Limit, readMilliseconds, readRetries, readSeconds } from "./limits.ts";
import { SETTINGS, type SettingFlags, type SettingName, type SettingOrigin } from "./setting-names.ts";
import { readSettingsFile, type SettingsFile } from "./settings-file.ts";
import type { TomlTable } from "./toml.ts";
import type { Warning } from "./warning.ts";

/** What holds for all releases of a host: paths and defaults. All paths are absolute. */
export interface HostSettings {
  /** Holds a directory for each release, with its `release.enit` and `*.config`. */
  readonly definitionDir: string;
  /** Holds a directory for each release, with the `*.config` of this host. */
  readonly hostDir: string;
  /** Holds a directory for each release that was started. */
  readonly stateDir: string;
  /** Where root keeps the state of releases, if `stateDir` is a user's own. */
  readonly systemStateDir: string | undefined;
  /** Where plugins are looked for, in this order; the one beside the binary comes before them. */
  readonly pluginDirs: readonly string[];
  /** The OTP installation to use; without it the one that is found. */
  readonly otpRoot: string | undefined;
  /** Directories that hold `APP/ebin` or `APP-VSN/ebin`. */
  readonly libDirs: readonly string[];
  /** From the variable `ERL_EPMD_PORT` of Erlang's. */
  readonly epmdPort: number | undefined;
  /** How often applications are started again that failed at the start of a release. Default: 0. */
  readonly startRetries: Limit;
  /** Seconds from a failed start of an application to the next. Default: 15. */
  readonly startDelaySeconds: number;
  /** Seconds until a stop is given up; written in milliseconds everywhere. Default: 10. */
  readonly stopTimeoutSeconds: Limit;
  /** The tables of plugins in `enit.toml`, by plugin. */
  readonly plugins: Readonly<Record<string, TomlTable>>;
  /** Where these tables begin. */
  readonly pluginPlaces: Readonly<Record<string, SourcePosition>>;
  /** The `enit.toml` that was looked for. */
  readonly settingsFile: string;
  readonly origins: Readonly<Record<SettingName, SettingOrigin>>;
  readonly warnings: readonly Warning[];
}

export interface SettingsInput {
  readonly flags?: SettingFlags;
  /** Default: the variables of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default: the working directory of this process. */
  readonly cwd?: string;
  /** The effective user. Default: the one of this process. */
  readonly uid?: number;
}

/**
 * Collects the settings of the host.
 *
 * `--root DIR` (or `ENIT_ROOT`) puts the defaults of all directories under DIR, and the absolute directories that
 * `enit.toml` names too; as a flag it is stronger than the variables of single directories. Without root privileges
 * the state lies in the home directory (see `userStateDir`). `enit.toml` is looked for in the host directory;
 * `--settings FILE` (or `ENIT_SETTINGS`) names another. Plugin directories add up, everything else replaces.
 *
 * @throws EnitError `unreadable`, `toml_syntax`, `settings_invalid`.
 */
export async function loadSettings(input: SettingsInput = {}): Promise<HostSettings> {
  const { flags = {}, env = process.env, cwd = process.cwd(), uid = process.geteuid?.() } = input;
  const given = collectGiven(flags, env, cwd);
  const root = given("root");
  const named = outranks(root, given("settings")) ? undefined : given("settings");
  const settingsFile = named?.path() ?? join(directory("hostDir", given, undefined, root).path, "enit.toml");
  const file = await readSettingsFile(settingsFile, KEYS, { mustExist: named !== undefined });

  const find = (name: SettingName): Given | undefined => given(name) ?? givenInFile(name, file);
  const definitionDir = directory("definitionDir", given, file, root);
  const hostDir = directory("hostDir", given, file, root);
  const systemState = uid === 0 || root !== undefined;
  const stateDir = directory("stateDir", given, file, root, systemState ? SYSTEM_PATHS.stateDir : userStateDir(env));
  const pluginDirs = [
    join(root?.path() ?? "/", SYSTEM_PATHS.pluginDir),
    join(hostDir.path, "plugins"),
    ...(given("pluginDirs")?.paths() ?? []),
    ...(givenInFile("pluginDirs", file)?.paths() ?? []),
  ];
  const origin = (name: SettingName): SettingOrigin => find(name)?.origin ?? DEFAULT;
  return {
    definitionDir: definitionDir.path,
    hostDir: hostDir.path,
    stateDir: stateDir.path,
    systemStateDir: stateDir.origin === DEFAULT && !systemState ? SYSTEM_PATHS.stateDir : undefined,
    pluginDirs: [...new Set(pluginDirs)],
    otpRoot: find("otpRoot")?.path(),
    libDirs: find("libDirs")?.paths() ?? [],
    epmdPort: readPort(env["ERL_EPMD_PORT"]),
    startRetries: find("startRetries")?.as(readRetries, RETRIES) ?? 0,
    startDelaySeconds: find("startDelay")?.as(readSeconds, SECONDS) ?? 15,
    stopTimeoutSeconds: find("stopTimeout")?.as(readMilliseconds, MILLISECONDS) ?? 10,
    plugins: file.plugins,
    pluginPlaces: file.pluginPlaces,
    settingsFile,
    origins: {
      definitionDir: definitionDir.origin,
      hostDir: hostDir.origin,
      stateDir: stateDir.origin,
      pluginDirs: origin("pluginDirs"),
      otpRoot: origin("otpRoot"),
      libDirs: origin("libDirs"),
      startRetries: origin("startRetries"),
      startDelay: origin("startDelay"),
      stopTimeout: origin("stopTimeout"),
    },
    warnings: file.warnings,
  };
}

const KEYS: ReadonlySet<string> = new Set(Object.values(SETTINGS).map((names) => names.key));
const DEFAULT: SettingOrigin = { kind: "default" };
const RETRIES = "it must be a number of retries or infinity";
const SECONDS = "it must be a number of seconds";
const MILLISECONDS = "it must be a number of milliseconds or infinity";

/** A directory that a root moves. */
function directory(
  name: "definitionDir" | "hostDir" | "stateDir",
  given: Lookup,
  file: SettingsFile | undefined,
  root: Given | undefined,
  fallback: string = SYSTEM_PATHS[name],
): { path: string; origin: SettingOrigin } {
  const own = given(name);
  if (own !== undefined && !outranks(root, own)) return { path: own.path(), origin: own.origin };
  const written = file === undefined ? undefined : givenInFile(name, file);
  if (root === undefined) return { path: written?.path() ?? fallback, origin: written?.origin ?? DEFAULT };
  if (written === undefined) return { path: join(root.path(), fallback), origin: root.origin };
  return { path: written.path(root.path()), origin: written.origin };
}

/** Only the flag `--root` is stronger than what was given for a single path, and only than a variable. */
function outranks(root: Given | undefined, own: Given | undefined): boolean {
  return root?.origin.kind === "flag" && own?.origin.kind === "variable";
}

function readPort(text: string | undefined): number | undefined {
  const port = /^\d+$/.test(text ?? "") ? Number(text) : 0;
  return port > 0 && port < 65536 ? port : undefined;
}
