/**
 * Copies of the code that a VM runs. A package manager puts a new version of an application in the place of the old one, whose
 * code is needed then: to see what changed, to convert states, and to go back.
 */
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { describeSystemError, EnitError, systemCode } from "../error/index.ts";
import type { ResolvedApplication } from "../otp/index.ts";
import { asOwnerOf } from "./identity.ts";
import { statePaths } from "./state-paths.ts";
import { writingState } from "./writing-state.ts";

/**
 * What is larger is not kept, of one application and of all, in bytes of `ebin` and `priv`: the state directory lies in memory
 * as a rule.
 */
const MAX_BYTES = 64 * 2 ** 20;
const MAX_TOTAL_BYTES = 256 * 2 ** 20;

/** What no running emulator changes. */
const CORE = new Set(["kernel", "stdlib", "sasl"]);

export interface KeptLibrary {
  readonly name: string;
  readonly vsn: string;
}

export interface KeepOptions {
  /** OTP's own applications lie there, which come and go with OTP alone. */
  readonly otpLibDir: string;
  /** The group of the VM, which reads them. */
  readonly gid: number;
}

/**
 * Keeps `ebin` and `priv` of applications, unless they are OTP's own or kept already. Only for whoever holds the lock.
 *
 * Throws `code_not_kept`; what was begun is removed.
 */
export function keepCode(stateDir: string, applications: readonly ResolvedApplication[], options: KeepOptions): void {
  asOwnerOf(stateDir, () => keepAll(stateDir, applications, options));
}

function keepAll(stateDir: string, applications: readonly ResolvedApplication[], options: KeepOptions): void {
  const { keptDir } = statePaths(stateDir);
  let left = MAX_TOTAL_BYTES;
  for (const application of applications.filter((each) => !isOfOtp(each, options))) {
    const target = keptPlace(stateDir, application);
    const parts = ["ebin", "priv"].filter((part) => existsSync(join(application.dir, part)));
    const begun = `${target}.new`;
    try {
      if (existsSync(target)) continue;
      const limit = Math.min(MAX_BYTES, left);
      const size = parts.reduce((sum, part) => sum + sizeOf(join(application.dir, part), limit - sum), 0);
      if (size > limit) continue;
      left -= size;
      mkdirSync(keptDir, { recursive: true, mode: 0o755 });
      chmodSync(keptDir, 0o755);
      rmSync(begun, { recursive: true, force: true });
      for (const part of parts) cpSync(join(application.dir, part), join(begun, part), COPYING);
      open(begun, options.gid);
      renameSync(begun, target);
    } catch (error) {
      if (existsSync(begun)) rmSync(begun, { recursive: true });
      throw notKept(application, stateDir, error);
    }
  }
}

/** Where the code of an application is kept; `undefined` if it is not. */
export function findKept(stateDir: string, library: KeptLibrary): string | undefined {
  const place = keptPlace(stateDir, library);
  return existsSync(place) ? place : undefined;
}

/** Removes what is kept for nobody. Only for whoever holds the lock. Throws `state_dir_unwritable`. */
export function pruneKept(stateDir: string, needed: readonly KeptLibrary[]): void {
  const { keptDir } = statePaths(stateDir);
  const names = new Set(needed.map(({ name, vsn }) => `${name}-${vsn}`));
  const prune = (): void => {
    for (const entry of existsSync(keptDir) ? readdirSync(keptDir) : []) {
      if (!names.has(entry)) rmSync(join(keptDir, entry), { recursive: true, force: true });
    }
  };
  writingState(stateDir, () => asOwnerOf(stateDir, prune));
}

function keptPlace(stateDir: string, { name, vsn }: KeptLibrary): string {
  return join(statePaths(stateDir).keptDir, `${name}-${vsn}`);
}

/** Those of OTP say what they need to run with (`runtime_dependencies`), which hardly any other does. */
function isOfOtp({ name, dir, spec }: ResolvedApplication, { otpLibDir }: KeepOptions): boolean {
  return CORE.has(name) || (dir.startsWith(`${otpLibDir}/`) && spec.runtimeDependencies.length > 0);
}

/** What a link leads to may go with its package, or have gone already. */
const COPYING = { recursive: true, dereference: true, filter: isFileOrDirectory };

function isFileOrDirectory(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && (stat.isFile() || stat.isDirectory());
}

/** The bytes of files below a path, links followed; no longer counted than to a number above the limit. */
function sizeOf(path: string, limit: number): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory() !== true) return stat?.isFile() === true ? stat.size : 0;
  let size = 0;
  for (const name of readdirSync(path)) {
    size += sizeOf(join(path, name), limit - size);
    if (size > limit) break;
  }
  return size;
}

/** Has the group read what is ours. */
function open(path: string, gid: number): void {
  const stat = lstatSync(path);
  if (process.geteuid?.() === 0) chownSync(path, 0, gid);
  const isProgram = stat.isDirectory() || (stat.mode & 0o100) !== 0;
  chmodSync(path, isProgram ? 0o750 : 0o640);
  if (stat.isDirectory()) for (const name of readdirSync(path)) open(join(path, name), gid);
}

function notKept({ name, vsn }: KeptLibrary, stateDir: string, cause: unknown): unknown {
  const reason = systemCode(cause);
  if (reason === undefined) return cause;
  const file = cause instanceof Error && "path" in cause ? String(cause.path) : `${stateDir}/`;
  const state = `${describeSystemError(cause)}${file.startsWith(`${stateDir}/`) ? "" : ` (${file})`}`;
  return new EnitError("code_not_kept", `cannot keep the code of ${name} ${vsn} in "${stateDir}": ${state}`, {
    kind: "io",
    hint: "Should a package replace it, the release needs a restart. {node, [{keep_code, false}]} leaves it out.",
    data: { application: name, vsn, reason },
    cause,
  });
}
