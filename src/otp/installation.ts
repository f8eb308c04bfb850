import { EnitError } from "../error/index.ts";
import { listDirectoryIfAny, readFileIfAny, realPathIfAny } from "./files.ts";
import { directoryOf, joinPath } from "./filename.ts";
import { parseStartErlData } from "./start-erl-data.ts";
import { compareVersions } from "./version.ts";

const OLDEST_RELEASE = 25;

/** An Erlang/OTP installation. All paths are absolute if the root is. */
export interface OtpInstallation {
  /** What `code:root_dir/0` says: the directory of `bin`, `lib`, `releases` and `erts-*`. */
  readonly root: string;
  /** The OTP release: 25. */
  readonly release: number;
  /** The full version, as `releases/RELEASE/OTP_VERSION` has it: `25.2.3`. */
  readonly version: string;
  /** The version of the emulator: `13.1.5`. */
  readonly ertsVersion: string;
  /** Where the emulator lies: `ROOT/erts-13.1.5`. */
  readonly ertsDir: string;
  /** Where the libraries lie: `ROOT/lib`. */
  readonly libDir: string;
  /** Where the release's own boot files lie: `ROOT/releases/25`. */
  readonly releaseDir: string;
}

export interface FindOtpOptions {
  /** The root directory of the installation. Without it, `erl` is looked for. */
  readonly root?: string | undefined;
  /** The environment to look in (`ERL_ROOTDIR`, `PATH`). Default: the process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Finds an Erlang/OTP installation and its versions, without starting a VM.
 *
 * It is, in this order: the root given; the one that `ERL_ROOTDIR` names, as for `erl` itself; that of the first
 * `erl` on `PATH`, its symbolic links followed, or the `ROOTDIR` that this shell script sets.
 *
 * Throws `otp_not_found`, and `otp_too_old` for a release before 25.
 */
export function findOtp(options: FindOtpOptions = {}): OtpInstallation {
  const env = options.env ?? process.env;
  if (options.root !== undefined) return installationAt(options.root, `"${options.root}"`);
  const named = env["ERL_ROOTDIR"];
  if (named !== undefined && named !== "") return installationAt(named, `"${named}" (ERL_ROOTDIR)`);
  return installationOfErl(env["PATH"] ?? "");
}

function installationAt(root: string, shown: string): OtpInstallation {
  const found = readInstallation(root);
  if (found !== undefined) return found;
  throw new EnitError("otp_not_found", `cannot use ${shown} as Erlang/OTP: it has no releases/*/OTP_VERSION`, {
    kind: "input",
    hint: "Name the directory that holds Erlang's bin, lib, releases and erts-*; erl -eval 'io:put_chars(code:root_dir())' prints it.",
    data: { root },
  });
}

function installationOfErl(path: string): OtpInstallation {
  for (const directory of path.split(":")) {
    const erl = directory === "" ? undefined : realPathIfAny(joinPath(directory, "erl"));
    if (erl === undefined) continue;
    const found = readInstallation(directoryOf(directoryOf(erl))) ?? installationNamedIn(erl);
    if (found !== undefined) return found;
  }
  throw new EnitError("otp_not_found", `cannot find Erlang/OTP: no erl of an installation in PATH (${path})`, {
    hint: "Install it (Debian and Ubuntu: apt install erlang-base), or name its root directory with otp_root or ERL_ROOTDIR.",
    data: { path },
  });
}

/** The installation whose root an `erl` that lies elsewhere sets: `ROOTDIR=/usr/lib/erlang`, or within a call. */
function installationNamedIn(erl: string): OtpInstallation | undefined {
  const script = readFileIfAny(erl)?.toString("latin1") ?? "";
  for (const [, root] of script.matchAll(/^\s*ROOTDIR=.*?"?(\/[^"\s$)]+)"?\)?\s*$/gm)) {
    const found = root === undefined ? undefined : readInstallation(root);
    if (found !== undefined) return found;
  }
  return undefined;
}

function readInstallation(root: string): OtpInstallation | undefined {
  const releases = joinPath(root, "releases");
  const text = readFileIfAny(joinPath(releases, "start_erl.data"))?.toString("utf8");
  const current = text === undefined ? undefined : parseStartErlData(text);
  if (current === undefined) return undefined;
  const release = readRelease(releases, current.vsn);
  if (release === undefined) return undefined;
  const version = release.version;
  const major = Number.parseInt(version.replace(/^R/, ""), 10);
  if (version.startsWith("R") || major < OLDEST_RELEASE) throw tooOld(root, version);
  return {
    root,
    release: major,
    version,
    ertsVersion: current.ertsVersion,
    ertsDir: joinPath(root, `erts-${current.ertsVersion}`),
    libDir: joinPath(root, "lib"),
    releaseDir: release.directory,
  };
}

/**
 * Reads `OTP_VERSION` of the release that `start_erl.data` names, or of the newest one there is: that file names
 * another release once one has been installed by `release_handler`. Releases before 17 had no such file.
 */
function readRelease(releases: string, named: string): { directory: string; version: string } | undefined {
  if (/^R\d/.test(named)) return { directory: joinPath(releases, named), version: named };
  const read = (name: string): { directory: string; version: string } | undefined => {
    const directory = joinPath(releases, name);
    const version = /^\d[\w.-]*/.exec(readFileIfAny(joinPath(directory, "OTP_VERSION"))?.toString("utf8") ?? "")?.[0];
    return version === undefined ? undefined : { directory, version };
  };
  return (
    read(named) ??
    (listDirectoryIfAny(releases) ?? [])
      .flatMap((name) => read(name) ?? [])
      .sort((a, b) => compareVersions(b.version, a.version))[0]
  );
}

function tooOld(root: string, version: string): EnitError {
  return new EnitError(
    "otp_too_old",
    `cannot use Erlang/OTP ${version} in "${root}": it is older than ${OLDEST_RELEASE}`,
    {
      kind: "unsupported",
      hint: `Install Erlang/OTP ${OLDEST_RELEASE} or newer, or name another installation with otp_root or ERL_ROOTDIR.`,
      data: { root, version, oldest: OLDEST_RELEASE },
    },
  );
}
