import { closeSync, existsSync, openSync, readFileSync, readlinkSync, readSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { EnitError, systemCode } from "../../error/index.ts";
import type { ReleasePlaces } from "../release-files.ts";
import { findScript } from "../script.ts";
import type { VmFacts } from "../vm/facts.ts";
import { nativeKind } from "./elf.ts";
import { digestOf, type UpgradeTarball, unsuitable } from "./read-upgrade.ts";

/** What a tarball must fit. */
export interface TarballTarget extends ReleasePlaces {
  readonly release: string;
  /** The name in the `.rel` file of what runs. */
  readonly relName: string;
  readonly running: string;
  readonly facts: VmFacts;
  /** The program of the VM's process. */
  readonly executable: string;
  /** Whether the release is stopped and started for it, which takes no way, and any emulator. */
  readonly byRestart: boolean;
}

/** The first emulator's major version is that of OTP less 12. */
const OTP_ABOVE_ERTS = 12;

/**
 * Checks that a tarball fits what runs: the same release, OTP, system and machine, and a way from the version that runs, up by
 * its own relup, or down by that of what runs. Where the release is restarted for it, it takes no way, and may have another OTP.
 *
 * Throws `tarball_unsuitable`, `no_upgrade_path`.
 */
export function checkTarball(tarball: UpgradeTarball, target: TarballTarget): void {
  const { file, spec, relup, native } = tarball;
  const refuse = (state: string, data: Record<string, unknown>): EnitError => unsuitable(file, state, undefined, data);
  if (spec.name !== target.relName) {
    throw refuse(`it is of the release "${spec.name}", and "${target.relName}" runs`, { release: spec.name });
  }
  if (!target.byRestart && majorOf(spec.ertsVersion) !== majorOf(target.facts.ertsVersion)) {
    const otp = majorOf(spec.ertsVersion) + OTP_ABOVE_ERTS;
    const state = `it is made for Erlang/OTP ${otp}, and ${target.facts.otpRelease} runs`;
    throw unsuitable(file, state, "To stop the release and start it with that: --restart", { otp });
  }
  const own = kindOfProgram(target.executable);
  for (const [kind, path] of native) {
    if (own === undefined || kind === own) continue;
    throw refuse(`"${path}" in it is for another machine (${kind}) than the one that runs (${own})`, { member: path });
  }
  if (!spec.applications.some(({ name }) => name === "sasl")) {
    throw refuse("its release has no sasl, without which it could never be changed again", {});
  }
  if (target.byRestart || findScript(target.releasesDir, target.running, spec.vsn, relup) !== undefined) return;
  const from = relup?.up.map(({ version }) => version) ?? [];
  const ways = from.length === 0 ? "it has no relup" : `its relup leads from ${from.join(", ")}`;
  throw new EnitError(
    "no_upgrade_path",
    `cannot upgrade "${target.release}" to ${spec.vsn}: ${ways}, and ${target.running} runs`,
    {
      hint: "Build the tarball with the tarball of the running version among the older ones, go by a version between, or by a restart: --restart",
      data: { release: target.release, from: target.running, to: spec.vsn, ways: from },
    },
  );
}

/**
 * Checks that the file system has room for a tarball and all that is in it, and that what is there already of the same name is
 * the same: `release_handler` keeps files that are there.
 *
 * Throws `disk_full`, `files_differ`.
 */
export function checkPlace(tarball: UpgradeTarball, target: TarballTarget): void {
  const { root, release } = target;
  const missing = tarball.files.filter(({ path }) => !existsSync(join(root, path)));
  const { bavail, bsize } = statfsSync(root);
  const blocks =
    missing.reduce((sum, { size }) => sum + Math.ceil(size / bsize) + 1, 0) + Math.ceil(tarball.size / bsize);
  if (bavail < blocks + SPARE_BLOCKS) {
    const [needed, free] = [blocks + SPARE_BLOCKS, bavail].map((count) => Math.round((count * bsize) / 1e5) / 10);
    const state = `it takes ${needed} MB, and ${free} MB are free in ${root}`;
    throw new EnitError("disk_full", `cannot unpack "${tarball.file}": ${state}`, {
      kind: "io",
      hint: `Versions that are not needed any more can be removed: enit releases ${release} --remove VERSION`,
      data: { file: tarball.file, root, needed: (blocks + SPARE_BLOCKS) * bsize, free: bavail * bsize },
    });
  }
  const others = tarball.files.filter((each) => isOfRelease(each.path) && differs(root, each.path, each.digest));
  if (others.length === 0) return;
  const paths = others.map(({ path }) => path);
  const shown = paths.slice(0, 3).join(", ") + (paths.length > 3 ? `, and ${paths.length - 3} more` : "");
  throw new EnitError(
    "files_differ",
    `cannot unpack "${tarball.file}": ${root} has other files of that name: ${shown}`,
    {
      kind: "input",
      hint: "Code that changes needs a new version of its application. What an earlier attempt left there may be moved away.",
      data: { file: tarball.file, root, files: paths },
    },
  );
}

/** For what is written besides: `RELEASES` and the like, directories. */
const SPARE_BLOCKS = 64;

/** What must be as in the tarball: the rest of a root, `bin` or a log, is kept as it is. */
function isOfRelease(path: string): boolean {
  return /^(lib|erts-[^/]*)\//.test(path);
}

/** Gives the files of a tarball that are not in the root as they are in the tarball. */
export function findIncomplete(tarball: UpgradeTarball, root: string): string[] {
  const ofVersion = `releases/${tarball.spec.vsn}/`;
  return tarball.files
    .filter(({ path }) => isOfRelease(path) || path.startsWith(ofVersion))
    .filter(({ path, digest }) => !isThere(root, path, digest))
    .map(({ path }) => path);
}

/** A configuration that was rendered has taken the place of the one that came with the release, which is beside it then. */
function isThere(root: string, path: string, digest: string): boolean {
  return [path, `${path}.shipped`].some((each) => existsSync(join(root, each)) && !differs(root, each, digest));
}

function differs(root: string, path: string, digest: string): boolean {
  const file = join(root, path);
  try {
    return digestOf(readFileSync(file)) !== digest && digestOf(Buffer.from(readlinkSync(file))) !== digest;
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    // A file that is no link, and whose content differs.
    if (code === "EINVAL" || code === "EISDIR") return true;
    throw error;
  }
}

function majorOf(ertsVersion: string): number {
  return Number.parseInt(ertsVersion, 10);
}

function kindOfProgram(path: string): string | undefined {
  const bytes = new Uint8Array(20);
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    // The process of somebody else: what it runs is not ours to see.
    if (systemCode(error) !== undefined) return undefined;
    throw error;
  }
  try {
    readSync(fd, bytes);
  } finally {
    closeSync(fd);
  }
  return nativeKind(bytes);
}
