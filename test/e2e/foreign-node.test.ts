import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { makeCertificates } from "../support/certificates.ts";
import { COOKIE, HOST, type ReleaseHost, releaseHost } from "../support/release-host.ts";
import { freePort, otpInstallations, startNode, systemOtp, type TestNode } from "../support/otp.ts";
import { openTerminal } from "../support/terminal.ts";
import { Transcript } from "../support/transcript.ts";

/** Nodes that enit did not start, with the name and the cookie of a release. */
let host: ReleaseHost;

beforeAll(async () => {
  host = await releaseHost();
});

afterAll(() => host[Symbol.asyncDispose]());

/** A release, and a node of its name as something else than enit would start it. */
function startForeign(name: string, otp = systemOtp(), cookie = COOKIE): Promise<TestNode> {
  return startNode({ otp, name, epmdPort: host.epmdPort, cookie });
}

for (const otp of otpInstallations()) {
  test(`commands work on a node of OTP ${otp.major} that enit did not start`, async () => {
    const name = `foreign_${otp.major}`;
    host.define(name, { user: "{sasl, [{new, 1}]}.\n{kernel, [{logger_level, error}]}.\n" });
    expect(await host.json("status", name)).toMatchObject({ online: false });
    await using node = await startForeign(name, otp);
    await node.text("application:start(sasl), application:set_env(sasl, own, mine)");

    expect(await host.json("status", name)).toMatchObject({
      online: true,
      state: "running",
      status: { otp: String(otp.major), pid: node.pid, node: `${name}@${HOST}` },
    });
    expect((await host.enit("list")).stdout).toContain(`* ${name} 1.0 [${name}@${HOST}] (running)\n`);
    expect(await host.enit("call", name, "erlang", "node")).toMatchObject({ stdout: `${name}@${HOST}\n`, exitCode: 0 });
    expect(await host.enit("eval", name, "A = 1, A + 1")).toMatchObject({ stdout: "2\n", stderr: "", exitCode: 0 });
    // Its code comes from this binary, and is of no file there.
    expect(
      await node.text("{code:which(enit_eval), [V || {enit, _, V} <- application:loaded_applications()]}"),
    ).toMatch(/^\{"enit_eval.beam",\["[\d.]+"\]\}$/);

    expect((await host.enit("reconfigure", name)).stdout).toStartWith("reconfigure: config changes applied\n");
    expect(await node.text("[application:get_env(sasl, K) || K <- [new, own]]")).toBe("[{ok,1},{ok,mine}]");
    host.write(`etc/enit/${name}/user.config`, `{node, [{cookie, "${COOKIE}"}]}.\n`);
    expect((await host.enit("reconfigure", name)).exitCode).toBe(0);
    expect(await node.text("application:get_env(sasl, new)")).toBe("undefined");
    expect((await host.enit("reconfigure", name)).stdout).toBe("reconfigure: config unchanged\n");

    const tracer = host.spawn("trace", name, "lists:seq/2", "--msgs", "1", "--time", "20");
    await new Transcript(tracer.stderr).until("tracing 1 function");
    await node.text("lists:seq(1, 3)");
    expect(await tracer.stdout.text()).toContain("lists:seq(1, 3)");

    const stopped = await host.enit("stop", name);
    expect(stopped).toMatchObject({ stderr: `waiting for node '${name}@${HOST}' to go down...\n`, exitCode: 0 });
    expect(await node.exited).toBe(0);
    expect(await host.json("status", name)).toMatchObject({ online: false });
    expect((await host.enit("list")).stdout).toContain(`* ${name} 1.0 [${name}@${HOST}] (not running)\n`);
  });
}

