import { existsSync } from "node:fs";
import { join } from "node:path";
import { EnitError, nearestName, type SourcePosition } from "../error/index.ts";
import { joinApplications } from "./application-list.ts";
import { listConfigFiles, mergeConfigs, readCascade } from "./cascade.ts";
import { type ApplicationRequest, configKey, type MergedConfig } from "./config-model.ts";
import { type ReleaseDefinition, readDefinition } from "./definition.ts";
import { matchReleaseName } from "./match.ts";
import { type NodeSettings, readNodeEnvironment, readNodeSettings, readPackagedRoot } from "./node-settings.ts";
import type { Environment, PackagedRelease, PackagedVersion } from "./packaged/index.ts";
import type { HostSettings } from "./settings.ts";
import { listNames, readBytesIfAny } from "./reading.ts";
import { type Warning, formatPlace } from "./warning.ts";

/** A release as its files describe it. */
export interface Release {
  readonly name: string;
  readonly version: string;
  /** Those of the definition, then those that extensions add, each once; of a packaged release, those of its `.rel` file. */
  readonly applications: readonly ApplicationRequest[];
  /** The names of the extensions in the order of the files, each once. */
  readonly extensions: readonly string[];
  readonly definitionDir: string;
  readonly hostDir: string;
  readonly stateDir: string;
  readonly config: MergedConfig;
  readonly node: NodeSettings;
  /** What is packed in it, if it is a packaged release; its configuration is part of `config` already. */
  readonly packaged: PackagedRelease | undefined;
  readonly warnings: readonly Warning[];
}

/** Whether a release is a packaged one. */
export function isPackaged(release: Release): release is Release & { readonly packaged: PackagedRelease } {
  return release.packaged !== undefined;
}

export interface LoadOptions {
  /** Gives what variables in the files of packaged releases stand for, if that is not the environment of this process. */
  readonly environment?: ((stateDir: string) => Promise<Environment | undefined>) | undefined;
  /** The version of a packaged release that is loaded. Default: what it starts. */
  readonly packagedVersion?: PackagedVersion;
  /** Whether variables there that are not set stay as they are written, instead of being an error. */
  readonly keepUnset?: boolean;
  /** Whether a release without a cookie is no error: it is merely looked at. */
  readonly needsNoCookie?: boolean | undefined;
  /** Changes the merged configuration before anything is read from it. */
  readonly resolveConfig?: (
    config: MergedConfig,
    release: { readonly name: string; readonly version: string },
  ) => Promise<MergedConfig>;
}

const DEFINITION = "release.enit";

/**
 * Loads a release: its definition, the cascade of its config files, and its node settings.
 *
 * A packaged release, the `root` of which the section `node` names, needs no definition besides its config files; what it
 * ships with is the weakest part of the cascade.
 *
 * @throws EnitError `release_not_found`, `definition_syntax`, `definition_invalid`, `config_syntax`, `config_invalid`,
 * `no_cookie`, `invalid_node_setting`, `unreadable`, and what `readPackagedRelease` throws.
 */
export async function loadRelease(name: string, settings: HostSettings, options: LoadOptions = {}): Promise<Release> {
  const { needsNoCookie } = options;
  const warnings: Warning[] = [];
  const definitionDir = join(settings.definitionDir, name);
  const hostDir = join(settings.hostDir, name);
  if (!isReleaseName(name) || !isDefined(definitionDir)) throw releaseNotFound(name, settings);
  const file = join(definitionDir, DEFINITION);
  const content = readBytesIfAny(file);
  const ofHost = readCascade([definitionDir, hostDir], warnings);
  const root = readPackagedRoot(ofHost);
  const definition = content && readDefinition(content, file, name, warnings, { packaged: root !== undefined });
  const stateDir = releaseStateDir(name, settings);
  const packaged = root === undefined ? undefined : await readPackaged(root, ofHost, stateDir, options, warnings);
  const version = packaged?.version ?? definition?.version;
  if (version === undefined) throw noDefinition(name, definitionDir);
  const written = packaged === undefined ? ofHost : mergePackaged(packaged.config, ofHost);
  const config = (await options.resolveConfig?.(written, { name, version })) ?? written;
  return {
    name,
    version,
    applications: packaged === undefined ? applicationsOf(definition, config, warnings) : packedApplications(packaged),
    extensions: [...new Set(config.extensions.map((extension) => extension.name))],
    definitionDir,
    hostDir,
    stateDir,
    config,
    node: readNodeSettings({ name, hostDir, needsNoCookie }, config, settings, warnings, packaged),
    packaged,
    warnings,
  };
}

/** Variables of the section `node` are stronger than those of the environment, as they are in the VM. */
async function readPackaged(
  root: string,
  config: MergedConfig,
  stateDir: string,
  { environment, keepUnset = false, packagedVersion }: LoadOptions,
  warnings: Warning[],
): Promise<PackagedRelease> {
  const env = Object.fromEntries(readNodeEnvironment(config));
  for (const { position } of config.extensions) warnings.push(ignoredExtension(position));
  const values = { ...process.env, ...(await environment?.(stateDir)), ...env };
  const { readPackagedRelease } = await import("./packaged/index.ts");
  return readPackagedRelease(root, { values, keepUnset }, warnings, packagedVersion);
}

/** What the package says of the kind of its node's name is for that name alone. */
function mergePackaged(packaged: MergedConfig, ofHost: MergedConfig): MergedConfig {
  if (configKey(ofHost, "node", "nodename") === undefined) return mergeConfigs(packaged, ofHost);
  const sections = packaged.sections.map((section) =>
    section.application === "node"
      ? { ...section, keys: section.keys.filter(({ name }) => name !== "long_names") }
      : section,
  );
  return mergeConfigs({ ...packaged, sections }, ofHost);
}

