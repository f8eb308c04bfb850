import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { type EnitProcess, HOST, type ReleaseHost, releaseHost } from "../support/release-host.ts";
import { readLines } from "../support/lines.ts";

let host: ReleaseHost;

beforeAll(async () => {
  host = await releaseHost();
});

afterAll(() => host[Symbol.asyncDispose]());

async function evaluate(name: string, expressions: string): Promise<string> {
  const { stdout, stderr } = await host.enit("eval", name, expressions);
  return stderr === "" ? stdout.replaceAll(/\s+/g, "") : stderr;
}

test("several extensions in a file add applications, each once; dependencies start first; all become permanent", async () => {
  host.define("extended", {
    applications: "[sasl, relex_bundle]",
    user: `
      {extension, 'with-snmp', [{applications, [relex_snmp]}]}.
      {relex_snmp, [{agent, 161}]}.
      {extension, 'with-more', [{applications, [relex_snmp, runtime_tools, sasl]}]}.
    `,
  });
  const started = await host.json("start", "extended");
  expect(started).toEqual({
    release: "extended",
    version: "1.0",
    node: `extended@${HOST}`,
    pid: host.vm("extended")?.pid,
    applications: ["sasl", "relex_application", "relex_bundle", "relex_snmp", "runtime_tools"],
  });
  expect(host.witness.events).toEqual(["{start,relex_application}", "{start,relex_bundle}", "{start,relex_snmp}"]);
  expect(await evaluate("extended", "lists:reverse(proplists:get_value(started, application:info()))")).toBe(
    "[{kernel,permanent},{stdlib,permanent},{sasl,permanent},{relex_application,permanent}," +
      "{relex_bundle,permanent},{relex_snmp,permanent},{runtime_tools,permanent}]",
  );
  // An included application is loaded, and started by the one that includes it.
  expect(await evaluate("extended", "lists:keymember(relex_part, 1, application:loaded_applications())")).toBe("true");
  expect(await evaluate("extended", "application:get_env(relex_snmp, agent)")).toBe("{ok,161}");

  const { stdout } = await host.enit("status", "extended");
  expect(stdout).toContain("\nExtensions: with-snmp, with-more\n\nThis node is currently online.\n");
  expect(stdout).not.toContain("starting");
  expect(await host.json("status", "extended")).toMatchObject({ extensions: ["with-snmp", "with-more"] });
});

test("the VM runs a real release: release_handler knows it, its boot script is that of systools", async () => {
  expect(await evaluate("extended", "[{N, V, S} || {N, V, _, S} <- release_handler:which_releases()]")).toBe(
    '[{"extended","1.0",permanent}]',
  );
  const releases = `${host.stateDir("extended")}/releases`;
  expect(readFileSync(`${releases}/start_erl.data`, "utf8")).toMatch(/^[\d.]+ 1\.0\n?$/);
  const equal = `
    {ok, [Release]} = file:consult("${releases}/1.0/extended.rel"),
    ok = file:write_file("${host.join("made.rel")}", io_lib:format("~tp.", [Release])),
    code:add_path(code:lib_dir() ++ "/sasl-" ++ element(2, lists:keyfind(sasl, 1, element(4, Release))) ++ "/ebin"),
    {ok, _, _} = systools:make_script("${host.join("made")}",
      [local, silent, no_warn_sasl, {path, filelib:wildcard("${host.join("lib")}/*/ebin")}]),
    {ok, Made} = file:read_file("${host.join("made.boot")}"),
    {ok, Ours} = file:read_file("${releases}/1.0/start.boot"),
    binary_to_term(Made) =:= binary_to_term(Ours)`;
  expect(await evaluate("extended", equal)).toBe("true");
});

test("a permanent application that ends takes the VM with it", async () => {
  host.define("ends", { applications: "[relex_application]" });
  const vm = host.spawn("startfg", "ends");
  await untilRunning(vm);
  await host.enit(
    "eval",
    "ends",
    `Master = proplists:get_value(relex_application, proplists:get_value(running, application:info())),
     {Supervisor, _} = application_master:get_child(Master), exit(Supervisor, kill)`,
  );
  expect(await vm.exited).toBe(1);
});

test("an application of another type is as its mention says", async () => {
  host.define("typed", {
    applications: "[{relex_application, temporary}, {relex_snmp, load}, {runtime_tools, transient}]",
  });
  await host.json("start", "typed");
  expect(await evaluate("typed", "proplists:get_value(started, application:info())")).toBe(
    "[{runtime_tools,transient},{relex_application,temporary},{stdlib,permanent},{kernel,permanent}]",
  );
  expect(await evaluate("typed", "lists:keymember(relex_snmp, 1, application:loaded_applications())")).toBe("true");
});