describe("a node that enit did not start", () => {
  test("is halted by stop --force when it does not stop", async () => {
    host.define("stubborn");
    await using node = await startForeign("stubborn");
    await node.text("sys:suspend(application_controller)");
    const failed = await host.enit("stop", "stubborn", "--stop-timeout", "200");
    expect(failed.stderr).toContain(
      `cannot stop "stubborn": the node "stubborn@${HOST}" still runs after 0.2 seconds\n`,
    );
    expect(failed.exitCode).toBe(1);
    expect(await host.json("stop", "stubborn", "--stop-timeout", "200", "--force")).toMatchObject({
      node: `stubborn@${HOST}`,
      pid: node.pid,
      killed: true,
    });
    expect(await node.exited).toBe(137);
  });

  test("gets a newer module in place of an older one that lacks a function", async () => {
    host.define("older");
    await using node = await startForeign("older");
    const forms = "[{attribute, 1, module, enit_eval}]";
    await node.text(`{ok, M, Code} = compile:forms(${forms}), {module, M} = code:load_binary(M, "older", Code)`);
    expect((await host.enit("eval", "older", "1 + 1")).stdout).toBe("2\n");
    expect(await node.text("code:which(enit_eval)")).toBe('"enit_eval.beam"');
  });

  test("gets a remote shell on its own OTP, that shows no cookie, over TLS and without epmd as well", async () => {
    using certificates = await makeCertificates();
    const otp = otpInstallations().at(-1) ?? systemOtp();
    const port = freePort();
    const tls = `[{server, [${certificates.options("node")}]}, {client, [${certificates.options("node")}]}]`;
    const options = host.write("ssl_dist.conf", `${tls}.\n`);
    const kinds = [
      { name: "shelled", node: "", args: [] },
      {
        name: "shelled_tls",
        node: `{tls, "${options}"}, {dist_port, ${port}}, {epmd, false}`,
        args: ["-proto_dist", "inet_tls", "-ssl_dist_optfile", options, "-erl_epmd_port", String(port)],
      },
    ];
    for (const { name, node, args } of kinds) {
      host.define(name, { defaults: `{node, [${node}]}.\n` });
      expect((await host.enit("remsh", name)).stderr).toContain(`cannot open a shell on "${name}": it does not run\n`);
      await using foreign = await startNode({ otp, name, args, epmdPort: host.epmdPort, cookie: COOKIE });
      const left = host.write(`run/enit/${name}/shells/1-0/.erlang.cookie`, COOKIE);
      const terminal = openTerminal(["--root", host.root, "remsh", name], host.env);
      await terminal.until(`(${foreign.node})1>`);
      terminal.type("[S] = nodes(hidden), rpc:call(S, os, getpid, []) ++ rpc:call(S, code, root_dir, []).\r");
      await terminal.until(otp.root);
      const [directory, ...others] = readdirSync(dirname(dirname(left)));
      // That of a shell which has ended is gone.
      expect([existsSync(left), others]).toEqual([false, []]);
      const [pid = ""] = directory?.split("-") ?? [];
      expect(terminal.screen()).toContain(`"${pid}${otp.root}"`);
      for (const file of ["cmdline", "environ"]) {
        expect(readFileSync(`/proc/${pid}/${file}`, "latin1")).not.toContain(COOKIE);
      }
      terminal.type("\u0003");
      await terminal.until("BREAK: (a)bort");
      terminal.type("a\r");
      await terminal.exited;
      expect(await foreign.text("ok")).toBe("ok");
    }
    await host.json("start", "shelled");
    expect(readdirSync(host.join("run/enit/shelled/shells"))).toEqual([]);
  });

  test("that does not answer is waited for by a remote shell until Ctrl-C", async () => {
    const connected = Promise.withResolvers<void>();
    using silent = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: { open: () => connected.resolve(), data() {} },
    });
    host.define("silent", { defaults: `{node, [{dist_port, ${silent.port}}, {epmd, false}]}.\n` });
    const shell = host.spawn("remsh", "silent");
    await connected.promise;
    shell.kill("SIGINT");
    expect(await shell.stderr.text()).toBe("");
    expect(await shell.exited).toBe(130);
  });

  test("is not asked with another cookie than its own", async () => {
    host.define("guarded");
    await using node = await startForeign("guarded", systemOtp(), "another_cookie");
    for (const command of ["status", "stop", "reconfigure"]) {
      const { stderr, exitCode } = await host.enit(command, "guarded");
      expect(stderr).toContain(`cannot connect to "guarded@${HOST}"`);
      expect(stderr).not.toContain("another_cookie");
      expect(exitCode).toBe(1);
    }
    expect(await node.text("code:is_loaded(enit_status)")).toBe("false");
  });
});