function applicationsOf(
  definition: ReleaseDefinition | undefined,
  { extensions }: MergedConfig,
  warnings: Warning[],
): readonly ApplicationRequest[] {
  return joinApplications(
    [definition?.applications ?? [], ...extensions.map(({ applications }) => applications)],
    (kept, dropped) => warnings.push(droppedApplication(kept, dropped)),
  );
}

function packedApplications({ spec, versionDir }: PackagedRelease): readonly ApplicationRequest[] {
  const applications: ApplicationRequest[] = [];
  for (const { name, vsn, type, position } of spec?.applications ?? []) {
    const place = { file: position?.file ?? versionDir, line: position?.line ?? 1, column: position?.column ?? 1 };
    applications.push(type === undefined ? { name, vsn, position: place } : { name, vsn, type, position: place });
  }
  return applications;
}

/** A release, or why it cannot be loaded. */
export type LoadedRelease =
  | { readonly name: string; readonly release: Release }
  | { readonly name: string; readonly stateDir: string; readonly error: EnitError };

/**
 * Loads all releases, in the order of their names; those that are broken come with their errors.
 *
 * @throws EnitError `unreadable` if the definition directory cannot be listed.
 */
export function loadReleases(settings: HostSettings, options: LoadOptions = {}): Promise<LoadedRelease[]> {
  return Promise.all(
    listReleaseNames(settings).map(async (name): Promise<LoadedRelease> => {
      try {
        return { name, release: await loadRelease(name, settings, options) };
      } catch (error) {
        if (error instanceof EnitError) return { name, stateDir: releaseStateDir(name, settings), error };
        throw error;
      }
    }),
  );
}

/**
 * Lists the names of the releases that are defined: the directories with a `release.enit` or a config file, sorted.
 *
 * @throws EnitError `unreadable`.
 */
export function listReleaseNames(settings: Pick<HostSettings, "definitionDir">): string[] {
  const { definitionDir } = settings;
  return listNames(definitionDir).filter((name) => isReleaseName(name) && isDefined(join(definitionDir, name)));
}

/** A packaged release needs no definition: its config files say where it is. */
function isDefined(directory: string): boolean {
  const definition = join(directory, DEFINITION);
  if (existsSync(definition)) return true;
  try {
    return listConfigFiles(directory).length > 0 || readBytesIfAny(definition) !== undefined;
  } catch (error) {
    // A directory that nobody may look into is one all the same, and says so when it is loaded; a file is none.
    if (error instanceof EnitError) return error.data["reason"] !== "ENOTDIR";
    throw error;
  }
}

/**
 * Finds the release that a command names: the very name, or with `match` what `matchReleaseName` makes of it.
 *
 * Without `match` nothing is looked up: that a release does not exist shows when it is loaded.
 *
 * @throws EnitError `release_not_found`, `ambiguous_match`, `unreadable`.
 */
export function findReleaseName(text: string, settings: HostSettings, options: { match: boolean }): string {
  if (!options.match) return text;
  const name = matchReleaseName(text, listReleaseNames(settings));
  if (name === undefined) throw releaseNotFound(text, settings);
  return name;
}

/**
 * The directory that holds the state of a release, whether its files can be read or not.
 *
 * For a user with a state directory of their own, a release that root started has its state where root keeps it.
 */
export function releaseStateDir(name: string, settings: HostSettings): string {
  const ofSystem = settings.systemStateDir === undefined ? undefined : join(settings.systemStateDir, name);
  return ofSystem !== undefined && existsSync(ofSystem) ? ofSystem : join(settings.stateDir, name);
}

/** The name of a directory that is not hidden, and nothing that leads elsewhere. */
function isReleaseName(name: string): boolean {
  return /^[^./\0][^/\0]*$/.test(name);
}

function releaseNotFound(name: string, settings: HostSettings): EnitError {
  const { definitionDir } = settings;
  const known = listReleaseNames(settings);
  const nearest = nearestName(name, known);
  let hint = `No releases are defined there: write ${join(definitionDir, "NAME", DEFINITION)}, or name another directory with --definition-dir or --root.`;
  if (known.length > 0) hint = `Known are ${known.join(", ")}.`;
  if (nearest !== undefined) hint = `Did you mean "${nearest}"?`;
  return new EnitError("release_not_found", `cannot find the release "${name}": it is not in ${definitionDir}`, {
    kind: "input",
    hint,
    data: { name, definitionDir, known, ...(nearest === undefined ? {} : { nearest }) },
  });
}

/** What has config files alone is a packaged release, or else incomplete. */
function noDefinition(name: string, definitionDir: string): EnitError {
  const file = join(definitionDir, DEFINITION);
  return new EnitError("no_definition", `cannot use the release "${name}": there is no ${file}`, {
    kind: "input",
    hint: 'Write it, or name the directory of a packaged release in a config file: {node, [{root, "/opt/..."}]}.',
    data: { release: name, file },
  });
}

function ignoredExtension(position: Required<SourcePosition>): Warning {
  return {
    code: "ignored_extension",
    message: `${formatPlace(position)}: applications cannot be added to a packaged release`,
    hint: "The configuration in this file counts all the same.",
    position,
  };
}

function droppedApplication(kept: ApplicationRequest, dropped: ApplicationRequest): Warning {
  return {
    code: "application_twice",
    message: `${formatPlace(dropped.position)}: ${dropped.name} is in the release already, as ${formatPlace(kept.position)} says`,
    hint: "Of several mentions of an application the first counts, with its version and type.",
    position: dropped.position,
  };
}
