import { existsSync } from "node:fs";
import { join } from "node:path";
import { EnitError, nearestName } from "../error/index.ts";
import { joinApplications } from "./application-list.ts";
import { readCascade } from "./cascade.ts";
import type { ApplicationRequest, MergedConfig } from "./config-model.ts";
import { readDefinition } from "./definition.ts";
import { matchReleaseName } from "./match.ts";
import { type NodeSettings, readNodeSettings } from "./node-settings.ts";
import type { HostSettings } from "./settings.ts";
import { listNames } from "./reading.ts";
import { type Warning, formatPlace } from "./warning.ts";

/** A release as its files describe it. */
export interface Release {
  readonly name: string;
  readonly version: string;
  /** Those of the definition, then those that extensions add, each once. */
  readonly applications: readonly ApplicationRequest[];
  /** The names of the extensions in the order of the files, each once. */
  readonly extensions: readonly string[];
  readonly definitionDir: string;
  readonly hostDir: string;
  readonly stateDir: string;
  readonly config: MergedConfig;
  readonly node: NodeSettings;
  readonly warnings: readonly Warning[];
}

export interface LoadOptions {
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
 * @throws EnitError `release_not_found`, `definition_syntax`, `definition_invalid`, `config_syntax`, `config_invalid`,
 * `no_cookie`, `invalid_node_setting`, `unreadable`.
 */
export async function loadRelease(name: string, settings: HostSettings, options: LoadOptions = {}): Promise<Release> {
  const warnings: Warning[] = [];
  const definitionDir = join(settings.definitionDir, name);
  const hostDir = join(settings.hostDir, name);
  const definition = isReleaseName(name) ? readDefinition(join(definitionDir, DEFINITION), name, warnings) : undefined;
  if (definition === undefined) throw releaseNotFound(name, settings);
  const written = readCascade([definitionDir, hostDir], warnings);
  const config = (await options.resolveConfig?.(written, { name, version: definition.version })) ?? written;
  return {
    name,
    version: definition.version,
    applications: joinApplications(
      [definition.applications, ...config.extensions.map(({ applications }) => applications)],
      (kept, dropped) => warnings.push(droppedApplication(kept, dropped)),
    ),
    extensions: [...new Set(config.extensions.map((extension) => extension.name))],
    definitionDir,
    hostDir,
    stateDir: releaseStateDir(name, settings),
    config,
    node: readNodeSettings({ name, hostDir }, config, settings, warnings),
    warnings,
  };
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
 * Lists the names of the releases that are defined: the directories with a `release.enit`, sorted.
 *
 * @throws EnitError `unreadable`.
 */
export function listReleaseNames(settings: Pick<HostSettings, "definitionDir">): string[] {
  const { definitionDir } = settings;
  return listNames(definitionDir).filter(
    (name) => isReleaseName(name) && existsSync(join(definitionDir, name, DEFINITION)),
  );
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

function droppedApplication(kept: ApplicationRequest, dropped: ApplicationRequest): Warning {
  return {
    code: "application_twice",
    message: `${formatPlace(dropped.position)}: ${dropped.name} is in the release already, as ${formatPlace(kept.position)} says`,
    hint: "Of several mentions of an application the first counts, with its version and type.",
    position: dropped.position,
  };
}
