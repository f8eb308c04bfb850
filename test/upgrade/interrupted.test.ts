import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readLines } from "../support/lines.ts";
import { canMount } from "../support/namespace.ts";
import { systemOtp } from "../support/otp.ts";
import { definePackaged } from "../support/packaged.ts";
import { COOKIE, type ReleaseHost, releaseHost } from "../support/release-host.ts";
import { ENIT } from "../support/run-enit.ts";
import { packagedHost } from "./packaged-host.ts";
import { type Builds, buildVersions, changeAll, goodVersion } from "./target-system.ts";

let builds: Builds;
let host: ReleaseHost;

beforeAll(async () => {
  builds = await buildVersions(systemOtp(), { vsn: "1" }, [
    goodVersion("2"),
    goodVersion("2-slow", { up: changeAll("2-slow", "{load_module, counter_lib}, {apply, {timer, sleep, [1000]}}") }),
  ]);
  host = await packagedHost(builds);
  const { exitCode, stderr } = await host.enit("start", "relex");
  if (exitCode !== 0) throw new Error(stderr);
});
afterAll(async () => {
  await host?.[Symbol.asyncDispose]();
  builds?.[Symbol.dispose]();
});

/** Upgrades, and does something at a step; see `upgrading.ts`. */
function upgrading(
  on: ReleaseHost,
  at: string,
  action: string,
  before: string[] = [],
  version = "2",
): Bun.Subprocess<"ignore", "pipe"> {
  const script = join(import.meta.dir, "upgrading.ts");
  const args = [on.root, builds.otp.root, builds.tarball(version), at, action];
  const env = { PATH: process.env["PATH"], ...on.env };
  return Bun.spawn([...before, process.execPath, script, ...args], { env, stdin: "ignore", stdout: "pipe" });
}

async function versionsOf(on: ReleaseHost): Promise<string[]> {
  const { versions } = (await on.json("releases", "relex")) as { versions: { version: string; status: string }[] };
  return versions.map(({ version, status }) => `${version} ${status}`);
}

async function filesOf(on: ReleaseHost): Promise<string[]> {
  return readdirSync(on.join("opt", "relex"), { recursive: true, encoding: "utf8" })
    .filter((name) => !/^lib\/(kernel|stdlib|sasl)|^erts|\.shipped$/.test(name))
    .sort();
}

const STEPS = ["copying", "unpacking", "installing", "point_of_no_return", "verifying", "making permanent"];

test.each(STEPS)("an enit that is killed at the step %p: the next run does it", async (step) => {
  const count = await host.enit("eval", "relex", "counter_server:count(counter)");
  const child = upgrading(host, step, "kill");
  await child.exited;
  expect(child.signalCode).toBe("SIGKILL");
  // The node works, whatever version it has by now.
  const works = await host.enit("eval", "relex", "counter_server:count(counter)");
  expect(Number(works.stdout)).toBe(Number(count.stdout) + 1);

  const again = await host.enit("upgrade", "relex", builds.tarball("2"));
  expect(again).toMatchObject({ exitCode: 0 });
  expect(await versionsOf(host)).toEqual(["2 permanent", "1 old"]);
  expect(readFileSync(host.join("opt/relex/releases/start_erl.data"), "utf8")).toEndWith(" 2");
  expect((await host.enit("eval", "relex", "counter_server:version(counter)")).stdout).toBe('"2"\n');
  expect(existsSync(host.join("opt/relex/releases/enit.unpacking"))).toBe(false);

  expect((await host.enit("rollback", "relex")).exitCode).toBe(0);
  expect((await host.enit("releases", "relex", "--remove", "2")).exitCode).toBe(0);
  expect(existsSync(host.join("opt/relex/lib/counter-2"))).toBe(false);
});

test("an enit that is killed while release_handler is at work: the next run waits for it, and goes on", async () => {
  const child = upgrading(host, "{apply", "kill", [], "2-slow");
  await child.exited;
  expect(child.signalCode).toBe("SIGKILL");
  const again = await host.enit("upgrade", "relex", "2-slow");
  expect(again.stdout).toContain("release relex 2-slow verified");
  expect(again.stderr).toStartWith("waiting until release_handler is done with what was begun before\n");
  expect(await versionsOf(host)).toEqual(["2-slow permanent", "1 old"]);
  expect((await host.enit("rollback", "relex")).exitCode).toBe(0);
  expect((await host.enit("releases", "relex", "--remove", "2-slow")).exitCode).toBe(0);
});

