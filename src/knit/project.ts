import { join } from "node:path";
import type { OtpInstallation } from "../otp/index.ts";
import type { BuildPlugins, BuildRequest, BuildTools } from "./build-request.ts";
import type { Config, Warn } from "./config/config.ts";
import { consultFile } from "./config/consult.ts";
import { findConfig } from "./config/find-config.ts";
import { type KnitOptions, readOptions } from "./config/options.ts";
import { type ReleaseConfig, resolveReleases } from "./config/releases.ts";
import { applyVariables, readVariables } from "./config/variables.ts";

/** Everything that is known before anything is made. */
export interface Project {
  readonly config: Config;
  readonly options: KnitOptions;
  readonly release: ReleaseConfig;
  /** The Erlang/OTP that is packed. */
  readonly otp: OtpInstallation;
  readonly plugins: BuildPlugins;
  /** Where the tarball belongs, absolute. */
  readonly tarball: string;
  /** Where the tarball of an upgrade belongs, absolute. */
  readonly upgradeTarball: string;
}

/** Reads the configuration, the variables of the command line, and the versions in the repository. Makes nothing. */
export async function openProject(request: BuildRequest, tools: BuildTools, warn: Warn): Promise<Project> {
  const variables = readVariables(request.variables ?? []);
  const place = findConfig(request.workingDirectory, request.configFile);
  const plugins = await tools.openProject(place.directory);
  const read = await consultFile(place.file, { otp: tools.findOtp, signal: tools.signal });
  const terms = await plugins.config(applyVariables(read.terms, variables), read.file);
  const config: Config = { file: read.file, directory: place.directory, terms, positionOf: read.positionOf };
  tools.log.debug(`read ${config.file}`);
  const options = readOptions(config, warn);
  const otp = tools.findOtp(options.rootDir);
  const release = await resolveReleases(options.sys, config, tools.signal);
  const name = `${release.name}-${release.version}.tar.gz`;
  const [tarball, upgradeTarball] = [join(options.releaseDir, name), join(options.upgradeDir, name)];
  return { config, options, release, otp, plugins, tarball, upgradeTarball };
}
