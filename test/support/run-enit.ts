import { existsSync } from "node:fs";
import { join } from "node:path";

/** The compiled binary that end-to-end tests run. */
export const ENIT = join(import.meta.dir, "..", "..", "dist", "enit");

/** How a run of the binary ended. */
export interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export interface RunOptions {
  /** Variables besides PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** What it reads from stdin. Default: nothing. */
  readonly input?: string | Uint8Array;
  /** The program. Default: `dist/enit`. */
  readonly program?: string;
  /** What stands before the arguments: for programs that run `enit`. */
  readonly before?: readonly string[];
}

/** Runs `enit` to its end. A signal that ended it counts as exit code 128 + its number. */
export async function runEnit(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const program = options.program ?? ENIT;
  if (!existsSync(program)) throw new Error(`${program} is not there: run npm run build`);
  const run = Bun.spawn({
    cmd: [program, ...(options.before ?? []), ...args],
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdin: Buffer.from(options.input ?? ""),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, exitCode] = await Promise.all([run.stdout.text(), run.stderr.text(), run.exited]);
  return { stdout, stderr, exitCode };
}
