import { afterAll, beforeAll, expect, test } from "bun:test";
import type { NodeConnection } from "../../src/dist/index.ts";
import type { EnitError } from "../../src/error/index.ts";
import { atom } from "../../src/term/index.ts";
import type { UpgradeStep } from "../../src/upgrade/index.ts";
import { containing } from "../support/containing.ts";
import { failure } from "../support/failure.ts";
import { systemOtp } from "../support/otp.ts";
import { call, install, statesOf, unpack, versionOf } from "./installing.ts";
import { type Builds, buildVersions, changeAll, goodVersion, startSystem, type TargetSystem } from "./target-system.ts";

const limits = { restartSeconds: 20 };
let builds: Builds;
let system: TargetSystem;

beforeAll(async () => {
  builds = await buildVersions(systemOtp(), { vsn: "1" }, [
    goodVersion("2"),
    goodVersion("2-throw", { defines: "{d, 'CHANGE', throw}" }),
    goodVersion("2-hang", { defines: "{d, 'CHANGE', hang}" }),
    goodVersion("2-stuck", {
      up: changeAll("2-stuck", "{load_module, counter_lib}, {apply, {timer, sleep, [infinity]}}"),
    }),
    goodVersion("2-restart", { up: "[restart_emulator]", down: "[restart_emulator]" }),
  ]);
  system = await startSystem(builds);
  await unpack(system, builds, "2", "2-throw", "2-hang", "2-stuck", "2-restart");
});
afterAll(async () => {
  await system?.[Symbol.asyncDispose]();
  builds?.[Symbol.dispose]();
});

/** Does something at a step, or when `release_handler` comes to an instruction. */
function at(place: string, act: (connection: NodeConnection) => void) {
  return (step: UpgradeStep, connection: NodeConnection): void => {
    if (step.kind === place || (step.kind === "instruction" && step.text.startsWith(place))) act(connection);
  };
}

async function restarted(version: string, request: Parameters<typeof install>[2]): Promise<EnitError> {
  await call(system, "counter_server", "count", atom("counter"));
  const error = await failure(install(system, version, request));
  expect(error.code).toBe("upgrade_failed");
  expect(error.data).toMatchObject({ to: version, restored: true, restarted: true, running: "1", problems: [] });
  expect(system.vm.isAlive()).toBe(true);
  expect(await versionOf(system)).toBe("1");
  // The state is that of a new start.
  expect(await call(system, "counter_server", "count", atom("counter"))).toBe("1");
  return error;
}

test("a code_change that throws: OTP starts the VM anew with the permanent version, which is confirmed", async () => {
  const error = await restarted("2-throw", {});
  expect(error.message).toMatch(
    /code_change of counter_server failed in <[\d.]+>: will_not_change; the VM was started anew/,
  );
  expect(error.data).toMatchObject({
    reason: "release_handler_failed",
    handler: {
      reason: "code_change_failed",
      term: containing("{code_change_failed,<0."),
      module: "counter_server",
      process: containing("<0."),
      instruction: '{code_change,up,[{counter_server,"2-throw"}]}',
    },
  });
});

test("a code_change that hangs ends as one that throws", async () => {
  const error = await restarted("2-hang", { limits: { ...limits, codeChangeMs: 100 } });
  expect(error.message).toMatch(/: code_change of counter_server in <[\d.]+> is not done in time; /);
  expect(error.data["handler"]).toMatchObject({
    reason: "timeout",
    module: "counter_server",
    process: containing("<0."),
  });
});

test("a release_handler that is not done in time: the VM is started anew with the permanent version", async () => {
  const error = await restarted("2-stuck", { limits: { ...limits, seconds: 0.3 } });
  expect(error.data).toMatchObject({
    reason: "install_timeout",
    handler: { reason: null, term: null, module: null, process: null, instruction: "{apply,{timer,sleep,[infinity]}}" },
  });
});

test("a relup that starts a new emulator is refused before anything changes", async () => {
  const error = await failure(install(system, "2-restart"));
  expect([error.code, error.kind]).toEqual(["needs_restart", "unsupported"]);
  expect(await versionOf(system)).toBe("1");
});

test("an upgrade whose connection is lost in the middle is found again, verified, and made permanent", async () => {
  for (const [place, watched] of [
    ["{suspend", false],
    ["verifying", true],
  ] as const) {
    let lost: Promise<void> | undefined;
    const onStep = at(place, (connection) => {
      lost ??= connection.close();
    });
    expect(await install(system, "2", { onStep })).toMatchObject({ permanent: true, watched });
    expect(lost).toBeDefined();
    await lost;
    expect(await statesOf(system)).toContain("2 permanent");
    expect(await versionOf(system)).toBe("2");
    await install(system, "1");
    expect(await versionOf(system)).toBe("1");
  }
});

test("a VM that is killed in the middle: it is said what starts the next time", async () => {
  const kill = at("{code_change", () => process.kill(system.vm.pid, "SIGKILL"));
  const error = await failure(install(system, "2-hang", { onStep: kill }));
  expect(error.message).toContain("the VM ended meanwhile; nothing runs now");
  expect(error.hint).toBe("Version 1 is still what starts: enit start relex");
  expect(error.data).toMatchObject({ restored: false, running: null });
});

test("a VM that is killed while its new version is verified: the same", async () => {
  await using other = await startSystem(builds);
  await unpack(other, builds, "2");
  const kill = at("verifying", () => process.kill(other.vm.pid, "SIGKILL"));
  const error = await failure(install(other, "2", { onStep: kill }));
  expect(error.message).toContain("nothing runs now");
  expect(error.data).toMatchObject({ restored: false, running: null });
});
