import { expect, test } from "bun:test";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findRunningVm, type StartEvent, startRelease, statePaths } from "../../src/vm/index.ts";
import { failure } from "../support/failure.ts";
import { otpInstallations, startEpmd, startNode, systemOtp } from "../support/otp.ts";
import { tempDir } from "../support/temp-dir.ts";
import { testRelease } from "./support.ts";

const ours = systemOtp();

for (const otp of otpInstallations()) {
  test(`startRelease() tries an application as often as it is told to, on OTP ${otp.major}`, async () => {
    const node = "{start_retries, 2}, {start_delay, 0}";
    await using release = await testRelease({ otp, node, config: "{probe, [{start, {fail, 2}}]}." });
    const events: StartEvent[] = [];
    await startRelease(await release.load(), { onEvent: (event) => events.push(event) });
    const kinds = events.map(({ kind }) => kind).join(" ");
    expect(kinds).toBe("booting starting started starting retrying starting retrying starting started running");
    expect(events[4]).toMatchObject({ application: "probe", retriesLeft: 2, delaySeconds: 0 });
    expect(events[6]).toMatchObject({ application: "probe", retriesLeft: 1 });
    expect(release.notes()).toHaveLength(3);
  });

  test(`startRelease() gives the reason of an application that does not start, and ends the VM, on OTP ${otp.major}`, async () => {
    const node = "{start_retries, 1}, {start_delay, 0}";
    await using release = await testRelease({ otp, node, config: "{probe, [{start, {fail, 2}}]}." });
    const error = await failure(startRelease(await release.load()));
    expect(error.code).toBe("application_start_failed");
    expect(error.message).toMatch(
      /^cannot start "relex": application "probe": its function probe:start\/2 gave an error: \{\{not_yet,2,<0\.\d+\.0>\},\s*\{probe,start,\[normal,probe\]\}\}$/,
    );
    expect(error.data).toMatchObject({ release: "relex", application: "probe" });
    expect(findRunningVm(release.stateDir)).toBeUndefined();
    expect(existsSync(statePaths(release.stateDir).crashDump)).toBe(false);
    expect(release.notes()).toHaveLength(2);

    release.configure("");
    await startRelease(await release.load());
  });
}

test("startRelease() tries for ever with infinity", async () => {
  const node = "{start_retries, infinity}, {start_delay, 0}";
  await using release = await testRelease({ otp: ours, node, config: "{probe, [{start, {fail, 7}}]}." });
  const left = new Set<unknown>();
  await startRelease(await release.load(), {
    onEvent: (event) => "retriesLeft" in event && left.add(event.retriesLeft),
  });
  expect(left).toEqual(new Set(["infinity"]));
  expect(release.notes()).toHaveLength(8);
});

for (const [start, words] of [
  ["crash", "its function probe:start/2 crashed"],
  ["bad_child", 'its child "worker" did not start'],
] as const) {
  test(`startRelease() says in words what went wrong: ${start}`, async () => {
    await using release = await testRelease({ otp: ours, config: `{probe, [{start, ${start}}]}.` });
    const { message } = await failure(startRelease(await release.load()));
    expect(message).toStartWith(`cannot start "relex": application "probe": ${words}: {`);
  });
}

test("startRelease() shows what a VM wrote that ends in the middle of its start", async () => {
  await using release = await testRelease({ otp: ours, config: "{probe, [{start, halt}]}." });
  const error = await failure(startRelease(await release.load()));
  expect(error).toMatchObject({
    code: "vm_ended",
    message: 'cannot start "relex": the VM ended with exit code 7 while "probe" was starting',
    data: { exitCode: 7, output: "these are my last words" },
  });
  expect(error.hint).toContain("these are my last words");
});

test("startRelease() refuses a release that runs", async () => {
  await using release = await testRelease({ otp: ours });
  const vm = await startRelease(await release.load());
  const error = await failure(startRelease(await release.load()));
  expect(error.code).toBe("already_running");
  expect(error.message).toBe(`cannot start "relex": it runs already (process ${vm.pid})`);
  expect(findRunningVm(release.stateDir)).toEqual(vm);
});

