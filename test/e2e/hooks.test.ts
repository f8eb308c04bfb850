import { afterAll, beforeAll, expect, test } from "bun:test";
import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { HOST, type ReleaseHost, releaseHost } from "../support/release-host.ts";

const NODE = `relex@${HOST}`;

let host: ReleaseHost;

beforeAll(async () => {
  host = await releaseHost();
  host.define("relex", { applications: "[relex_application, relex_snmp]" });
  cpSync(join(import.meta.dir, "../fixtures/plugins/recorder.ts"), host.join("etc/enit/plugins/recorder.ts"));
  host.write("etc/enit/enit.toml", `lib_dirs = ["../../lib"]\n[recorder]\nfile = "${host.join("record")}"\n`);
});

afterAll(() => host[Symbol.asyncDispose]());

/** What the plugin noted since the last time, without the hooks around the command. */
function recorded(): unknown[][] {
  const file = host.join("record");
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  rmSync(file);
  return lines.map((line) => JSON.parse(line) as unknown[]);
}

test("the hooks of a start fire in order, and the waterfalls have their say", async () => {
  const run = await host.enit("start", "relex");
  const pid = host.vm()?.pid;
  expect(run).toEqual({ stdout: `started release relex 1.0 [${NODE}] (pid ${pid})\n`, stderr: "", exitCode: 0 });
  expect(recorded()).toEqual([
    ["command:before", "start"],
    ["config:resolve", "relex", "1.0"],
    ["vm:launch", "relex"],
    ["vm:started", "relex", NODE, pid],
    ["command:after", "start", "ok"],
  ]);
  const seen = 'init:get_argument(recorded), os:getenv("RECORDED"), application:get_env(relex_snmp, agent)';
  expect((await host.enit("eval", "relex", `{${seen}}`)).stdout).toBe('{{ok,[["yes"]]},"yes",{ok,161}}\n');
});

test("config says which values a plugin gave", async () => {
  const { stdout } = await host.enit("config", "relex", "--explain");
  expect(stdout).toMatch(/^relex_snmp {2,}agent {2,}161 {2,}plugin recorder$/m);
  host.write(
    "adding/adder.ts",
    `import { definePlugin } from "enit/plugin";
     export default definePlugin({ name: "adder", api: 1, enforce: "post", hooks: { "config:resolve": (ctx, sections) =>
       [...sections, { application: "relex_snmp", entries: [{ key: "more", value: ctx.terms.nil }] }] } });\n`,
  );
  const both = await host.enit("--plugin-dir", host.join("adding"), "config", "relex", "--explain");
  expect(both.stdout).toMatch(/^relex_snmp {2,}agent {2,}161 {2,}plugin recorder$/m);
  expect(both.stdout).toMatch(/^relex_snmp {2,}more {2,}\[\] {2,}plugin adder$/m);
});

test("the hooks of a reconfiguration fire, and may take changes out", async () => {
  recorded();
  host.write("etc/enit/relex/z.config", "{relex_application, [{forbidden, 1}]}.\n{relex_snmp, [{allowed, 1}]}.\n");
  const { exitCode } = await host.enit("reconfigure", "relex");
  expect(exitCode).toBe(0);
  expect(recorded()).toEqual([
    ["command:before", "reconfigure"],
    ["config:resolve", "relex", "1.0"],
    ["reconfigure:plan", NODE],
    ["reconfigure:applied", NODE, "relex_snmp"],
    ["command:after", "reconfigure", "ok"],
  ]);
  const { stdout } = await host.enit("eval", "relex", "application:get_env(relex_application, forbidden)");
  expect(stdout).toBe("undefined\n");
});

test("the hooks of a stop fire around it; a failed command tells its error", async () => {
  recorded();
  const pid = host.vm()?.pid;
  await host.enit("stop", "relex");
  expect(recorded()).toEqual([
    ["command:before", "stop"],
    ["vm:stopping", "relex", NODE, pid],
    ["vm:stopped", "relex", NODE, pid],
    ["command:after", "stop", "ok"],
  ]);
  await host.enit("stop", "relex");
  expect(recorded()).toEqual([
    ["command:before", "stop"],
    ["command:after", "stop", "not_running"],
  ]);
});

test("a hook that throws once a release has stopped for a restart does not leave it so", async () => {
  host.write(
    "objecting/objector.ts",
    `import { definePlugin } from "enit/plugin";
     const object = async () => { throw new Error("not so"); };
     export default definePlugin({ name: "objector", api: 1, hooks: { "vm:stopped": object } });\n`,
  );
  await host.enit("start", "relex");
  const former = host.vm()?.pid;
  const { stderr, exitCode } = await host.enit("--plugin-dir", host.join("objecting"), "restart", "relex");
  expect(stderr).toContain('"vm:stopped" of the plugin "objector": not so; "relex" was started again\n');
  expect(exitCode).toBe(1);
  expect((await host.enit("call", "relex", "erlang", "is_alive")).stdout).toBe("true\n");
  expect(host.vm()?.pid).not.toBe(former);
  await host.enit("stop", "relex");
  recorded();
});

test("a plugin that fails in a hook stops the work and is named; --no-plugins goes on without it", async () => {
  host.write("etc/enit/enit.toml", 'lib_dirs = ["../../lib"]\n');
  expect(await host.enit("status", "relex")).toEqual({
    stdout: "",
    stderr: `error: cannot go on after "command:after" of the plugin "recorder": [recorder] file is missing
enit: cannot go on after "command:before" of the plugin "recorder": [recorder] file is missing
`,
    exitCode: 1,
  });
  expect((await host.enit("status", "relex", "--no-plugins")).exitCode).toBe(0);
});
