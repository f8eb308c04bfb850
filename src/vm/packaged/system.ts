import { existsSync } from "node:fs";
import { join } from "node:path";
import { EnitError, systemCode } from "../../error/index.ts";
import {
  encodeBoot,
  formatTermFile,
  installRelease,
  readWholeFile,
  releasesToTerm,
  writeFileAtomically,
} from "../../otp/index.ts";
import { formatSysConfig, invalidPackage, type PackagedRelease, type Release } from "../../release/index.ts";
import { describeNativeFile } from "../../system/index.ts";
import { asOwnerOf } from "../identity.ts";
import type { ReleaseFile } from "../release-files.ts";
import { statePaths } from "../state-paths.ts";
import type { Emulator, ReleaseSystem } from "../system.ts";
import {
  type BootScript,
  parseBootScript,
  pathVariables,
  shellScript,
  startsOfScript,
  withoutStarts,
} from "./boot-script.ts";

/** The boot file of a remote shell, beside that of the release. */
export const SHELL_BOOT = "shell";

/**
 * Finds what a packaged release boots from: its own emulator, its boot file, its libraries.
 *
 * Throws `packaged_release_invalid`, `otp_too_old`, `file_unreadable`.
 */
export function findPackagedSystem(release: Release & { readonly packaged: PackagedRelease }): ReleaseSystem {
  const { packaged } = release;
  const otp = findEmulator(packaged);
  const script = readBootScript(packaged);
  return {
    otp,
    applications: release.applications.map(({ name }) => name),
    starts: startsOfScript(script),
    files: () => packagedFiles(release, script, otp),
    packed: {
      releasesDir: packaged.releasesDir,
      args: [...modeOf(release), ...bootVariables(packaged, script), ...packaged.args],
      extra: packaged.extra,
      env: {
        RELEASE_ROOT: packaged.root,
        RELEASE_NAME: packaged.spec?.name ?? release.name,
        RELEASE_VSN: packaged.version,
        RELEASE_NODE: release.node.nodeName,
        // Without the extension: where configuration providers of Elixir look for what they change.
        RELEASE_SYS_CONFIG: join(statePaths(release.stateDir).releasesDir, packaged.version, "sys"),
      },
      shellArgs: bootVariables(packaged, script),
    },
  };
}

/** The first emulator that enit supports, and from which on its major version is that of OTP less 12. */
const OLDEST_ERTS = 13;
const OTP_ABOVE_ERTS = 12;

function findEmulator({ root, ertsVersion }: PackagedRelease): Emulator {
  const ertsDir = join(root, `erts-${ertsVersion}`);
  if (!existsSync(join(ertsDir, "bin", "erlexec"))) {
    const hint = "Pack the release with its emulator: include_erts in relx and mix, incl_erts in reltool.";
    throw invalidPackage(root, `it has no emulator erts-${ertsVersion}`, hint);
  }
  const major = Number.parseInt(ertsVersion, 10);
  if (!(major >= OLDEST_ERTS)) {
    throw new EnitError(
      "otp_too_old",
      `cannot use the release in "${root}": its emulator erts-${ertsVersion} is older than OTP 25`,
      {
        kind: "unsupported",
        hint: "Make the release with Erlang/OTP 25 or newer.",
        data: { root, ertsVersion, oldest: OLDEST_ERTS + OTP_ABOVE_ERTS },
      },
    );
  }
  checkMachine(root, join(ertsDir, "bin", "erlexec"));
  return { root, ertsDir, release: major + OTP_ABOVE_ERTS };
}

/** Programs for the machines on the right run on those on the left as well. */
const ALSO_RUN: Readonly<Record<string, string>> = { x86_64: "x86", aarch64: "arm" };

function checkMachine(root: string, program: string): void {
  const machine = machineOf(program);
  const own = machineOf(process.execPath);
  if (machine === undefined || own === undefined || machine === own || machine === ALSO_RUN[own]) return;
  const hint = "Unpack one that was made for this machine.";
  throw invalidPackage(root, `its emulator is for ${machine}, and this machine is ${own}`, hint);
}

function machineOf(program: string): string | undefined {
  try {
    return describeNativeFile(program)?.split(" ", 1)[0];
  } catch (error) {
    // Who may not read it may be allowed to run it.
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}

function readBootScript({ root, versionDir, version, spec }: PackagedRelease): BootScript {
  const names = ["start.boot", ...(spec === undefined ? [] : [`${spec.name}.boot`])];
  const file = names.map((name) => join(versionDir, name)).find((path) => existsSync(path));
  if (file === undefined) throw invalidPackage(root, `releases/${version} holds no ${names.join(" and no ")}`);
  return parseBootScript(readWholeFile(file), root, file);
}

/** As the start scripts of rebar, relx and mix: all code is loaded at the start, so that none is missing later. */
function modeOf({ packaged, node }: Release & { readonly packaged: PackagedRelease }): string[] {
  return [...packaged.args, ...node.vmArgs].includes("-mode") ? [] : ["-mode", "embedded"];
}

/** Where the paths of the boot script begin: relx and mix have names of their own for `lib`. */
function bootVariables({ root, args }: PackagedRelease, script: BootScript): string[] {
  const given = new Set(args.filter((_, index) => args[index - 1] === "-boot_var"));
  return pathVariables(script).flatMap((name) => (given.has(name) ? [] : ["-boot_var", name, join(root, "lib")]));
}

function packagedFiles(release: Release, script: BootScript, otp: Emulator): ReleaseFile[] {
  const inVersion = (name: string): string => join(release.version, name);
  const readable = 0o644;
  return [
    { name: inVersion("start.boot"), content: encodeBoot(withoutStarts(script), otp), mode: readable },
    { name: inVersion(`${SHELL_BOOT}.boot`), content: encodeBoot(shellScript(script), otp), mode: readable },
    // Passwords of data bases and the like stand in the configuration of applications.
    { name: inVersion("sys.config"), content: formatSysConfig(release.config), mode: 0o600 },
  ];
}

/**
 * Writes `releases/RELEASES`, without which `release_handler` knows nothing of the libraries of a release, unless there is one
 * or it may not be written.
 */
export function completePackage({ releasesDir, spec }: PackagedRelease, otp: Emulator): void {
  const file = join(releasesDir, "RELEASES");
  if (spec === undefined || existsSync(file)) return;
  const content = formatTermFile(releasesToTerm([installRelease(spec)]), { otp: otp.release });
  try {
    asOwnerOf(releasesDir, () => writeFileAtomically(file, content));
  } catch (error) {
    // The release runs without it, and only cannot be upgraded.
    if (!(error instanceof EnitError) || error.code !== "file_unwritable") throw error;
  }
}
