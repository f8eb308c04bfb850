import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { TopSample } from "../../src/contract/index.ts";
import { COOKIE, HOST, type ReleaseHost, runningReleaseHost } from "../support/release-host.ts";
import { otpInstallations, startNode, systemOtp } from "../support/otp.ts";
import { ENIT } from "../support/run-enit.ts";
import { listProcesses } from "../support/processes.ts";
import { openShell, openTerminal } from "../support/terminal.ts";

let host: ReleaseHost;

beforeAll(async () => {
  host = await runningReleaseHost();
});

afterAll(() => host[Symbol.asyncDispose]());

const evaluate = async (expressions: string): Promise<string> =>
  ((await host.json("eval", "relex", expressions)) as { text: string }).text;

const SAMPLERS = "[P || P <- processes(), {initial_call, {enit_top, _, _}} <- [process_info(P, initial_call)]]";

/** One sample; by default soon, and with a budget that a busy machine keeps too. */
const topOnce = async (...args: string[]): Promise<TopSample> => {
  const defaults = { "--interval": "0.2", "--budget": "50" };
  const words = Object.entries(defaults).flatMap(([flag, value]) => (args.includes(flag) ? [] : [flag, value]));
  return (await host.json("top", "relex", "--once", ...words, ...args)) as TopSample;
};

/** Processes come and go between the moment when they are counted and that when they are looked at. */
function expectAllSeen({ sampling, counts }: TopSample): void {
  expect(Math.abs(sampling.seen - counts.processes.count)).toBeLessThan(10);
}

const WORDS = ["top", "relex", "--interval", "0.2"];

function watchOn(env: Readonly<Record<string, string>> = {}) {
  return openTerminal(["--root", host.root, ...WORDS], { ...host.env, LANG: "C.UTF-8", ...env });
}

/** Leaves the second screen and shows the cursor; the settings of the terminal come with it. */
const LEFT = "\u001b[?25h\u001b[?1049l";

