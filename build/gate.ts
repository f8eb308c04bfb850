/**
 * Runs everything that must hold before a change lands, here as in CI: types, format, lint, dead code, the build, and
 * the tests on it. Prints what took how long; the last line counts what passed and what failed.
 */
import { join } from "node:path";

const ROOT = join(import.meta.dir, "..");
const BIN = join(ROOT, "node_modules", ".bin");
const REPORT = join(ROOT, "dist", "tests.xml");

interface Result {
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: number;
}

/** The checks that need no binary. The build is among them, as it fails on its own. */
const CHECKS: Readonly<Record<string, readonly string[]>> = {
  types: [join(BIN, "tsc"), "--noEmit"],
  format: [process.execPath, "fmt", "--check", "--no-script", "src", "plugins", "build", "test"],
  lint: [join(BIN, "oxlint"), "--type-aware", "--deny-warnings", "src", "plugins", "build", "test"],
  "dead code": [join(BIN, "knip"), "--no-progress"],
  build: [process.execPath, join(import.meta.dir, "compile.ts")],
};

const began = performance.now();
const results = await Promise.all(Object.entries(CHECKS).map(([name, command]) => check(name, command)));
const tests = await runTests();
for (const { name, passed, seconds } of [...results, ...tests.results]) {
  console.log(`${passed ? "ok    " : "FAILED"}  ${name.padEnd(10)} ${seconds.toFixed(1).padStart(6)} s`);
}
console.log(`gate: ${((performance.now() - began) / 1000).toFixed(1)} s`);

const failures = results.filter((result) => !result.passed).length + tests.failed;
console.log(`${results.length + tests.passed + tests.failed - failures} passed, ${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;

/** Runs one check; its output is shown only if it fails. */
async function check(name: string, command: readonly string[]): Promise<Result> {
  const started = performance.now();
  const run = Bun.spawn({ cmd: [...command], cwd: ROOT, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr, exitCode] = await Promise.all([run.stdout.text(), run.stderr.text(), run.exited]);
  if (exitCode !== 0) console.log(`--- ${name}: ${command.join(" ")}\n${stdout}${stderr}`);
  return { name, passed: exitCode === 0, seconds: (performance.now() - started) / 1000 };
}

/**
 * Runs the tests, a file at a time on each core, each file in a process state of its own. A run that ends without a
 * report counts as one failure. Not with `--no-orphans`: it kills the VMs too that are meant to outlive a killed enit.
 */
async function runTests(): Promise<{ results: Result[]; passed: number; failed: number }> {
  const started = performance.now();
  await Bun.file(REPORT).delete().catch(ignoreMissing);
  const run = Bun.spawn({
    cmd: [
      process.execPath,
      "test",
      "--parallel=2",
      "--only-failures",
      "--timeout=60000",
      "--reporter=junit",
      `--reporter-outfile=${REPORT}`,
    ],
    cwd: ROOT,
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
  });
  const exitCode = await run.exited;
  const counts = await readCounts();
  const failed = counts.failed > 0 || exitCode === 0 ? counts.failed : 1;
  const result = { name: "tests", passed: failed === 0, seconds: (performance.now() - started) / 1000 };
  return { results: [result], passed: counts.passed, failed };
}

async function readCounts(): Promise<{ passed: number; failed: number }> {
  const report = Bun.file(REPORT);
  if (!(await report.exists())) return { passed: 0, failed: 1 };
  const head = /<testsuites [^>]*>/.exec(await report.text())?.[0] ?? "";
  const count = (name: string): number => Number(new RegExp(` ${name}="(\\d+)"`).exec(head)?.[1] ?? 0);
  const failed = count("failures") + count("errors");
  return { passed: count("tests") - count("skipped") - failed, failed };
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
}
