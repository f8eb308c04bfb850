import { copyFileSync, mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { ENIT } from "../support/run-enit.ts";
import { systemOtp } from "../support/otp.ts";
import type { ReleaseHost } from "../support/release-host.ts";
import { packagedHost } from "../upgrade/packaged-host.ts";
import { type Builds, buildVersions, goodVersion } from "../upgrade/target-system.ts";
import { type Comparison, median } from "./report.ts";

const ROUNDS = 9;
const PROCESSES = [1, 10, 100];

/** An upgrade of a release that runs: what a client notices of it, and what enit adds to what OTP does. */
export async function benchUpgrade(): Promise<Comparison[]> {
  using builds = await buildVersions(systemOtp(), { vsn: "1" }, [goodVersion("2")]);
  await using host = await packagedHost(builds);
  await run(host, "start", "relex");
  await loadClient(host, builds);
  await unpack(host, builds);
  const measured: Measured[] = [];
  for (const [i, processes] of PROCESSES.entries()) {
    const more = processes - (PROCESSES[i - 1] ?? 1);
    if (more > 0) await run(host, "eval", "relex", `counter_workers:add(${more})`);
    measured.push(await measure(host, processes));
  }
  console.log(clientTable(measured));
  return [await compareTimes(host, measured), pauses(measured)];
}

interface Measured {
  readonly processes: number;
  /** Of all rounds. */
  readonly calls: number;
  readonly failed: number;
  /** Milliseconds: the longest of all, and the median of the longest of each upgrade. */
  readonly longest: number;
  readonly median: number;
  /** The median of the longest while nothing is upgraded: what the machine itself makes of it. */
  readonly idle: number;
  /** Milliseconds, medians. */
  readonly enit: number;
  readonly handler: number;
}

interface Upgraded {
  readonly milliseconds: number;
  readonly handlerMilliseconds: number;
}

/** Goes to 2 and back to 1 under the calls of a client. */
async function measure(host: ReleaseHost, processes: number): Promise<Measured> {
  const results: Pauses[] = [];
  const idle: Pauses[] = [];
  const upgrades: Upgraded[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const version of ["2", "1"]) {
      results.push(
        await underCalls(host, async () => {
          upgrades.push((await host.json("upgrade", "relex", version)) as Upgraded);
        }),
      );
      idle.push(await underCalls(host, async () => void (await host.json("status", "relex"))));
    }
  }
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    processes,
    calls: sum(results.map(({ calls }) => calls)),
    failed: sum(results.map(({ failed }) => failed)),
    longest: Math.max(...results.map(({ longest }) => longest)),
    median: median(results.map(({ longest }) => longest)),
    idle: median(idle.map(({ longest }) => longest)),
    enit: median(upgrades.map(({ milliseconds }) => milliseconds)),
    handler: median(upgrades.map(({ handlerMilliseconds }) => handlerMilliseconds)),
  };
}

interface Pauses {
  readonly calls: number;
  readonly failed: number;
  /** In milliseconds. */
  readonly longest: number;
}

async function underCalls(host: ReleaseHost, work: () => Promise<void>): Promise<Pauses> {
  await run(host, "eval", "relex", "counter_client:start()");
  await work();
  const [calls = 0, failed = 0, longest = 0] = numbersIn(await run(host, "eval", "relex", "counter_client:stop()"));
  return { calls, failed, longest: longest / 1000 };
}

function clientTable(measured: readonly Measured[]): string {
  const rows = measured.map(
    ({ processes, calls, failed, longest, median: middle, idle, handler }) =>
      `| ${processes} | ${calls} | ${failed} | ${middle.toFixed(1)} | ${longest.toFixed(1)} | ${idle.toFixed(1)} | ${handler.toFixed(1)} |`,
  );
  return [
    "| processes | calls | failed | longest pause, median, ms | of all, ms | without an upgrade, ms | release_handler, ms |",
    "|--:|--:|--:|--:|--:|--:|--:|",
    ...rows,
  ].join("\n");
}