test("a named version wins over the highest", async () => {
  const app = readFileSync(host.join("lib/relex_snmp-0.4.0.0/ebin/relex_snmp.app"), "utf8");
  host.write("lib/relex_snmp-0.10/ebin/relex_snmp.app", app.replace("0.4.0.0", "0.10"));
  host.define("newest", { applications: "[relex_snmp]" });
  host.define("named", { applications: '[{relex_snmp, "0.4.0.0"}]' });
  for (const [name, version] of [
    ["newest", "0.10"],
    ["named", "0.4.0.0"],
  ] as const) {
    await host.json("start", name);
    expect(await host.json("status", name)).toMatchObject({
      status: {
        runningApplications: [
          { name: "kernel" },
          { name: "relex_application" },
          { name: "relex_snmp", version },
          { name: "stdlib" },
        ],
      },
    });
  }
});

/** Waits for a start in the foreground; the rest of what it writes is read and dropped. */
async function untilRunning(vm: EnitProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  void (async () => {
    for await (const line of readLines(vm.stdout)) if (line.startsWith("started release")) resolve();
    reject(new Error("it ended"));
  })();
  await promise;
}

describeRetries();

function describeRetries(): void {
  const failing = { applications: "[relex_application]", user: "{relex_application, [{on_start, {fail, 2}}]}.\n" };
  const reason = (start: number): string => `{{not_yet,${start}},{relex_application,start,[normal,relex_application]}}`;

  test("--start-retries N tries again, in the same VM, and says so", async () => {
    host.define("retries", failing);
    const run = await host.enit("start", "retries", "--start-retries", "2", "--start-delay", "0.01");
    const line = (start: number, left: number): string =>
      `warning: cannot start application "relex_application": ${reason(start)}; trying again in 0.01 s (${left} left)\n`;
    expect(run).toEqual({
      stdout: `started release retries 1.0 [retries@${HOST}] (pid ${host.vm("retries")?.pid})\n`,
      stderr: line(1, 2) + line(2, 1),
      exitCode: 0,
    });
    expect(
      await evaluate(
        "retries",
        "proplists:get_value(relex_application, proplists:get_value(started, application:info()))",
      ),
    ).toBe("permanent");
  });

  test("with too few retries the start fails with the last reason, and leaves nothing running", async () => {
    host.define("fails", failing);
    const run = await host.enit("start", "fails", "--start-retries=1", "--start-delay=0");
    expect({ stdout: run.stdout, exitCode: run.exitCode }).toEqual({ stdout: "", exitCode: 1 });
    expect(run.stderr).toContain(
      `enit: cannot start "fails": application "relex_application": its function relex_application:start/2 gave an error: ${reason(2)}\n`,
    );
    expect(host.vm("fails")).toBeUndefined();
  });

  test("retries and delay may stand in the section node; a flag is stronger; unlimited is the same as infinity", async () => {
    const node = (keys: string): string => `{node, [${keys}]}.\n${failing.user}`;
    host.define("nodes", { ...failing, user: node("{start_retries, unlimited}, {start_delay, 0}") });
    const run = await host.enit("start", "nodes");
    expect(run.exitCode).toBe(0);
    expect(run.stderr.match(/trying again in 0 s \(no limit\)/g)).toHaveLength(2);
    await host.enit("stop", "nodes");

    const refused = await host.enit("start", "nodes", "--start-retries", "0");
    expect(refused.exitCode).toBe(1);
    expect(host.vm("nodes")).toBeUndefined();
  });

  test("a release that waits for the next try is starting, and can be stopped", async () => {
    host.define("waits", failing);
    const start = host.spawn("start", "waits", "--start-retries", "infinity", "--start-delay", "1000");
    const errors = readLines(start.stderr);
    expect((await errors.next()).value).toContain("trying again in 1000 s (no limit)");
    expect((await host.enit("list")).stdout).toContain(`* waits 1.0 [waits@${HOST}] (starting)\n`);
    const { stdout } = await host.enit("status", "waits");
    expect(stdout).toContain("\nThis node is currently online.\n\nApplications starting: [relex_application]\nOTP: ");
    expect(await host.json("status", "waits")).toMatchObject({
      state: "starting",
      status: { state: "starting", startingApplications: ["relex_application"] },
    });
    const stopped = await host.enit("stop", "waits");
    expect(stopped.exitCode).toBe(0);
    expect(await start.exited).toBe(1);
    expect((await errors.next()).value).toBe(
      'enit: cannot start "waits": the VM ended with exit code 0 before all applications ran',
    );
    expect(host.vm("waits")).toBeUndefined();
  });
}
