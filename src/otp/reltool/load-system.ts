import { EnitError } from "../../error/index.ts";
import { compareText } from "../../term/index.ts";
import { joinPath } from "../filename.ts";
import { type EmulatorLimits, readEmulatorLimits } from "../emulator-limits.ts";
import { type OtpInstallation, findOtp } from "../installation.ts";
import { findAppDirs, versionOfDir } from "./app-dirs.ts";
import { type MissingApp, appsNotFound } from "./app-errors.ts";
import { emptyAppInfo, readAppInfo } from "./app-info.ts";
import { findModules, joinModules } from "./app-modules.ts";
import type { AppConfig, SysConfig } from "./config.ts";
import { readEscripts } from "./escript-apps.ts";
import { labelOf } from "./labels.ts";
import { ModuleUses } from "./module-uses.ts";
import type { ReltoolWarning } from "./option-error.ts";
import { selectDir } from "./select-dir.ts";
import type { App, AppInfo, System } from "./system.ts";

/**
 * Finds all applications that a configuration could mean, each in the version that it selects.
 *
 * Directories are listed and `.app` files read; BEAM files are read when it is asked what they use.
 *
 * Throws `application_not_found` (all that are configured and not there), `erts_not_found`, `library_missing`, and what
 * `selectDir` and `readEscripts` throw.
 */
export function loadSystem(sys: SysConfig, otp: OtpInstallation, warn: (warning: ReltoolWarning) => void): System {
  const found = dirsByName(sys.rootDir, sys.libDirs);
  const configs = new Map(sys.apps.filter(({ escript }) => escript === undefined).map((each) => [each.name, each]));
  const isOwn = sys.rootDir === otp.root;
  const limits = (): EmulatorLimits =>
    readEmulatorLimits(sys.rootDir, isOwn ? otp.release : releaseOf(sys.rootDir, otp));
  const uses = new ModuleUses(systemDirs(isOwn ? found : dirsByName(otp.root, [])), otp.release, limits);
  const missing: MissingApp[] = [];
  const apps: App[] = [];
  for (const name of [...new Set([...found.keys(), ...configs.keys()])].sort(compareText)) {
    const dirs = found.get(name) ?? [];
    const config = configs.get(name);
    const read = (dir: string): AppInfo => readInfo(name, dir, warn);
    const selected = config === undefined ? first(dirs, read) : selectDir(config, dirs, read);
    if (selected === undefined) {
      if (config?.inclCond !== "exclude") missing.push({ name, neededBy: undefined });
      else warn({ code: "application_missing", message: `the application ${name}, which is excluded, is not there` });
    }
    apps.push(makeApp(config ?? { name, mods: new Map() }, selected?.dir, selected?.info, uses, warn));
  }
  if (missing.length > 0) throw appsNotFound(missing, sys, [...found.keys()]);
  const escripts = readEscripts(sys, apps, { uses, otp, warn });
  const all = [...apps, ...escripts].sort((a, b) => compareText(a.name, b.name));
  return { sys, release: otp.release, apps: withErts(all, sys, otp, warn) };
}

function first(dirs: readonly string[], read: (dir: string) => AppInfo): { dir: string; info: AppInfo } | undefined {
  const [dir] = dirs;
  return dir === undefined ? undefined : { dir, info: read(dir) };
}

/** erts has no `.app` file for reltool, even where there is one. */
function readInfo(name: string, dir: string, warn: (warning: ReltoolWarning) => void): AppInfo {
  const vsn = versionOfDir(name, dir);
  return name === "erts" ? emptyAppInfo(vsn) : readAppInfo(joinPath(dir, "ebin", `${name}.app`), name, vsn, warn);
}

function makeApp(
  config: AppConfig,
  dir: string | undefined,
  info: AppInfo | undefined,
  uses: ModuleUses,
  warn: (warning: ReltoolWarning) => void,
): App {
  const { name } = config;
  const known = info ?? emptyAppInfo("");
  const mods = joinModules(dir === undefined ? [] : findModules(dir, uses), known, config, warn);
  const label = labelOf(name, known.vsn);
  return { name, kind: "application", config, dir, vsn: known.vsn, label, info: known, mods, included: undefined };
}

function dirsByName(rootDir: string, libDirs: readonly string[]): ReadonlyMap<string, readonly string[]> {
  return new Map(findAppDirs(rootDir, libDirs).map(({ name, dirs }) => [name, dirs]));
}

/** Where the BEAM files are of modules that have functions of the emulator. */
function systemDirs(found: ReadonlyMap<string, readonly string[]>): string[] {
  return ["erts", "kernel", "stdlib"].flatMap(
    (name) =>
      found
        .get(name)
        ?.slice(0, 1)
        .map((dir) => joinPath(dir, "ebin")) ?? [],
  );
}

/** The OTP release of another root directory; what does not say it is taken for the one at hand. */
function releaseOf(rootDir: string, otp: OtpInstallation): number {
  try {
    return findOtp({ root: rootDir }).release;
  } catch (error) {
    if (error instanceof EnitError && error.code === "otp_not_found") return otp.release;
    throw error;
  }
}

/** The emulator must be there; that of the OTP at hand has a version even if its directory has none. */
function withErts(
  apps: readonly App[],
  sys: SysConfig,
  otp: OtpInstallation,
  warn: (warning: ReltoolWarning) => void,
): App[] {
  const erts = apps.find(({ name }) => name === "erts");
  if (erts === undefined) {
    throw new EnitError("erts_not_found", `cannot use "${sys.rootDir}" as root directory: it has no erts`, {
      kind: "input",
      data: { directory: sys.rootDir },
    });
  }
  if (erts.vsn !== "") return [...apps];
  if (sys.rootDir !== otp.root) {
    warn({ code: "erts_without_version", message: `erts in "${sys.rootDir}" has no version` });
    return [...apps];
  }
  const named = { ...erts, vsn: otp.ertsVersion, label: labelOf("erts", otp.ertsVersion) };
  return apps.map((app) => (app === erts ? named : app));
}
