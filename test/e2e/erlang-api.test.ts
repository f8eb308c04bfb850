import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { waitForExit } from "../../src/vm/exit-watch.ts";
import { identifyProcess } from "../../src/vm/vm-record.ts";
import { COOKIE, HOST, type ReleaseHost, releaseHost } from "../support/release-host.ts";
import { type Oracle, oracle, otpInstallations, startNode, systemOtp } from "../support/otp.ts";
import { ENIT } from "../support/run-enit.ts";

let host: ReleaseHost;

beforeAll(async () => {
  host = await releaseHost();
  host.define("relex", {
    defaults: "{relex_application, [{frozzle_timeout, 6000}, {kept, 1.0}]}.\n{sasl, [{utc_log, true}]}.\n",
    user: '{relex_application, [{frozzle_timeout, 7000}, {text, "\\x{20ac}"}]}.\n',
  });
  host.define("broken", { definition: "{release, broken, [" });
  await host.json("start", "relex");
});

afterAll(() => host[Symbol.asyncDispose]());

const SECTION = "[{frozzle_timeout,7000},{kept,1.0},{text,[8364]}]";
const CONFIG = `[{relex_application,${SECTION}},{sasl,[{utc_log,true}]},{node,[{cookie,"********"}]}]`;

/** Starts a process `Caller` that sends `{result, _}`, and waits for what it prints first, `Printed`. */
function behind(call: string): string {
  const caller = `Self = self(), Caller = spawn(fun() -> group_leader(Self, self()), Self ! {result, ${call}} end)`;
  const print = "receive {io_request, From, As, {put_chars, _, Text}} -> From ! {io_reply, As, ok} end";
  return `${caller}, ${print}, Printed = unicode:characters_to_list(Text)`;
}

/** An Erlang VM that has the modules by `enit agent install`, and is no node of any release. */
async function stranger(otp = systemOtp()): Promise<Oracle> {
  const { ebin } = (await host.json("agent", "install", host.join("erlang"))) as { ebin: string };
  return oracle(otp, { args: ["-pa", ebin], env: { ...host.env } });
}

for (const otp of otpInstallations()) {
  test(`any Erlang of the host reads, applies and calls, on OTP ${otp.major}`, async () => {
    await using vm = await stranger(otp);
    expect(await vm.text('lists:keysort(1, enit:get_config("relex", []))')).toBe(
      await vm.text(`lists:keysort(1, ${CONFIG})`),
    );
    for (const release of ['"relex"', "relex", '<<"relex">>']) {
      expect(await vm.text(`enit:get_config(${release}, relex_application, [])`)).toBe(SECTION);
    }
    expect(await vm.text('enit:get_config("relex", nothing, [])')).toBe("[]");
    const notFound = `{error,{release_not_found,"cannot find the release \\"rel\\": it is not in ${host.join("var/lib/enit")}"}}`;
    expect(await vm.text('enit:get_config("rel", [])')).toBe(notFound);
    expect(await vm.text('enit:get_config("rel", sasl, [{match, true}])')).toBe("[{utc_log,true}]");
    expect(await vm.text('enit:get_config("relex", node, [show_cookie])')).toBe(`[{cookie,"${COOKIE}"}]`);

    // What is applied stays when the application is loaded afterwards, as it is loaded before.
    expect(await vm.text('enit:apply_config("relex", sasl, [])')).toBe("ok");
    expect(await vm.text("{application:load(sasl), application:get_env(sasl, utc_log)}")).toBe(
      "{{error,{already_loaded,sasl}},{ok,true}}",
    );
    expect(await vm.text("application:get_env(relex_application, kept)")).toBe("undefined");
    expect(await vm.text('enit:configurate("rel", [{match, true}])')).toBe("ok");
    expect(await vm.text("application:get_env(relex_application, kept)")).toBe("{ok,1.0}");
    expect(await vm.text("application:get_env(node, cookie)")).toBe("undefined");
    expect(await vm.text('enit:configurate("rel", relex_application, [])')).toBe(notFound);

    expect(await vm.text('enit:call("rel", [{match, true}], erlang, node, [])')).toBe(`relex@${HOST}`);
    // Terms go there and come back as they are.
    const term = '{1.0, <<1:3>>, #{"k" => [v | w]}, self(), make_ref(), fun lists:map/2, -1 bsl 70, "\\x{1f600}"}';
    expect(await vm.text(`T = ${term}, {ok, T} =:= {ok, enit:call("relex", [], erlang, hd, [[T]])}`)).toBe("true");
    expect(await vm.text('enit:call("relex", [], erlang, whereis, [init])')).toMatch(/^<\d+\.\d+\.0>$/);
    expect(await vm.text("process_info(self(), messages)")).toBe("{messages,[]}");
  });
}