function pauses(measured: readonly Measured[]): Comparison {
  const calls = measured.reduce((total, each) => total + each.calls, 0);
  const failed = measured.reduce((total, each) => total + each.failed, 0);
  return {
    title: "The longest pause of a client during an upgrade",
    how:
      `A process calls gen_servers in a loop while \`enit upgrade\` changes the code and the state of all of them, ` +
      `${ROUNDS} times up and down; ${calls} calls, ${failed} failed. The last row is the same while \`enit status\` runs.`,
    unit: "ms",
    rows: [
      ...measured.map(({ processes, median: middle }) => ({
        name: processes === 1 ? "1 process to suspend" : `${processes} processes to suspend`,
        median: middle,
      })),
      { name: "no upgrade", median: median(measured.map(({ idle }) => idle)) },
    ],
  };
}

/** The whole process of enit, what it does in it, and a script of one's own that only calls release_handler. */
async function compareTimes(host: ReleaseHost, measured: readonly Measured[]): Promise<Comparison> {
  const whole: number[] = [];
  const script: number[] = [];
  for (let round = -1; round < ROUNDS; round++) {
    for (const version of ["2", "1"]) {
      const time = await timed(() => run(host, "upgrade", "relex", version));
      if (round >= 0) whole.push(time);
    }
    for (const version of ["2", "1"]) {
      const time = await timed(() => runScript(host, version));
      if (round >= 0) script.push(time);
    }
  }
  const [first] = measured;
  return {
    title: "An upgrade of a running release",
    how:
      `To a version that is unpacked, and back, ${ROUNDS} rounds. enit checks before, verifies modules, applications, processes, ` +
      "supervisors and configuration after; the script calls install_release and make_permanent by rpc, and verifies nothing.",
    unit: "ms",
    rows: [
      { name: "`enit upgrade relex VERSION`", median: median(whole) },
      { name: "of that, `release_handler:install_release`", median: first?.handler ?? Number.NaN },
      { name: "`erl -noinput -eval` with two rpc calls", median: median(script) },
    ],
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function runScript(host: ReleaseHost, version: string): Promise<void> {
  const vm = host.vm();
  const calls = `N = '${vm?.node}', {ok, _, _} = rpc:call(N, release_handler, install_release, ["${version}"]),
    ok = rpc:call(N, release_handler, make_permanent, ["${version}"]), halt(0)`;
  const home = join(host.stateDir(), "home");
  const cmd = [systemOtp().erl, "-noinput", "-hidden", "-sname", `script${process.pid}`, "-eval", calls];
  const script = Bun.spawn(cmd, { env: { PATH: process.env["PATH"], ...host.env, HOME: home }, stdout: "inherit" });
  if ((await script.exited) !== 0) throw new Error("the script failed");
}

async function run(host: ReleaseHost, ...args: string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await host.enit(...args);
  if (exitCode !== 0) throw new Error(`${ENIT} ${args.join(" ")} ended with ${exitCode}: ${stderr}`);
  return stdout;
}

/** Loads the client, compiled beside the release, which does not have it. */
async function loadClient(host: ReleaseHost, { otp }: Builds): Promise<void> {
  const source = join(import.meta.dir, "..", "fixtures", "upgrade", "counter_client.erl");
  const directory = host.join("client");
  mkdirSync(directory);
  const erlc = Bun.spawn([join(otp.root, "bin", "erlc"), "-o", directory, source]);
  if ((await erlc.exited) !== 0) throw new Error("erlc cannot compile the client");
  await run(host, "eval", "relex", `{module, _} = code:load_abs("${join(directory, "counter_client")}")`);
}

async function unpack(host: ReleaseHost, builds: Builds): Promise<void> {
  const file = builds.tarball("2");
  copyFileSync(file, host.join("opt", "relex", "releases", basename(file)));
  await run(host, "eval", "relex", 'release_handler:unpack_release("relex-2")');
}

function numbersIn(text: string): number[] {
  return [...text.matchAll(/\d+/g)].map(([digits]) => Number(digits));
}
