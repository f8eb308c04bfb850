import { afterAll, beforeAll, expect, test } from "bun:test";
import { renameSync } from "node:fs";
import { COOKIE, type ReleaseHost, releaseHost } from "../support/release-host.ts";
import { startNode, systemOtp } from "../support/otp.ts";

let host: ReleaseHost;

beforeAll(async () => {
  host = await releaseHost();
});

afterAll(() => host[Symbol.asyncDispose]());

/** Starts a release with these keys of the section `node`; it must succeed. */
async function start(name: string, node: string, user = "", ...flags: string[]): Promise<void> {
  host.define(name, { applications: "[relex_application]", defaults: `{node, [${node}]}.\n`, user });
  await host.json("start", name, ...flags);
}

async function evaluate(name: string, expressions: string): Promise<string> {
  const { stdout, stderr } = await host.enit("eval", name, expressions);
  return stderr === "" ? stdout.replaceAll(/\s+/g, "") : stderr;
}

test("a long node name", async () => {
  await start("long", '{nodename, "x@127.0.0.1"}, {long_names, true}');
  expect(await evaluate("long", "{node(), net_kernel:longnames()}")).toBe("{'x@127.0.0.1',true}");
  expect((await host.enit("status", "long")).stdout).toContain("\nNode:    x@127.0.0.1\n");
  expect((await host.enit("stop", "long")).exitCode).toBe(0);
});

test("hidden, connect_all, smp, vm_args and env reach the VM", async () => {
  await start(
    "options",
    `{hidden, true}, {connect_all, false}, {smp, disabled},
     {vm_args, ["+P", "20000", "-mine", "two words"]}, {env, [{"MINE", "a b"}]}`,
  );
  const seen = `{init:get_argument(hidden), application:get_env(kernel, connect_all), erlang:system_info(schedulers),
                 erlang:system_info(process_limit) < 40000, init:get_argument(mine), os:getenv("MINE")}`;
  expect(await evaluate("options", seen)).toBe('{{ok,[[]]},{ok,false},1,true,{ok,[["twowords"]]},"ab"}');
  expect(await evaluate("options", "init:get_argument(connect_all)")).toBe('{ok,[["false"]]}');
});

test("connected nodes are shown; enit itself is none of them", async () => {
  await start("connected", "{smp, enabled}, {hidden, false}");
  await using other = await startNode({ otp: systemOtp(), epmdPort: host.epmdPort, cookie: COOKIE });
  expect(await evaluate("connected", `net_adm:ping('${other.node}')`)).toBe("pong");
  expect((await host.enit("status", "connected")).stdout).toContain(
    `\nConnected Nodes:\n ${other.node}\nRunning Applications:\n`,
  );
  expect(await other.text("nodes(hidden)")).toBe("[]");
});

test("a node that listens on one interface alone is found by every command", async () => {
  await start("interface", "", "{kernel, [{inet_dist_use_interface, {127,0,0,2}}]}.\n");
  expect((await host.enit("call", "interface", "inet", "ntoa", "[{127,0,0,2}]")).stdout).toBe('"127.0.0.2"\n');
  expect((await host.enit("status", "interface")).stdout).toContain("This node is currently online.");
  expect((await host.enit("reconfigure", "interface")).stdout).toBe("reconfigure: config unchanged\n");
  const { stdout, exitCode } = await host.enit("stop", "interface");
  expect({ stdout: stdout.slice(0, 25), exitCode }).toEqual({ stdout: "stopped release interface", exitCode: 0 });
});

test("applications are found in lib_dirs of the node, ERL_LIBS and --lib-dir", async () => {
  host.define("found", { applications: "[relex_application]" });
  renameSync(host.join("lib"), host.join("apps"));
  try {
    const missing = await host.enit("start", "found");
    expect(missing.exitCode).toBe(2);

    await host.json("start", "found", "--lib-dir", host.join("apps"));
    await host.enit("stop", "found");

    const run = await host.enitWith({ env: { ERL_LIBS: "apps" } }, "start", "found");
    expect({ stderr: run.stderr, exitCode: run.exitCode }).toEqual({ stderr: "", exitCode: 0 });
    await host.enit("stop", "found");

    await start("own", '{lib_dirs, ["../../../../apps"]}');
    expect(await evaluate("own", "code:lib_dir(relex_application)")).toBe(
      `"${host.join("apps/relex_application-1.0.1")}"`,
    );
  } finally {
    renameSync(host.join("apps"), host.join("lib"));
  }
});

test("the caller's flags for Erlang and settings of enit do not reach the VM, its variables do", async () => {
  host.define("environment", { applications: "[relex_application]" });
  const env = { ERL_FLAGS: "-mine yes", ERL_AFLAGS: "+S 1", ENIT_VERBOSE: "1", LANG: "C.UTF-8" };
  expect((await host.enitWith({ env }, "start", "environment")).exitCode).toBe(0);
  const seen = 'init:get_argument(mine), [os:getenv(Name) || Name <- ["ERL_FLAGS", "ENIT_VERBOSE", "LANG", "HOME"]]';
  expect(await evaluate("environment", seen)).toBe(`[false,false,"C.UTF-8","${host.env["HOME"]}"]`);
});

test("names of files with letters beyond ASCII, in the locale C", async () => {
  host.define("named", { applications: "[relex_application]" });
  const env = { LC_ALL: "C" };
  const flags = ["--state-dir", host.join("Zustände"), "--lib-dir", host.join("äpps")];
  renameSync(host.join("lib"), host.join("äpps"));
  try {
    const started = await host.enitWith({ env }, "start", "named", ...flags);
    expect({ stderr: started.stderr, exitCode: started.exitCode }).toEqual({ stderr: "", exitCode: 0 });
    try {
      expect((await host.enitWith({ env }, "reconfigure", "named", ...flags)).stdout).toBe(
        "reconfigure: config unchanged\n",
      );
      const where = await host.enitWith({ env }, "eval", "named", "code:lib_dir(relex_application)", ...flags);
      expect(where.stdout).toBe(`"${host.join("äpps/relex_application-1.0.1")}"\n`);
    } finally {
      expect((await host.enitWith({ env }, "stop", "named", ...flags)).exitCode).toBe(0);
    }
  } finally {
    renameSync(host.join("äpps"), host.join("lib"));
  }
});

test("unknown keys of the section node are warnings with the nearest known name", async () => {
  host.define("warned", { applications: "[relex_application]", defaults: "{node, [{smpp, enabled}]}.\n" });
  const { stderr, exitCode } = await host.enit("config", "warned");
  expect({ stderr, exitCode }).toEqual({
    stderr: `warning: ${host.join("var/lib/enit/warned/defaults.config")}:1:9: "smpp" is no key of the section node. Did you mean "smp"?\n`,
    exitCode: 0,
  });
});
