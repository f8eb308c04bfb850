import { expect, test } from "bun:test";
import { existsSync, mkdirSync, rmSync, watch } from "node:fs";
import {
  findRunningVm,
  type RunningVm,
  type StartEvent,
  startRelease,
  statePaths,
  stopRelease,
} from "../../src/vm/index.ts";
import { failure } from "../support/failure.ts";
import { otpInstallations, systemOtp } from "../support/otp.ts";
import { evaluate, testRelease } from "./support.ts";

/** The newest stops the fastest. */
const newest = otpInstallations().at(-1) ?? systemOtp();

for (const otp of otpInstallations()) {
  test(`stopRelease() stops applications in order and waits for the process, on OTP ${otp.major}`, async () => {
    await using release = await testRelease({ otp });
    const vm = await startRelease(await release.load());
    const found: RunningVm[] = [];
    const onStopping = (each: RunningVm): void => void found.push(each);
    const result = await stopRelease(await release.load(), { timeoutSeconds: 20, onStopping });
    expect(result).toEqual({ vm, killed: false });
    expect(found).toEqual([vm]);
    expect(release.notes().slice(1)).toEqual(["prep_stop.", "stop."]);
    expect(findRunningVm(release.stateDir)).toBeUndefined();
    expect(existsSync(statePaths(release.stateDir).crashDump)).toBe(false);
  });
}

test("stopRelease() refuses a release that does not run", async () => {
  await using release = await testRelease({ otp: newest });
  const never = await failure(stopRelease(await release.load(), { timeoutSeconds: 20 }));
  expect(never).toMatchObject({ code: "not_running", message: 'cannot stop "relex": it does not run' });
  await startRelease(await release.load());
  await stopRelease(await release.load(), { timeoutSeconds: 20 });
  expect((await failure(stopRelease(await release.load(), { timeoutSeconds: 20 }))).code).toBe("not_running");
});

test("stopRelease() needs nothing but the state directory", async () => {
  await using release = await testRelease({ otp: newest });
  await startRelease(await release.load());
  rmSync(`${release.root}/etc`, { recursive: true });
  rmSync(`${release.root}/var`, { recursive: true });
  await stopRelease({ name: "relex", stateDir: release.stateDir }, { timeoutSeconds: 20 });
  expect(release.notes()).toContain("prep_stop.");
});

test("stopRelease() stops in order a VM whose node cannot be reached", async () => {
  await using release = await testRelease({ otp: newest });
  const vm = await startRelease(await release.load());
  await evaluate(vm, "erlang:set_cookie(node(), another)");
  await stopRelease(await release.load(), { timeoutSeconds: 20 });
  expect(release.notes()).toContain("prep_stop.");
});

test("stopRelease() gives up on a VM that hangs, and kills it if told to", async () => {
  await using release = await testRelease({ otp: newest });
  const vm = await startRelease(await release.load());
  process.kill(vm.pid, "SIGSTOP");
  const error = await failure(stopRelease(await release.load(), { timeoutSeconds: 0.2 }));
  expect(error).toMatchObject({ code: "stop_timeout", data: { pid: vm.pid, node: vm.node } });
  expect(error.message).toBe(`cannot stop "relex": process ${vm.pid} still runs after 0.2 seconds`);
  expect(findRunningVm(release.stateDir)).toEqual(vm);
  const result = await stopRelease(await release.load(), { timeoutSeconds: 0.2, force: true });
  expect(result).toEqual({ vm, killed: true });
  expect(findRunningVm(release.stateDir)).toBeUndefined();
});

test("stopRelease() takes a timeout that is longer than timers can be", async () => {
  await using release = await testRelease({ otp: newest });
  const vm = await startRelease(await release.load());
  const result = await stopRelease(await release.load(), { timeoutSeconds: 2 ** 40, force: true });
  expect(result).toEqual({ vm, killed: false });
});

test("stopRelease() gives up on an application that hangs", async () => {
  await using release = await testRelease({ otp: newest });
  const vm = await startRelease(await release.load());
  await evaluate(vm, 'os:putenv("PROBE_STOP", "hang")');
  expect((await failure(stopRelease(await release.load(), { timeoutSeconds: 0.5 }))).code).toBe("stop_timeout");
  expect(release.notes()).toContain("prep_stop.");
  await stopRelease(await release.load(), { timeoutSeconds: 0, force: true });
});

test("stopRelease() stops a release that waits for its next try to start", async () => {
  const node = "{start_retries, infinity}, {start_delay, 1000}";
  await using release = await testRelease({ otp: newest, node, config: "{probe, [{start, {fail, 1}}]}." });
  const retrying = Promise.withResolvers<void>();
  const onEvent = ({ kind }: StartEvent): void => (kind === "retrying" ? retrying.resolve() : undefined);
  const starting = failure(startRelease(await release.load(), { onEvent }));
  await retrying.promise;
  await stopRelease(await release.load(), { timeoutSeconds: 20 });
  expect(await starting).toMatchObject({ code: "vm_ended", data: { exitCode: 0 } });
});

test("stopRelease() stops a VM that is asked before it can hear", async () => {
  await using release = await testRelease({ otp: newest, config: "{probe, [{start, hang}]}." });
  mkdirSync(release.stateDir, { recursive: true });
  const launched = Promise.withResolvers<void>();
  const watcher = watch(release.stateDir, (_event, name) => name === "vm.json" && launched.resolve());
  const starting = failure(startRelease(await release.load()));
  await launched.promise;
  watcher.close();
  await stopRelease(await release.load(), { timeoutSeconds: 20 });
  expect((await starting).code).toBe("vm_ended");
  expect(release.notes()).not.toContain("stop.");
});

test("stopRelease() stops waiting when it is told to", async () => {
  await using release = await testRelease({ otp: newest });
  const vm = await startRelease(await release.load());
  process.kill(vm.pid, "SIGSTOP");
  const abort = new AbortController();
  const stopping = stopRelease(await release.load(), {
    timeoutSeconds: "infinity",
    signal: abort.signal,
    onStopping: () => queueMicrotask(() => abort.abort(new Error("Ctrl-C"))),
  });
  await expect(stopping).rejects.toThrow("Ctrl-C");
  expect(findRunningVm(release.stateDir)).toEqual(vm);
});