test("a VM that is killed in the middle of an installation starts with the version of before", async () => {
  const child = upgrading(host, "{apply", "kill-vm", [], "2-slow");
  expect(await child.stdout.text()).toContain("the VM ended meanwhile; nothing runs now");
  expect(await child.exited).toBe(1);
  expect((await host.enit("start", "relex")).stdout).toStartWith("started release relex 1 ");
  expect(await versionsOf(host)).toEqual(["2-slow unpacked", "1 permanent"]);
  expect((await host.enit("upgrade", "relex", builds.tarball("2-slow"))).exitCode).toBe(0);
  expect((await host.enit("rollback", "relex")).exitCode).toBe(0);
  expect((await host.enit("releases", "relex", "--remove", "2-slow")).exitCode).toBe(0);
});

test.skipIf(!canMount)("a disk that becomes full is said, and nothing of the version stays", async () => {
  await using full = await releaseHost(builds.otp);
  const root = full.join("opt", "relex");
  mkdirSync(root, { recursive: true });
  definePackaged(full, root);
  full.write("etc/enit/relex/user.config", `{node, [{cookie, "${COOKIE}"}]}.\n`);
  const mount = `mount -t tmpfs -o size=1m tmpfs ${root} && cp -a ${builds.base}/. ${root} && echo ready && exec cat`;
  await using cleanup = new AsyncDisposableStack();
  const holder = cleanup.adopt(
    Bun.spawn(["unshare", "--mount", "sh", "-c", mount], { stdin: "pipe", stdout: "pipe" }),
    async (process) => {
      process.kill("SIGKILL");
      await process.exited;
    },
  );
  for await (const line of readLines(holder.stdout)) if (line === "ready") break;
  const inside = [Bun.which("nsenter") ?? "nsenter", `--mount=/proc/${holder.pid}/ns/mnt`, "--"];
  const [program, ...before] = [...inside, ENIT];
  const enit = (...args: string[]) => full.enitWith({ program, before }, ...args);
  expect(await enit("start", "relex")).toMatchObject({ exitCode: 0 });
  const seen = join("/proc", String(holder.pid), "root", root);
  const files = readdirSync(seen, { recursive: true, encoding: "utf8" }).sort();

  const child = upgrading(full, "unpacking", `fill:${root}/filler`, inside);
  expect(await child.stdout.text()).toContain("no space is left on the device");
  expect(await child.exited).toBe(1);
  rmSync(join(seen, "filler"));
  expect(readdirSync(seen, { recursive: true, encoding: "utf8" }).sort()).toEqual(files);
  expect((await enit("releases", "relex")).stdout).toContain("1        permanent");
  expect((await enit("upgrade", "relex", builds.tarball("2"))).exitCode).toBe(0);
});

test("a second upgrade at the same time is refused", async () => {
  const before = await filesOf(host);
  host.write("etc/enit/plugins/waiter.ts", WAITER);
  const first = host.spawn("upgrade", "relex", builds.tarball("2"));
  const lines = readLines(first.stderr);
  for (let line = await lines.next(); line.value !== "installing"; line = await lines.next()) {
    expect(line.done).toBe(false);
  }
  const second = await host.enit("upgrade", "relex", builds.tarball("2"));
  expect(second).toMatchObject({ exitCode: 1, stdout: "" });
  expect(second.stderr).toContain(`cannot change the version of "relex": process ${first.pid} is changing it`);
  void first.stdin.end();
  expect(await first.exited).toBe(0);
  rmSync(host.join("etc/enit/plugins/waiter.ts"));
  expect((await host.enit("rollback", "relex")).exitCode).toBe(0);
  expect((await host.enit("releases", "relex", "--remove", "2")).exitCode).toBe(0);
  expect(await filesOf(host)).toEqual(before);
});

/** A plugin whose hook tells that it is there, and waits for the end of its input. */
const WAITER = `import { definePlugin } from "enit/plugin";
export default definePlugin({
  name: "waiter",
  api: 1,
  hooks: {
    "upgrade:install": async () => {
      console.error("installing");
      await Bun.stdin.text();
    },
  },
});
`;
