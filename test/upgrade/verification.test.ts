import { afterAll, beforeAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { atom, list, nil, parseTerm, string, tuple } from "../../src/term/index.ts";
import { containing, matching } from "../support/containing.ts";
import { failure } from "../support/failure.ts";
import { systemOtp } from "../support/otp.ts";
import { call, install, sideOf, statesOf, unpack, versionOf } from "./installing.ts";
import { type Builds, buildVersions, changeAll, goodVersion, startSystem, type TargetSystem } from "./target-system.ts";

// Each test leaves version 1 running, as it found it: that is a part of what is tested.
let builds: Builds;
let system: TargetSystem;

beforeAll(async () => {
  builds = await buildVersions(systemOtp(), { vsn: "1" }, [
    goodVersion("2"),
    { vsn: "2-forgotten", up: `[{update, counter_server, {advanced, "2"}}]`, down: changeAll("1") },
    goodVersion("2-child", {
      defines: "{d, 'MORE'}",
      up: "[{update, counter_sup, supervisor}, {load_module, counter_server}, {load_module, counter_lib}]",
      down: "[{update, counter_sup, supervisor}, {load_module, counter_server}, {load_module, counter_lib}]",
    }),
  ]);
  system = await startSystem(builds);
  await unpack(system, builds, "2", "2-forgotten", "2-child");
});
afterAll(async () => {
  await system?.[Symbol.asyncDispose]();
  builds?.[Symbol.dispose]();
});

/** Installs a version, which must be undone by the way back. */
async function undone(version: string, request?: Parameters<typeof install>[2]): Promise<readonly unknown[]> {
  const count = Number(await call(system, "counter_server", "count", atom("counter")));
  const error = await failure(install(system, version, request));
  expect(error.code).toBe("upgrade_failed");
  expect(error.data).toMatchObject({ from: "1", to: version, restored: true, restarted: false, running: "1" });
  expect(await statesOf(system)).toContain("1 permanent");
  expect(await statesOf(system)).not.toContain("current");
  expect(Number(await call(system, "counter_server", "count", atom("counter")))).toBe(count + 1);
  expect(await versionOf(system)).toBe("1");
  return error.data["problems"] as readonly unknown[];
}

test("a changed module that the appup has forgotten is named, and the upgrade undone", async () => {
  expect(await undone("2-forgotten")).toEqual([
    { kind: "module", subject: "counter_lib", message: "module counter_lib is still that of counter 1" },
  ]);
});

test("what somebody has installed before is verified before it becomes permanent, and undone", async () => {
  await call(system, "release_handler", "install_release", string("2-forgotten"));
  expect(await statesOf(system)).toContain("2-forgotten current");
  const error = await failure(install(system, "2-forgotten", { from: sideOf(system, "1") }));
  expect(error.data).toMatchObject({ restored: true, restarted: false, running: "1" });
  expect(error.message).toContain("module counter_lib is still that of counter 1");
  expect(await versionOf(system)).toBe("1");
});

test("a process whose supervisor names no modules for it is named, and the upgrade undone", async () => {
  await call(system, "counter_sup", "add", atom("hidden"));
  const problems = await undone("2");
  expect(problems).toEqual([
    {
      kind: "state",
      subject: containing("hidden"),
      message: containing("its supervisor does not name the module"),
    },
  ]);
  await call(system, "supervisor", "terminate_child", atom("counter_sup"), atom("hidden"));
  await call(system, "supervisor", "delete_child", atom("counter_sup"), atom("hidden"));
});

test("a process that is busy is named before anything changes", async () => {
  await call(system, "counter_server", "busy", atom("counter"), atom("go"));
  const error = await failure(install(system, "2", { limits: { restartSeconds: 20, suspendMs: 100 } }));
  expect(error).toMatchObject({ code: "processes_busy", message: containing("counter") });
  await call(system, "erlang", "send", atom("counter"), atom("go"));
  expect(await versionOf(system)).toBe("1");
});

test("a process that is busy just when it is to suspend is named, and the upgrade undone", async () => {
  const problems = await undone("2", {
    limits: { restartSeconds: 20, suspendMs: 100 },
    events: {
      install: async () => void (await call(system, "counter_server", "busy", atom("counter"), atom("resume"))),
    },
  });
  expect(problems).toEqual([expect.objectContaining({ kind: "state", message: containing("was busy") })]);
});

test("a new child that nobody started is named, and the upgrade undone", async () => {
  expect(await undone("2-child")).toEqual([
    expect.objectContaining({
      kind: "supervisor",
      message: matching(/^child more of supervisor .* does not run$/),
    }),
  ]);
});

test("a process that stays in old code is named, and the upgrade undone", async () => {
  const problems = await undone("2", {
    events: {
      install: async () => void (await call(system, "erlang", "spawn", atom("counter_server"), atom("loop"), nil)),
    },
  });
  expect(problems).toEqual([
    expect.objectContaining({
      kind: "old_code",
      message: containing("old code of counter_server"),
    }),
  ]);
});

test("a parameter that is not as the configuration has it is named, and the upgrade undone", async () => {
  const { release } = sideOf(system, "2");
  const to = { release, config: parseTerm("[{counter, [{step, 2}]}]") };
  expect(await undone("2", { to })).toEqual([
    { kind: "environment", subject: "counter.step", message: "the parameter step of counter is 1 in place of 2" },
  ]);
});

// From OTP 27 on there is a trace session for each.
test.skipIf(systemOtp().major >= 27)(
  "where somebody else traces release_handler, an upgrade is not watched, and that is told",
  async () => {
    await using connection = await system.connect();
    const pidOf = (name: string) => connection.call("erlang", "whereis", [atom(name)]);
    const [handler, tracer] = [await pidOf("release_handler"), await pidOf("logger")];
    const trace = (on: boolean) =>
      connection.call("erlang", "trace", [
        handler,
        atom(String(on)),
        list([atom("call"), tuple(atom("tracer"), tracer)]),
      ]);
    await trace(true);
    expect(await install(system, "2")).toMatchObject({ permanent: true, watched: false });
    expect(await versionOf(system)).toBe("2");
    await trace(false);
    expect(await install(system, "1")).toMatchObject({ watched: true });
  },
);

test("what release_handler refuses leaves versions and environment as they were", async () => {
  const file = join(system.root, "lib", "counter-2", "ebin", "counter_lib.beam");
  expect(await undone("2", { events: { install: async () => rmSync(file) } })).toEqual([]);
  expect(await call(system, "application", "get_key", atom("counter"), atom("vsn"))).toBe('{ok,"1"}');
});
