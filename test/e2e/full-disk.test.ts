/** What is said where a state directory cannot be written any more, and what goes on all the same. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { rmSync, symlinkSync } from "node:fs";
import { canMount, inMountNamespace } from "../support/namespace.ts";
import { type ReleaseHost, runningReleaseHost } from "../support/release-host.ts";

let host: ReleaseHost;

beforeAll(async () => {
  host = await runningReleaseHost();
});

afterAll(() => host[Symbol.asyncDispose]());

test("an update that cannot note who makes it says so", async () => {
  const lock = `${host.stateDir()}/upgrade.lock`;
  symlinkSync("/dev/full", lock);
  try {
    expect(await host.enit("update", "relex")).toEqual({
      stdout: "",
      stderr: `enit: cannot write "${lock}": no space is left on the device\n`,
      exitCode: 3,
    });
  } finally {
    rmSync(lock);
  }
});

test.if(canMount)("a start for which there is no room says where to make it", async () => {
  host.define("roomless");
  host.write("run/enit/roomless/.keep", "");
  const mount = inMountNamespace(`mount -t tmpfs -o size=16k none ${host.stateDir("roomless")}`);
  expect(await host.enitWith(mount, "start", "roomless")).toEqual({
    stdout: "",
    stderr:
      `enit: cannot write to the state directory "${host.stateDir("roomless")}": no space is left on the device\n` +
      "Make room there, or name another one with --state-dir.\n",
    exitCode: 3,
  });
});

test.if(canMount)(
  "a reconfiguration that cannot be noted says that the node has it, and is noted by the next one",
  async () => {
    host.write("etc/enit/relex/z.config", "{relex_application, [{frozzle_timeout, 1}]}.\n");
    const releases = `${host.stateDir()}/releases`;
    const mount = inMountNamespace(`mount --bind ${releases} ${releases}; mount -o remount,bind,ro ${releases}`);
    expect(await host.enitWith(mount, "reconfigure", "relex")).toEqual({
      stdout: "",
      stderr:
        `enit: cannot write to the state directory "${host.stateDir()}": the file system is read-only; "relex" has the changes all the same\n` +
        "Run enit reconfigure relex again when that is mended.\n",
      exitCode: 3,
    });
    const { stdout } = await host.enit("eval", "relex", "application:get_env(relex_application, frozzle_timeout)");
    expect(stdout).toBe("{ok,1}\n");
    expect((await host.enit("reconfigure", "relex")).exitCode).toBe(0);
    expect((await host.enit("reconfigure", "relex")).stdout).toBe("reconfigure: config unchanged\n");
  },
);