test("startRelease() refuses the name of a node that runs", async () => {
  await using release = await testRelease({ otp: ours });
  const loaded = await release.load();
  await using node = await startNode({ otp: ours, name: loaded.node.name, epmdPort: release.epmdPort });
  const error = await failure(startRelease(loaded));
  expect(error.code).toBe("node_name_taken");
  expect(error.message).toBe(`cannot start "relex": another node is called "${node.node}"`);
});

test("startRelease() recognises a VM that found its name taken", async () => {
  await using release = await testRelease({ otp: ours });
  // Known to an epmd that we do not ask, as if it had come up in between.
  await using epmd = await startEpmd(ours);
  const loaded = await release.load();
  await using node = await startNode({ otp: ours, name: loaded.node.name, epmdPort: epmd.port });
  const env = { ERL_EPMD_PORT: String(epmd.port) };
  const error = await failure(
    startRelease(loaded, { changePlan: (plan) => ({ ...plan, env: { ...plan.env, ...env } }) }),
  );
  expect(error).toMatchObject({ code: "node_name_taken", data: { node: node.node } });
});

test("startRelease() reports applications that are missing before it writes anything", async () => {
  await using release = await testRelease({ otp: ours, applications: "[sasl, no_such_application]" });
  expect((await failure(startRelease(await release.load()))).code).toBe("application_not_found");
  expect(existsSync(statePaths(release.stateDir).releasesDir)).toBe(false);
});

test("startRelease() reports users and groups that do not exist", async () => {
  await using release = await testRelease({ otp: ours, node: '{run_as_user, "no_such_user"}' });
  const user = await failure(startRelease(await release.load()));
  expect(user).toMatchObject({ code: "unknown_user", kind: "input", data: { user: "no_such_user" } });
  release.configure("", '{run_as_group, "no_such_group"}');
  expect((await failure(startRelease(await release.load()))).code).toBe("unknown_group");
});

test("startRelease() reports a state directory that cannot be written", async () => {
  await using release = await testRelease({ otp: ours });
  using dir = tempDir();
  const file = dir.write("file", "");
  const error = await failure(startRelease({ ...(await release.load()), stateDir: join(file, "relex") }));
  expect(error).toMatchObject({ code: "state_dir_unwritable", kind: "io" });
});

test("startRelease() reports what kept the launched process from becoming the VM", async () => {
  await using release = await testRelease({ otp: ours });
  const loaded = await release.load();
  const program = join(release.root, "erlexec");
  const launch = (changes: object) =>
    failure(startRelease(loaded, { changePlan: (plan) => ({ ...plan, ...changes }) }));
  expect(await launch({ executable: program })).toMatchObject({
    code: "launch_failed",
    message: `cannot run "${program}": there is no such file or directory`,
  });
  writeFileSync(program, "not executable");
  chmodSync(program, 0o644);
  expect((await launch({ executable: program })).message).toBe(`cannot run "${program}": permission denied`);
  expect((await launch({ cwd: program })).message).toBe(
    `cannot enter the directory "${program}": a part of its path is no directory`,
  );
  expect(findRunningVm(release.stateDir)).toBeUndefined();
  expect(readFileSync(statePaths(release.stateDir).log, "utf8")).toBe("");
  await startRelease(loaded);
});

test("startRelease() kills a VM that hangs after it gave up", async () => {
  const config = "{probe, [{start, ok}]}. {helper, [{start, crash}]}.";
  const node = '{env, [{"PROBE_STOP", "hang"}, {"PROBE_NOTES", "/dev/null"}]}, {stop_timeout, 200}';
  await using release = await testRelease({ otp: ours, applications: "[sasl, helper]", config, node });
  const error = await failure(startRelease(await release.load()));
  expect(error.code).toBe("application_start_failed");
  expect(findRunningVm(release.stateDir)).toBeUndefined();
});
