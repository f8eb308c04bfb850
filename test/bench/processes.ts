import { existsSync } from "node:fs";
import { type Row, median } from "./report.ts";

/** A command line to be timed as a whole process, from its start until it has ended. */
export interface Peer {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Undoes what the command did, untimed, after each run. */
  readonly after?: () => Promise<void>;
}

/** GNU time, since a child of a large process is charged with the memory that its parent had when it was made. */
const TIME = "/usr/bin/time";
const MEMORY_RUNS = 5;

/**
 * Runs the peers in turn, `rounds` times, after one round that does not count; then each a few times more for its peak
 * memory, if GNU time is installed.
 */
export async function compareProcesses(peers: readonly Peer[], rounds: number): Promise<Row[]> {
  const times = peers.map((): number[] => []);
  for (let round = -1; round < rounds; round++) {
    for (const [i, peer] of peers.entries()) {
      const ms = await timeOnce(peer);
      if (round >= 0) times[i]?.push(ms);
    }
  }
  const rows: Row[] = [];
  for (const [i, peer] of peers.entries()) {
    const memory = await peakMemory(peer);
    const row = { name: peer.name, median: median(times[i] ?? []) };
    rows.push(memory === undefined ? row : { ...row, memory });
  }
  return rows;
}

async function timeOnce(peer: Peer): Promise<number> {
  const began = performance.now();
  const run = Bun.spawn({
    cmd: [...peer.command],
    env: environment(peer),
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  const exitCode = await run.exited;
  const ms = performance.now() - began;
  if (exitCode !== 0) throw new Error(`${peer.command.join(" ")} ended with ${exitCode}: ${await run.stderr.text()}`);
  await peer.after?.();
  return ms;
}

/** The median of the peaks in MB; `undefined` without GNU time. */
async function peakMemory(peer: Peer): Promise<number | undefined> {
  if (!existsSync(TIME)) return undefined;
  const peaks: number[] = [];
  for (let i = 0; i < MEMORY_RUNS; i++) {
    const cmd = [TIME, "--quiet", "--format=%M", ...peer.command];
    const run = Bun.spawn({ cmd, env: environment(peer), stdin: "ignore", stdout: "ignore", stderr: "pipe" });
    const lines = (await run.stderr.text()).trim().split("\n");
    await run.exited;
    await peer.after?.();
    peaks.push(Number(lines.at(-1)) / 1024);
  }
  return median(peaks);
}

function environment(peer: Peer): Record<string, string | undefined> {
  return { PATH: process.env["PATH"], HOME: process.env["HOME"], ...peer.env };
}
