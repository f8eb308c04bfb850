import { expect, test } from "bun:test";
import { existsSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import {
  type RunningVm,
  type StartEvent,
  readStartPhase,
  startRelease,
  statePaths,
  stopRelease,
} from "../../src/vm/index.ts";
import { otpInstallations, systemOtp } from "../support/otp.ts";
import { COOKIE, evaluate, launchScript, procFile, statusField, testRelease, untilEvent } from "./support.ts";

for (const otp of otpInstallations()) {
  test(`startRelease() starts applications in order and makes them permanent, on OTP ${otp.major}`, async () => {
    const applications = "[sasl, helper, {tools, load}, {runtime_tools, transient}]";
    await using release = await testRelease({ otp, applications });
    const events: StartEvent[] = [];
    const vm = await startRelease(await release.load(), { onEvent: (event) => events.push(event) });
    const of = (application: string): StartEvent[] => [
      { kind: "starting", application },
      { kind: "started", application },
    ];
    expect(events).toEqual([
      { kind: "booting" },
      ...["sasl", "probe", "helper", "runtime_tools"].flatMap(of),
      { kind: "running" },
    ]);
    expect(readStartPhase(release.stateDir)).toBe("running");
    expect(await evaluate(vm, "proplists:get_value(started, application:info())")).toBe(
      "[{runtime_tools,transient},{helper,permanent},{probe,permanent},{sasl,permanent},{stdlib,permanent},{kernel,permanent}]",
    );
    const loaded = "[lists:keymember(App, 1, application:loaded_applications()) || App <- [tools, included, mnesia]]";
    expect(await evaluate(vm, loaded)).toBe("[true,true,false]");
    expect(await evaluate(vm, "{os:getpid(), node(), init:get_status()}")).toBe(
      `{"${vm.pid}",${vm.node},{started,started}}`,
    );
    expect(release.notes()[0]).toBe(`{start,probe,[{"HOME","${homedir()}"},{"PROBE","set"}]}.`);
    expect(await evaluate(vm, "{ok, Cwd} = file:get_cwd(), Cwd")).toBe(`"${homedir()}"`);
  });

  test(`startRelease() shows the cookie in no argument and no variable, on OTP ${otp.major}`, async () => {
    await using release = await testRelease({ otp, applications: "[sasl, os_mon, probe]" });
    const vm = await startRelease(await release.load());
    expect(await evaluate(vm, "erlang:get_cookie()")).toBe(COOKIE);
    const pids = [vm.pid, ...childrenOf(vm.pid)];
    // The VM, its forker, the port programs of os_mon.
    expect(pids.length).toBeGreaterThan(2);
    for (const pid of pids) {
      expect(procFile(pid, "cmdline")).not.toContain(COOKIE);
      expect(procFile(pid, "environ")).not.toContain(COOKIE);
    }
  });

  test(`the release directory is one that release_handler takes as its own, on OTP ${otp.major}`, async () => {
    await using release = await testRelease({ otp });
    const vm = await startRelease(await release.load());
    const [entry = "", ...others] = (await evaluate(vm, "release_handler:which_releases()")).split("\n");
    expect(others).toEqual([]);
    expect(entry).toMatch(
      /^\[\{"relex","1.0",\["kernel-[^"]+","stdlib-[^"]+","sasl-[^"]+","probe-1.0"\],permanent\}\]$/,
    );
    expect(await evaluate(vm, "init:script_id()")).toBe('{"relex","1.0"}');
    expect(await evaluate(vm, "application:get_env(sasl, releases_dir)")).toBe(`{ok,"${release.stateDir}/releases"}`);
  });

  test(`a VM that restarts itself starts the release again, on OTP ${otp.major}`, async () => {
    await using release = await testRelease({ otp });
    const vm = await startRelease(await release.load());
    const again = untilEvent(release.stateDir, "running", 2);
    await evaluate(vm, "init:restart()");
    await again;
    expect(release.notes().filter((note) => note === release.notes()[0])).toHaveLength(2);
    expect(await typeOfProbe(vm)).toBe("permanent");
    await stopRelease(await release.load(), { timeoutSeconds: 20 });
  });

  test(`startRelease() works in embedded mode, where no code is loaded on demand, on OTP ${otp.major}`, async () => {
    await using release = await testRelease({ otp, node: '{vm_args, ["-mode", "embedded"]}' });
    const vm = await startRelease(await release.load());
    expect(await evaluate(vm, "code:get_mode()")).toBe("embedded");
    expect(await typeOfProbe(vm)).toBe("permanent");
  });
}

test("a launched process has three descriptors, no signals ignored or blocked, and a session of its own", async () => {
  await using release = await testRelease({ otp: systemOtp() });
  const log = `${release.stateDir}/log`;
  // No fork: while it forks, a shell has all signals blocked.
  const listing = await launchScript(await release.load(), "exec ls -l /proc/self/fd");
  const descriptors = Array.from(listing.matchAll(/ (\d+) -> (.*)$/gm), ([, fd, path]) => [fd, path]);
  expect(descriptors.slice(0, 3)).toEqual([
    ["0", "/dev/null"],
    ["1", log],
    ["2", log],
  ]);
  // The directory that it lists.
  expect(descriptors.slice(3).join()).toMatch(/^3,\/proc\/\d+\/fd$/);

  const status = await launchScript(await release.load(), "exec cat /proc/self/status /proc/self/stat");
  expect(statusField(status, "SigBlk")).toBe("0000000000000000");
  expect(statusField(status, "SigIgn")).toBe("0000000000000000");
  expect(/^\d+ \(cat\) (.*)$/m.exec(status)?.[1]?.split(" ")[3]).toBe(statusField(status, "Pid"));
});

test("a launched process gets the environment of its starter, without flags for emulators", async () => {
  await using release = await testRelease({ otp: systemOtp(), node: '{env, [{"PROBE", "from node"}]}' });
  const before = { ...process.env };
  try {
    Object.assign(process.env, {
      ERL_AFLAGS: "-no_such_flag",
      ERL_OTP25_FLAGS: "x",
      ENIT_ROOT: "/",
      PROBE: "inherited",
      ELSE: "kept",
    });
    const output = await launchScript(await release.load(), "env");
    const lines = new Set(output.split("\n"));
    expect(lines).toContain("ELSE=kept");
    expect(lines).toContain("PROBE=from node");
    expect(lines).toContain(`HOME=${release.stateDir}/home`);
    expect(lines).toContain(`ERL_EPMD_PORT=${release.epmdPort}`);
    expect(output).not.toMatch(/^(ERL_AFLAGS|ERL_OTP25_FLAGS|ENIT_ROOT)=/m);
  } finally {
    process.env = before;
  }
});

test("startRelease() writes secrets for the VM's user alone", async () => {
  await using release = await testRelease({ otp: systemOtp() });
  await startRelease(await release.load());
  const modes = ["home", "home/.erlang.cookie", "releases/1.0/sys.config", "agent.settings"].map((name) =>
    mode(join(release.stateDir, name)),
  );
  expect(modes).toEqual(["700", "400", "600", "600"]);
  expect(readFileSync(join(release.stateDir, "releases/1.0/sys.config"), "utf8")).not.toContain(COOKIE);
});

test("a start that is over leaves no bell, and a VM that boots anew makes none", async () => {
  await using release = await testRelease({ otp: systemOtp() });
  const vm = await startRelease(await release.load());
  const { bell } = statePaths(release.stateDir);
  expect(existsSync(bell)).toBe(false);
  const again = untilEvent(release.stateDir, "running", 2);
  await evaluate(vm, "init:restart()");
  await again;
  expect(existsSync(bell)).toBe(false);
});

async function typeOfProbe(vm: RunningVm): Promise<string> {
  return evaluate(vm, "proplists:get_value(probe, proplists:get_value(started, application:info()))");
}

function mode(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

function childrenOf(pid: number): number[] {
  const children = procFile(pid, `task/${pid}/children`).split(" ").filter(Boolean).map(Number);
  return children.concat(...children.map(childrenOf));
}
