import { existsSync } from "node:fs";
import { join } from "node:path";
import { type ReleaseSpec, readReleaseFile } from "../../otp/index.ts";
import { isAtom, mapValue, string, type Term } from "../../term/index.ts";
import { mergeConfigFiles, mergeConfigs } from "../cascade.ts";
import type { ConfigFile } from "../config-file.ts";
import { configKey, type MergedConfig } from "../config-model.ts";
import { listNames, readBytesIfAny } from "../reading.ts";
import type { Release } from "../release.ts";
import { toSysConfig } from "../sys-config.ts";
import { formatOrigin, type Warning } from "../warning.ts";
import { cookieText } from "../node-values.ts";
import { type PackagedArguments, type ShippedKey, sortArguments } from "./arguments.ts";
import { type PackagedFiles, findPackagedFiles, packagedFiles } from "./packaged-files.ts";
import { readShippedConfig } from "./shipped-config.ts";
import type { Environment, Variables } from "./variables.ts";
import { readVmArgs } from "./vm-args.ts";

/** A release with its own emulator and applications, unpacked on this host. */
export interface PackagedRelease extends PackagedFiles, PackagedArguments {
  readonly ertsVersion: string;
  /** Whether it was asked for, in place of what the release starts. */
  readonly tried: boolean;
  /** What its `.rel` file says, if it has one. */
  readonly spec: ReleaseSpec | undefined;
  /** Its configuration as shipped. */
  readonly config: MergedConfig;
  /** What `.src` files are filled in with. */
  readonly variables: Variables;
}

/** A version of a packaged release, and that of its emulator. */
export interface PackagedVersion {
  readonly version: string;
  readonly ertsVersion: string;
}

/**
 * Reads a version of a packaged release: its arguments and its configuration, with variables filled in.
 *
 * `named`: default: what `releases/start_erl.data` names.
 *
 * @throws EnitError `packaged_release_invalid`, `unreadable`, `vm_args_invalid`, `config_syntax`, `config_invalid`, `variable_not_set`.
 */
export function readPackagedRelease(
  root: string,
  { values, ...options }: Variables,
  warnings: Warning[],
  named?: PackagedVersion,
): PackagedRelease {
  const { ertsVersion, ...files } =
    named === undefined
      ? findPackagedFiles(root)
      : { ...packagedFiles(root, named.version), ertsVersion: named.ertsVersion };
  const spec = readSpec(files);
  const variables = { ...options, values: { ...ownVariables(files, spec), ...values } };
  const tried = named !== undefined;
  return { ...files, ertsVersion, tried, spec, ...readShipped(files, spec, variables, warnings), variables };
}

/**
 * Renders what a version of a packaged release is configured with: what it ships with, and above it what the files of the host
 * say for the release.
 *
 * `vmArgs` hold no cookie, and nothing that enit sets by itself. The shipped `sys.config` is, in this order: `sys.config.src`,
 * `sys.config.shipped`, where another one took the place of `sys.config`, and `sys.config`.
 *
 * @throws EnitError as `readPackagedRelease`.
 */
export function renderPackagedConfig(
  root: string,
  version: string,
  release: Release & { readonly packaged: PackagedRelease },
): { readonly sysConfig: Term; readonly vmArgs: readonly string[] } {
  const files = packagedFiles(root, version);
  const spec = readSpec(files);
  const variables = { values: { ...release.packaged.variables.values, ...ownVariables(files, spec) } };
  const { config, args, extra } = readShipped(files, spec, variables, []);
  const ofHost = withoutShipped(release.config, release.packaged.config);
  return {
    sysConfig: toSysConfig(mergeConfigs(config, ofHost)),
    vmArgs: extra.length === 0 ? args : [...args, "-extra", ...extra],
  };
}

/** What is left of a configuration without what a package brought into it. */
function withoutShipped(config: MergedConfig, shipped: MergedConfig): MergedConfig {
  const files = new Set(shipped.files);
  const sections = config.sections.map((section) => ({
    ...section,
    keys: section.keys.filter(({ origin }) => "plugin" in origin || !files.has(origin.file)),
  }));
  return { ...config, sections, files: config.files.filter((file) => !files.has(file)) };
}

function readShipped(
  files: PackagedFiles,
  spec: ReleaseSpec | undefined,
  variables: Variables,
  warnings: Warning[],
): PackagedArguments & { readonly config: MergedConfig } {
  const { root, versionDir } = files;
  const written = readVmArgs(firstThatExists(versionDir, ["vm.args.src", "vm.args"]), { directory: root, variables });
  const applications = new Set(["kernel", "stdlib", ...(spec?.applications ?? []).map(({ name }) => name)]);
  const args = sortArguments(written, { directory: root, applications, warnings });
  const sysConfig = firstThatExists(versionDir, ["sys.config.src", "sys.config.shipped", "sys.config"]);
  const configFiles = [...(sysConfig === undefined ? [] : [sysConfig]), ...args.configFiles];
  const config = mergeConfigFiles([
    ...configFiles.flatMap((file) => readShippedConfig(file, { root, variables }, warnings)),
    ...[...readCookieFile(files), ...args.keys].map(asConfigFile),
  ]);
  warnOfReboot(config, warnings);
  return { ...args, config: { ...config, files: [...new Set(config.files)] } };
}

/** A VM that writes its own configuration and boots anew leaves nobody to tell what the files said from what it wrote. */
function warnOfReboot(config: MergedConfig, warnings: Warning[]): void {
  const entry = configKey(config, "elixir", "config_provider_init");
  if (entry === undefined || !isAtom(mapValue(entry.value, "reboot_system_after_config"), "true")) return;
  warnings.push({
    code: "reboots_after_config",
    message: `${formatOrigin(entry.origin)}: with reboot_system_after_config, enit reconfigure takes back what the providers set`,
    hint: "Make the release without it, as mix does by default.",
  });
}

/** What an argument says, as if a file of configuration did. */
function asConfigFile({ application, ...key }: ShippedKey): ConfigFile {
  const { origin } = key;
  return { file: origin.file, sections: [{ application, keys: [key], origin }], extensions: [] };
}

function firstThatExists(directory: string, names: readonly string[]): string | undefined {
  return names.map((name) => join(directory, name)).find((path) => existsSync(path));
}

/** Reads the `.rel` file of the version; there may be others beside it, as that of `start_clean`. */
function readSpec({ version, versionDir }: PackagedFiles): ReleaseSpec | undefined {
  const names = listNames(versionDir).filter((name) => name.endsWith(".rel"));
  return names.map((name) => readReleaseFile(join(versionDir, name))).find(({ vsn }) => vsn === version);
}

/** The variables that the start scripts of rebar3 and mix set for the files of a release. */
function ownVariables({ root, version }: PackagedFiles, spec: ReleaseSpec | undefined): Environment {
  return {
    ROOTDIR: root,
    RELEASE_ROOT: root,
    RELEASE_ROOT_DIR: root,
    RELEASE_VSN: version,
    REL_VSN: version,
    ...(spec === undefined ? {} : { RELEASE_NAME: spec.name, REL_NAME: spec.name }),
  };
}

/** mix keeps the cookie of a release in `releases/COOKIE`, which is weaker than `-setcookie`. */
function readCookieFile({ releasesDir }: PackagedFiles): ShippedKey[] {
  const file = join(releasesDir, "COOKIE");
  const content = readBytesIfAny(file);
  const cookie = content === undefined ? undefined : cookieText(new TextDecoder().decode(content).trim());
  if (cookie === undefined) return [];
  return [{ application: "node", name: "cookie", value: string(cookie), origin: { file, line: 1, column: 1 } }];
}
