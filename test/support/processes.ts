import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** What the kernel shows of a process. */
export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  /** Words with a NUL behind each, as in `/proc`. */
  readonly cmdline: string;
  readonly environ: string;
}

/** All processes that run, those of other tests too; what has ended and waits for its parent is left out. */
export function listProcesses(): ProcessFacts[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => factsOf(Number(name)) ?? []);
}

/**
 * The processes that work on what lies under a root: its path stands in their arguments or in their environment. OTP's
 * `erl_child_setup` is left out, which ends a moment after its VM.
 */
export function processesOf(root: string): ProcessFacts[] {
  return listProcesses().filter(
    ({ pid, cmdline, environ }) =>
      pid !== process.pid &&
      (cmdline.includes(root) || environ.includes(root)) &&
      !cmdline.startsWith("erl_child_setup"),
  );
}

/** Where the open descriptors of a process lead, by their numbers. */
export function descriptorsOf(pid: number): Map<number, string> {
  const directory = `/proc/${pid}/fd`;
  return new Map(readdirSync(directory).map((fd) => [Number(fd), readlinkSync(`${directory}/${fd}`)]));
}

function factsOf(pid: number): ProcessFacts | undefined {
  try {
    const read = (name: string): string => readFileSync(`/proc/${pid}/${name}`, "latin1");
    const stat = read("stat");
    const [state = "", parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if ("ZX".includes(state)) return undefined;
    return { pid, parent: Number(parent), cmdline: read("cmdline"), environ: read("environ") };
  } catch (error) {
    // It has ended since, or belongs to somebody else.
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}
