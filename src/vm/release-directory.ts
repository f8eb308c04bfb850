import { chmodSync, chownSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatTermFile } from "../otp/index.ts";
import type { Release } from "../release/index.ts";
import type { Term } from "../term/index.ts";
import type { Agent } from "./agent.ts";
import type { Identity } from "./identity.ts";
import { removeEndedShells } from "./shell-files.ts";
import { formatStartedFrom } from "./started-from.ts";
import type { StatePaths } from "./state-paths.ts";
import type { ReleaseSystem } from "./system.ts";
import { writingState } from "./writing-state.ts";

export interface ReleaseDirectoryInput {
  readonly release: Release;
  readonly system: ReleaseSystem;
  readonly paths: StatePaths;
  readonly agent: Agent;
  readonly agentSettings: Term;
  /** Who the VM runs as, and so who owns what it reads and writes. */
  readonly identity: Identity;
}

/**
 * Writes all that the VM of a release boots from, in place of what an earlier start left.
 *
 * Only for whoever holds the lock while no VM runs. What is written is complete before a VM can see it: a process
 * that is killed before leaves files that the next start replaces.
 *
 * The state directory itself stays with whoever starts, who would follow links that the VM's user put there. Below
 * it `releases` belongs to the VM, as `release_handler` writes there.
 *
 * Throws `state_dir_unwritable`, and what making the boot script throws.
 */
export function writeReleaseDirectory(input: ReleaseDirectoryInput): void {
  const { release, system, paths, agent } = input;
  const files = system.files();
  writingState(paths.stateDir, () => {
    const { releasesDir, agentDir, homeDir, agentSettings, progress, bell, tls, keptDir, startedFrom } = paths;
    for (const path of [releasesDir, agentDir, homeDir, agentSettings, progress, bell, tls, keptDir, startedFrom]) {
      rmSync(path, { recursive: true, force: true });
    }
    removeEndedShells(paths.shellsDir);
    const ofVm = new OwnedFiles();
    ofVm.directory(paths.homeDir, 0o700);
    ofVm.file(paths.cookie, release.node.cookie, 0o400);
    // It may hold the password of the key.
    if (release.node.tls !== undefined) ofVm.file(tls, formatTermFile(release.node.tls.options), 0o600);
    ofVm.directory(paths.releasesDir, 0o755);
    ofVm.directory(join(paths.releasesDir, release.version), 0o755);
    for (const { name, content, mode } of files) ofVm.file(join(paths.releasesDir, name), content, mode);
    ofVm.file(paths.agentSettings, formatTermFile(input.agentSettings), 0o600);
    ofVm.file(paths.progress, "", 0o644);
    // The variables of the section node may be secret.
    ofVm.file(startedFrom, formatStartedFrom(release), 0o600);
    ofVm.handOver(input.identity);

    const ofAgent = new OwnedFiles();
    const ebin = agentEbin(paths, agent);
    for (const directory of [paths.agentDir, join(ebin, ".."), ebin]) ofAgent.directory(directory, 0o755);
    for (const { name, content } of agent.files) ofAgent.file(join(ebin, name), content, 0o644);
  });
}

/** Where a state directory has the agent. */
export function agentEbin(paths: StatePaths, agent: Agent): string {
  return join(paths.agentDir, `enit-${agent.version}`, "ebin");
}

/**
 * Writes what belongs to the VM, with the mode that is meant, whatever the umask.
 *
 * It changes hands at the end, files before the directories that they are in: as long as we write into a directory
 * its other owner could not put a link into it.
 */
class OwnedFiles {
  readonly #written: string[] = [];

  directory(path: string, mode: number): void {
    mkdirSync(path, { mode });
    this.#finish(path, mode);
  }

  file(path: string, content: string | Uint8Array, mode: number): void {
    writeFileSync(path, content, { mode, flag: "wx" });
    this.#finish(path, mode);
  }

  handOver({ uid, gid }: Identity): void {
    if (uid === process.geteuid?.() && gid === process.getegid?.()) return;
    for (const path of this.#written.toReversed()) chownSync(path, uid, gid);
  }

  #finish(path: string, mode: number): void {
    chmodSync(path, mode);
    this.#written.push(path);
  }
}