describe("enit top --once", () => {
  test("names the processes that work, hold or wait for most, and the applications", async () => {
    const busy = "register(busy, spawn(fun() -> F = fun F() -> lists:seq(1, 100), F() end, F() end))";
    const full = "register(full, spawn(fun() -> receive never -> ok end end)), [full ! N || N <- lists:seq(1, 5000)]";
    const large = "register(large, spawn(fun() -> L = lists:seq(1, 3000000), receive never -> L end end))";
    await evaluate(`${busy}, ${full}, ${large}, erlang:garbage_collect(), ok`);
    try {
      const sample = await topOnce("--limit", "3");
      expect(sample).toMatchObject({
        node: `relex@${HOST}`,
        otp: String(systemOtp().major),
        processes: [
          { name: "busy", status: expect.stringMatching(/^(?:running|runnable|garbage_collecting)$/) as unknown },
          {},
          {},
        ],
        sampling: { cut: false },
      });
      expectAllSeen(sample);
      const [first] = sample.processes;
      expect(first?.reductionRate).toBeGreaterThan(100_000);
      expect(sample.rates.reductions).toBeGreaterThan(100_000);
      expect(sample.utilization).toBeGreaterThan(0.05);
      expect(sample.memory["total"]).toBeGreaterThan(sample.memory["processes"] ?? Infinity);
      const kernel = sample.applications.find(({ name }) => name === "kernel");
      expect(kernel?.processes).toBeGreaterThan(20);
      expect(sample.applications.map(({ name }) => name)).toContain("relex_application");

      const byQueue = await topOnce("--order", "queue", "--limit", "1");
      expect(byQueue.processes).toMatchObject([
        { name: "full", queue: 5000, currentFunction: expect.any(String) as string },
      ]);
      const byMemory = await topOnce("--order", "memory", "--limit", "1");
      expect(byMemory.processes).toMatchObject([{ name: "large" }]);
      expect(byMemory.processes[0]?.memory).toBeGreaterThan(3_000_000 * 16);

      const shown = await host.enit("top", "relex", "--once", "--interval", "0.2", "--limit", "2");
      expect(shown.stdout).toContain("\nPID        NAME ");
      expect(shown.stdout).toMatch(/\n<0\.\d+\.0> +busy /);
      expect(shown.stdout).toMatch(/\nrelex_application +1\.0\.1 /);
      expect(shown).toMatchObject({ stderr: "", exitCode: 0 });
    } finally {
      await evaluate("[exit(whereis(N), kill) || N <- [busy, full, large]]");
    }
  });

  test("says that a sample was cut when the budget does not allow to look at all processes", async () => {
    const many = "[spawn(fun() -> receive stop -> ok end end) || _ <- lists:seq(1, 20000)]";
    await evaluate(`register(many, spawn(fun() -> P = ${many}, receive stop -> [Q ! stop || Q <- P] end end))`);
    const cut = await topOnce("--budget", "2");
    expect(cut.sampling.cut).toBe(true);
    expect(cut.counts.processes.count).toBeGreaterThan(20_000);
    expect(cut.sampling.seen).toBeLessThan(cut.counts.processes.count);
    expect(cut.processes).toHaveLength(20);
    const text = await host.enit("top", "relex", "--once", "--interval", "0.2", "--budget", "2");
    expect(text.stdout).toMatch(/\ncut: [\d,]+ of 20,\d{3} processes were looked at /);

    const whole = await topOnce("--interval", "1", "--budget", "100");
    expect(whole.sampling.cut).toBe(false);
    expectAllSeen(whole);
    await evaluate("many ! stop");
  });

  test("works on nodes that enit did not start, on every OTP, and leaves no process there", async () => {
    for (const otp of otpInstallations()) {
      const name = `foreign_${otp.major}`;
      host.define(name);
      await using node = await startNode({ otp, name, epmdPort: host.epmdPort, cookie: COOKIE });
      await node.text(
        "spawn(fun() -> catch proc_lib:set_label({shard, 7}), register(mine, self()), receive x -> ok end end)",
      );
      const sample = (await host.json("top", name, "--once", "--interval", "0.2", "--limit", "500")) as TopSample;
      expect(sample).toMatchObject({ node: `${name}@${HOST}`, otp: String(otp.major) });
      const mine = sample.processes.find((process) => process.name === "mine");
      expect(mine).toMatchObject({ label: otp.major < 27 ? null : "{shard,7}", queue: 0 });
      const supervisor = sample.processes.find((process) => process.name === "kernel_sup");
      expect(supervisor).toMatchObject({ initialCall: "supervisor:kernel/1", application: "kernel" });
      expect(
        await node.text(
          `[monitor(process, P) || P <- ${SAMPLERS}], [receive {'DOWN', R, _, _, _} -> ok end || R <- []]`,
        ),
      ).toBe("[]");
    }
  });

  test("refuses what it cannot do", async () => {
    host.define("offline");
    const offline = await host.enit("top", "offline", "--once");
    expect(offline).toMatchObject({ stdout: "", exitCode: 1 });
    expect(offline.stderr).toStartWith('enit: cannot connect to "offline": it does not run\n');
    expect(await host.enit("top", "relex")).toEqual({
      stdout: "",
      stderr:
        "enit: cannot show anything as it changes: standard output is no terminal\n" +
        "Use --once to have one sample printed, or --json for a document a sample.\n",
      exitCode: 255,
    });
    for (const [flag, value] of [
      ["--interval", "0.1"],
      ["--limit", "0"],
      ["--budget", "101"],
      ["--order", "size"],
    ] as const) {
      expect((await host.enit("top", "relex", flag, value)).exitCode).toBe(255);
    }
  });
});

test("top --json prints a document a sample, until Ctrl-C", async () => {
  const child = host.spawn("top", "relex", "--json", "--interval", "0.2", "--limit", "1");
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    text += decoder.decode(chunk, { stream: true });
    if (text.split("\n").length > 3) child.kill("SIGINT");
  }
  const documents = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { ok: boolean; data: TopSample });
  expect(documents.every(({ ok, data }) => ok && data.processes.length === 1)).toBe(true);
  expect(documents[0]?.data.rates.reductions).toBeNumber();
  expect(await child.exited).toBe(0);
});

