import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { formatTermFile } from "../otp/index.ts";
import type { Release } from "../release/index.ts";
import { readAgent } from "./agent.ts";
import type { Identity } from "./identity.ts";
import { SHELL_BOOT } from "./packaged/index.ts";
import type { ShellFiles } from "./remote-shell.ts";
import { statePaths } from "./state-paths.ts";
import { identifyProcess } from "./vm-record.ts";
import { makeStateDirectory, writingState } from "./writing-state.ts";

/**
 * Writes what a remote shell boots with that this process becomes, for a node that has none of it in the state directory: the
 * cookie, the options of TLS, the module `enit_epmd`, and a boot file if there is one.
 *
 * The directory stays with whoever writes; its user has what only they may read. Throws `state_dir_unwritable`.
 */
export async function writeShellFiles(
  { stateDir, node: { cookie, tls } }: Release,
  { uid, gid }: Identity,
  boot: string | Uint8Array | undefined,
): Promise<ShellFiles> {
  const { files: modules } = await readAgent();
  const epmd = modules.find(({ name }) => name === "enit_epmd.beam");
  if (epmd === undefined) throw new Error("the agent has no enit_epmd");
  makeStateDirectory(stateDir);
  const paths = statePaths(stateDir);
  const { shellsDir } = paths;
  const own = nameOf(process.pid);
  if (own === undefined) throw new Error("/proc does not show this process");
  return writingState(stateDir, () => {
    removeEndedShells(shellsDir);
    const homeDir = join(shellsDir, own);
    for (const directory of [shellsDir, homeDir]) {
      mkdirSync(directory, { recursive: true });
      chmodSync(directory, 0o755);
    }
    const write = (name: string, content: string | Uint8Array, mode: number): void => {
      const path = join(homeDir, name);
      writeFileSync(path, content, { mode, flag: "wx" });
      if (mode === READABLE) chmodSync(path, mode);
      else if (process.geteuid?.() === 0) chownSync(path, uid, gid);
    };
    write(epmd.name, epmd.content, READABLE);
    if (boot !== undefined) write(`${SHELL_BOOT}.boot`, boot, READABLE);
    if (tls !== undefined) write(basename(paths.tls), formatTermFile(tls.options), 0o600);
    write(basename(paths.cookie), cookie, 0o400);
    const at = (path: string): string => join(homeDir, basename(path));
    return { homeDir, ebin: homeDir, cookie: at(paths.cookie), tls: at(paths.tls) };
  });
}

const READABLE = 0o644;

/** A process that becomes a shell stays the same one. */
function nameOf(pid: number): string | undefined {
  const found = identifyProcess(pid);
  return found && `${pid}-${found.startTime}`;
}

/** Removes what shells booted with whose process is gone. */
export function removeEndedShells(shellsDir: string): void {
  for (const name of existsSync(shellsDir) ? readdirSync(shellsDir) : []) {
    if (nameOf(Number.parseInt(name, 10)) !== name) rmSync(join(shellsDir, name), { recursive: true, force: true });
  }
}