describe("enit:call/5", () => {
  test("gives errors as {error, {Code, Message}}, the command line's", async () => {
    await using vm = await stranger();
    const error = (code: string, message: string): string => `{error,{${code},${JSON.stringify(message)}}}`;
    expect(await vm.text('enit:call("relex", [], nonesuch, f, [])')).toBe(
      error("call_failed", `cannot call "nonesuch:f/0" on "relex@${HOST}": there is no such function`),
    );
    expect(await vm.text('enit:call("relex", [{timeout, 20}], timer, sleep, [infinity])')).toBe(
      error("call_timeout", `cannot call "timer:sleep/1" on "relex@${HOST}": no result within 20 ms`),
    );
    expect(await vm.text('enit:get_config("broken", [])')).toStartWith('{error,{definition_syntax,"cannot read ');
    host.define("stopped");
    expect(await vm.text('enit:call("stopped", [], erlang, node, [])')).toBe(
      error("not_running", 'cannot connect to "stopped": it does not run'),
    );
    for (const wrong of ["[{mtach, true}]", "[{match, yes}]", "[{timeout, -1}]"]) {
      expect(await vm.text(`catch enit:get_config("relex", ${wrong})`)).toContain("{bad_option,");
    }
  });

  test("prints where the caller prints", async () => {
    await using vm = await stranger();
    const call = 'enit:call("relex", [], io, format, ["~ts~n", ["\\x{20ac}uro"]])';
    expect(await vm.text(`${behind(call)}, {Printed, receive {result, Result} -> Result end}`)).toBe(
      "{[8364,117,114,111,10],ok}",
    );
  });

  test("ends with its caller: nothing of it is left running", async () => {
    await using vm = await stranger();
    const expressions = 'io:put_chars(\\"here\\"), receive after infinity -> ok end';
    const call = `enit:call("relex", [], enit_eval, expressions, [<<"${expressions}">>])`;
    const program =
      "hd([Pid || Port <- erlang:ports(), {os_pid, Pid} <- [erlang:port_info(Port, os_pid)], is_integer(Pid)])";
    const pid = await vm.text(`${behind(call)}, register(caller, Caller), ${program}`);
    // What is asked for is in no argument.
    const words = readFileSync(`/proc/${pid}/cmdline`, "latin1");
    expect(words).toContain("serve");
    expect(words).not.toContain("here");
    const running = identifyProcess(Number(pid));
    await vm.text("exit(whereis(caller), kill)");
    if (running !== undefined) await waitForExit(running, new AbortController().signal);
  });

  test("says that there is no program enit where none is found", async () => {
    const { ebin } = (await host.json("agent", "install", host.join("erlang"))) as { ebin: string };
    await using vm = await oracle(systemOtp(), { args: ["-pa", ebin], env: { PATH: "/nowhere" } });
    await vm.text("application:load(enit), application:unset_env(enit, command)");
    expect(await vm.text('enit:get_config("relex", [])')).toBe(
      '{error,{enit_not_found,"cannot find the program enit: it is not on the path"}}',
    );
    await vm.text('application:set_env(enit, command, ["/bin/false"])');
    expect(await vm.text('enit:get_config("relex", [])')).toBe(
      '{error,{enit_failed,"cannot ask the program enit: it ended with exit code 1 and without an answer"}}',
    );
  });
});

test("in a release that enit started, the modules run the enit that did", async () => {
  const own = await host.enit("eval", "relex", 'enit:get_config("relex", sasl, [])');
  expect(own).toEqual({ stdout: "[{utc_log,true}]\n", stderr: "", exitCode: 0 });
  expect(await host.json("eval", "relex", "{ok, Vsn} = application:get_key(enit, vsn), Vsn")).toMatchObject({
    text: expect.stringMatching(/^"\d+\.\d+\.\d+"$/) as unknown,
  });
});

test("agent send brings the modules to a node that enit did not start", async () => {
  host.define("sent", { user: "{sasl, [{a, b}]}.\n" });
  expect((await host.enit("agent", "send", "sent")).stderr).toStartWith(
    'enit: cannot connect to "sent": it does not run\n',
  );
  await using node = await startNode({ otp: systemOtp(), name: "sent", epmdPort: host.epmdPort, cookie: COOKIE });
  expect((await host.enit("agent", "send", "sent")).stdout).toMatch(/^sent enit [0-9.]+ to sent@.+\n$/);
  expect(await node.text('enit:get_config("sent", sasl, [])')).toBe("[{a,b}]");
  expect(await node.text("enitdbg:mod(lists)")).toBe("{error,no_tracer}");
});

test("agent install writes an application whole, in place of an older one", async () => {
  const directory = host.join("installed");
  const first = (await host.json("agent", "install", directory)) as { ebin: string; version: string; otp: number };
  host.write(`installed/enit-${first.version}/ebin/old.beam`, "");
  expect(await host.enit("agent", "install", directory)).toEqual({
    stdout: `${first.ebin}\n`,
    stderr: "",
    exitCode: 0,
  });
  expect(first).toEqual({ version: first.version, otp: first.otp, ebin: `${directory}/enit-${first.version}/ebin` });
  expect(readdirSync(directory)).toEqual([`enit-${first.version}`]);
  expect(readdirSync(first.ebin)).not.toContain("old.beam");
  expect(statSync(first.ebin).mode & 0o777).toBe(0o755);
  await using vm = await oracle(systemOtp(), { env: { ERL_LIBS: directory } });
  expect(await vm.text("ok = application:load(enit), hd(application:get_env(enit, command, []))")).toBe(`"${ENIT}"`);
  const failed = await host.enit("agent", "install", "/proc/nowhere");
  expect(failed.stderr).toStartWith('enit: cannot write the Erlang application enit to "/proc/nowhere": ');
  expect(failed.exitCode).toBe(3);
});

test("agent serve refuses what is no request", async () => {
  for (const input of [Buffer.of(0, 0), Buffer.of(0, 0, 0, 3, 131, 97, 1), Buffer.of(255, 0, 0, 0)]) {
    const run = Bun.spawn({ cmd: [ENIT, "agent", "serve"], stdin: input, stdout: "pipe", stderr: "pipe" });
    const [output, message, exitCode] = await Promise.all([run.stdout.text(), run.stderr.text(), run.exited]);
    expect({ output, exitCode }).toEqual({ output: "", exitCode: 2 });
    expect(message).toStartWith('enit: cannot read the request on "standard input": ');
  }
});