describe("enit top on a terminal", () => {
  test("shows the node, does what keys say, and gives the terminal back as it was", async () => {
    const terminal = watchOn();
    await terminal.until("\u001b[?1049h\u001b[?25l");
    await terminal.until("relex 1.0");
    await terminal.until("*REDS/S");
    await terminal.until("kernel_sup");
    // The curves have begun.
    await terminal.until("\u2581");
    terminal.type("m");
    await terminal.until("*MEMORY");
    terminal.type("l");
    await terminal.until("*QUEUE");
    terminal.type("a");
    await terminal.until("relex_application");
    terminal.type("h");
    await terminal.until("order by memory");
    terminal.type("\u001b");
    terminal.type(" ");
    await terminal.until("paused");
    terminal.type("p+");
    await terminal.until("every 0.4 s");
    terminal.type("q");
    await terminal.until(LEFT);
    expect(await terminal.exited).toBe(0);
    const monitors = `Monitors = [monitor(process, P) || P <- ${SAMPLERS}]`;
    await evaluate(`${monitors}, [receive {'DOWN', M, _, _, _} -> ok end || M <- Monitors]`);
    // What it had switched on is switched off.
    expect(await evaluate("erlang:statistics(scheduler_wall_time)")).toBe("undefined");
  });

  test("uses no colour with NO_COLOR, and no characters beyond ASCII where there are none", async () => {
    const terminal = watchOn({ NO_COLOR: "1", LANG: "C" });
    await terminal.until("*REDS/S");
    await terminal.until("total");
    terminal.type("q");
    expect(await terminal.exited).toBe(0);
    // oxlint-disable-next-line no-control-regex -- Colours begin with one.
    expect(terminal.screen()).not.toMatch(/\u001b\[(?:1|2|3\d|9\d)m|[^\0-\x7f]/);
  });

  test("is ended by Ctrl-C as by q", async () => {
    const terminal = watchOn();
    await terminal.until("*REDS/S");
    terminal.type("\u0003");
    await terminal.until(LEFT);
    expect(await terminal.exited).toBe(0);
  });

  test("restores the terminal and leaves nothing in the VM when it is killed", async () => {
    const terminal = openShell(host.join("fifo"), ["--root", host.root, ...WORDS], { ...host.env });
    await terminal.until("*REDS/S");
    const samplers = await evaluate(`[register(sampler, P) || P <- ${SAMPLERS}]`);
    expect(samplers).toBe("[true]");
    const own = listProcesses().find(({ cmdline }) => cmdline.startsWith(`${ENIT}\0--root\0${host.root}\0top\0`));
    if (own === undefined) throw new Error("no process of enit top");
    const gone = evaluate("M = monitor(process, sampler), receive {'DOWN', M, _, _, Reason} -> Reason end");
    process.kill(own.pid, "SIGKILL");
    await terminal.until(LEFT);
    await terminal.ended(137);
    terminal.showSettings();
    await terminal.until(" icanon ");
    expect(await terminal.exited).toBe(137);
    expect(await gone).toMatch(/^noconnection|noproc|killed$/);
  });

  test("says so when the sampler in the VM has ended", async () => {
    const terminal = watchOn();
    await terminal.until("*REDS/S");
    await evaluate(`[exit(P, kill) || P <- ${SAMPLERS}]`);
    await terminal.until(LEFT);
    await terminal.until('cannot go on watching "relex": the sampler ended: killed');
    expect(await terminal.exited).toBe(1);
  });

  test("says that the node went away, on the screen that was there before", async () => {
    host.define("leaving");
    await using node = await startNode({ otp: systemOtp(), name: "leaving", epmdPort: host.epmdPort, cookie: COOKIE });
    const terminal = openTerminal(["--root", host.root, "top", "leaving"], { ...host.env });
    await terminal.until("*REDS/S");
    process.kill(node.pid, "SIGKILL");
    await terminal.until(LEFT);
    await terminal.until('cannot go on watching "leaving": ');
    expect(await terminal.exited).toBe(1);
  });
});
