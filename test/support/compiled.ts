import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { systemCode } from "../../src/error/index.ts";
import type { OtpInstallation } from "./installations.ts";

const MADE = join(import.meta.dir, "..", "..", "dist", "test");

/**
 * Gives a directory with the BEAM files of Erlang sources, compiled by this OTP. They are compiled when a test first asks for
 * them, and lie in `dist` for all tests that follow, until a source changes.
 */
export async function compiledModules(otp: OtpInstallation, ...sources: readonly string[]): Promise<string> {
  const erlc = join(otp.root, "bin", "erlc");
  const texts = sources.map((path) => readFileSync(path, "utf8"));
  const hash = new Bun.CryptoHasher("sha256").update(JSON.stringify([erlc, sources, texts])).digest("hex");
  const directory = join(MADE, `${basename(sources[0] ?? "", ".erl")}-${hash.slice(0, 16)}`);
  if (existsSync(directory)) return directory;
  mkdirSync(MADE, { recursive: true });
  const unfinished = mkdtempSync(`${directory}-`);
  // Others than whoever runs the tests start VMs too.
  chmodSync(unfinished, 0o755);
  const run = Bun.spawn({ cmd: [erlc, "-o", unfinished, ...sources], stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr, exitCode] = await Promise.all([run.stdout.text(), run.stderr.text(), run.exited]);
  if (exitCode !== 0) throw new Error(`erlc cannot compile ${sources.join(", ")}:\n${stdout}${stderr}`);
  try {
    renameSync(unfinished, directory);
  } catch (error) {
    // Another test was as fast; what it made is the same.
    if (systemCode(error) !== "ENOTEMPTY") throw error;
    rmSync(unfinished, { recursive: true });
  }
  return directory;
}
