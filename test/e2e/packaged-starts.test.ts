/** What may be in a packaged release, and what may be wrong with it, on the system's OTP. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { definePackaged, packRelease } from "../support/packaged.ts";
import { HOST, type ReleaseHost, releaseHost } from "../support/release-host.ts";
import { readLines } from "../support/lines.ts";
import { oracle, systemOtp } from "../support/otp.ts";
import { openTerminal } from "../support/terminal.ts";

const isRoot = process.geteuid?.() === 0;
const VERSION_DIR = "opt/relex/releases/1";

let host: ReleaseHost;
/** The package as it was made. */
let packed: string;
let root: string;

beforeAll(async () => {
  host = await releaseHost();
  root = await packRelease(host, { otp: systemOtp() });
  packed = host.join("packed");
  renameSync(root, packed);
});

afterAll(() => host[Symbol.asyncDispose]());

beforeEach(() => {
  rmSync(root, { recursive: true, force: true });
  cpSync(packed, root, { recursive: true });
  rmSync(host.join("etc/enit/relex"), { recursive: true, force: true });
  definePackaged(host, root);
});

async function evaluate(expressions: string): Promise<string> {
  const { stdout, stderr } = await host.enit("eval", "relex", expressions);
  return stderr === "" ? stdout.replaceAll(/\s+/g, "") : stderr;
}

async function stop(): Promise<void> {
  expect((await host.enit("stop", "relex")).exitCode).toBe(0);
}

describe("what does not start", () => {
  test("an application is named with its reason, tried again if that is wanted, and nothing is left running", async () => {
    host.write("etc/enit/relex/user.config", "{relex_application, [{on_start, {fail, 1}}]}.\n");
    const failed = await host.enit("start", "relex");
    expect(failed.stderr).toStartWith(
      'enit: cannot start "relex": application "relex_application": its function relex_application:start/2 gave an error: {{not_yet,1}',
    );
    expect({ exitCode: failed.exitCode, vm: host.vm() }).toEqual({ exitCode: 1, vm: undefined });
    const retried = await host.enit("start", "relex", "--start-retries", "1", "--start-delay", "0");
    expect(retried.stderr).toContain('warning: cannot start application "relex_application"');
    expect(retried.exitCode).toBe(0);
    await stop();
  });

  test("a package that lacks something, or is for others, is refused before anything is written", async () => {
    const erlexec = `opt/relex/${readdirSync(root).find((name) => name.startsWith("erts-"))}/bin/erlexec`;
    const foreign = Buffer.from(readFileSync(host.join(erlexec)));
    foreign.writeUInt16LE(process.arch === "arm64" ? 62 : 183, 18);
    const own = process.arch === "arm64" ? "aarch64" : "x86_64";
    const other = process.arch === "arm64" ? "x86_64" : "aarch64";
    const cases: [change: () => unknown, state: RegExp, exitCode: number][] = [
      [() => rmSync(host.join(erlexec)), /: it has no emulator erts-\d/, 2],
      [
        () => Bun.write(host.join(erlexec), foreign),
        RegExp(`: its emulator is for ${other}, and this machine is ${own}\n`),
        2,
      ],
      [() => host.write(`${VERSION_DIR}/start.boot`, "boot"), /: .*\/start\.boot is no boot file\n/, 2],
      [() => removeBootFiles(), /: releases\/1 holds no start\.boot and no relex\.boot\n/, 2],
      [() => host.write("opt/relex/releases/start_erl.data", "12.3.2 1"), /: it has no emulator erts-12\.3\.2\n/, 2],
      [
        () => {
          host.write("opt/relex/erts-12.3.2/bin/erlexec", "");
          host.write("opt/relex/releases/start_erl.data", "12.3.2 1");
        },
        /: its emulator erts-12\.3\.2 is older than OTP 25\n/,
        126,
      ],
    ];
    rmSync(host.stateDir(), { recursive: true, force: true });
    for (const [change, state, exitCode] of cases) {
      rmSync(root, { recursive: true, force: true });
      cpSync(packed, root, { recursive: true });
      await change();
      const refused = await host.enit("start", "relex");
      expect(refused.stderr).toStartWith(`enit: cannot use the release in "${root}": `);
      expect(refused.stderr).toMatch(state);
      expect(refused.exitCode).toBe(exitCode);
      expect(readdirSync(host.stateDir())).not.toContain("releases");
    }
  });

  test("an emulator of another Linux is told from one that is not there", async () => {
    const erlexec = join(root, readdirSync(root).find((name) => name.startsWith("erts-")) ?? "", "bin/erlexec");
    writeFileSync(erlexec, readFileSync(erlexec, "latin1").replace("/ld-linux", "/ld-other"), "latin1");
    const refused = await host.enit("start", "relex");
    expect(refused.stderr).toBe(`enit: cannot run "${erlexec}": the loader that it names is not on this machine
It was made for another Linux. To see which loader it is: ldd on that file.
`);
    expect({ exitCode: refused.exitCode, vm: host.vm() }).toEqual({ exitCode: 1, vm: undefined });
  });

  test("a variable that is not set is named with its place", async () => {
    const file = host.write(`${VERSION_DIR}/sys.config.src`, '[\n  {relex_application, [{secret, "${SECRET}"}]}\n].\n');
    const refused = await host.enit("start", "relex");
    expect(refused.stderr).toStartWith(`enit: cannot use "${file}:2:34": the variable SECRET is not set\n`);
    expect(refused.stderr).toContain("Set it in the environment, or in the section node:");
    expect(refused.exitCode).toBe(2);
    // What it is needed for can wait for who only looks.
    expect((await host.enit("status", "relex")).stdout).toContain("This node is currently offline.");
    expect((await host.enit("list")).stdout).toBe(`* relex 1 [shipped@${HOST}] (not running)\n`);
  });
});

test("variables are those that the VM was started with, whoever asks", async () => {
  host.write(
    `${VERSION_DIR}/sys.config.src`,
    '[{relex_application, [{secret, "${SECRET}"}, {mode, ${MODE:-none}}]}].\n',
  );
  const started = await host.enitWith({ env: { SECRET: "first", MODE: "some" } }, "start", "relex");
  expect(started).toMatchObject({ stderr: "", exitCode: 0 });
  expect((await host.enit("config", "relex")).stdout).toContain('{relex_application,[{secret,"first"},{mode,some}]}.');
  expect((await host.enitWith({ env: { MODE: "other" } }, "reconfigure", "relex")).stdout).toBe(
    "reconfigure: config unchanged\n",
  );
  // What would keep it from starting again keeps it running.
  expect((await host.enit("restart", "relex")).stderr).toContain("the variable SECRET is not set");
  expect((await host.enitWith({ env: { SECRET: "second" } }, "restart", "relex")).exitCode).toBe(0);
  expect(await evaluate('{application:get_env(relex_application, secret), os:getenv("SECRET")}')).toBe(
    '{{ok,"second"},"second"}',
  );
  const stopped = await host.enit("stop", "relex");
  expect(stopped).toMatchObject({ stderr: `waiting for node 'shipped@${HOST}' to go down...\n`, exitCode: 0 });
});

test("arguments reach the VM: those of the package, its included files, the environment, and the section node", async () => {
  host.write(
    `${VERSION_DIR}/vm.args`,
    "-args_file etc/more.args # a comment\n-cookie 'of the package'\n+P 20000 -mine 'two words' -mode interactive -extra plain -x",
  );
  host.write("opt/relex/etc/more.args", '-sname "more"\n-included\n');
  host.write("etc/enit/relex/user.config", '{node, [{vm_args, ["-of_node", "1"]}]}.\n');
  const env = { ERL_FLAGS: "-from_flags x -setcookie in_vain", ERL_AFLAGS: "-before", ERL_LIBS: host.join("lib") };
  expect((await host.enitWith({ env }, "start", "relex")).stderr).toBe("");
  const flags = "mine, included, of_node, from_flags, before";
  expect(await evaluate(`[F || F <- [${flags}], init:get_argument(F) =/= error]`)).toBe(
    `[${flags.replaceAll(" ", "")}]`,
  );
  expect(
    await evaluate(
      "{node(), erlang:get_cookie(), erlang:system_info(process_limit), init:get_argument(mine), code:get_mode()," +
        ' init:get_plain_arguments(), os:getenv("ERL_LIBS"), os:getenv("RELEASE_NAME")}',
    ),
  ).toBe(`{more@${HOST},'ofthepackage',32768,{ok,[["twowords"]]},interactive,["plain","-x"],false,"relex"}`);
  const pid = host.vm()?.pid;
  const shown = readFileSync(`/proc/${pid}/cmdline`, "utf8") + readFileSync(`/proc/${pid}/environ`, "utf8");
  expect(shown).not.toContain("of the package");
  expect(shown).not.toContain("in_vain");
  await stop();
});

test("the layout of mix: variables in the boot file, no RELEASES, the cookie in a file of its own", async () => {
  await using vm = await oracle(systemOtp());
  const rel = join(root, "releases/1/relex");
  await vm.evaluate(
    `ok = systools:make_script("${rel}", [{path, ["${root}/lib/*/ebin"]}, {variables, [{"RELEASE_LIB", "${root}/lib"}]}, no_dot_erlang])`,
  );
  renameSync(`${rel}.boot`, host.join(`${VERSION_DIR}/start.boot`));
  rmSync(host.join("opt/relex/releases/RELEASES"));
  host.write("opt/relex/releases/COOKIE", "of_mix");
  host.write(`${VERSION_DIR}/vm.args`, "+fnu\n");
  expect((await host.enit("start", "relex")).stderr).toBe("");
  expect(await evaluate("{node(), erlang:get_cookie(), init:get_argument(boot_var), code:lib_dir(sasl)}")).toStartWith(
    `{relex@${HOST},of_mix,{ok,[["RELEASE_LIB","${root}/lib"]]},"${root}/lib/sasl-`,
  );
  expect(await evaluate("[{V, S, length(L)} || {_, V, L, S} <- release_handler:which_releases()]")).toBe(
    '[{"1",permanent,4}]',
  );
  expect(readFileSync(host.join("opt/relex/releases/RELEASES"), "utf8")).toContain('{sasl,"');

  const terminal = openTerminal(["--root", host.root, "remsh", "relex"], host.env);
  await terminal.until(`(relex@${HOST})1>`);
  terminal.type("{whereis(relex_server) =/= undefined, nodes(hidden)}.\r");
  await terminal.until("{true,['enit-shell-");
  terminal.type("\u0003");
  await terminal.until("BREAK: (a)bort");
  terminal.type("a\r");
  await terminal.exited;
  await stop();
});

test("a start in the foreground, and the restart that OTP does by itself", async () => {
  const enit = host.spawn("startfg", "relex");
  const lines = readLines(enit.stdout);
  const until = async (text: string): Promise<string[]> => {
    const said: string[] = [];
    while (said.at(-1) !== text) {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(await enit.stderr.text());
      said.push(value);
    }
    return said;
  };
  const started = [
    "booting release relex 1",
    "applying bootstrap configuration",
    "started sasl",
    "started relex_application",
    "started release relex 1",
  ];
  expect(await until("started release relex 1")).toEqual(started);
  expect(host.vm()?.pid).toBe(enit.pid);
  // As after an upgrade that was made permanent: the files of the package start the applications themselves.
  const restart = `init:make_permanent("${root}/releases/1/start", "${root}/releases/1/sys"), init:restart()`;
  expect(await evaluate(restart)).toBe("ok");
  expect((await until("started release relex 1")).slice(-5)).toEqual(started);
  expect(await evaluate("[T || {relex_application, T} <- proplists:get_value(started, application:info())]")).toBe(
    "[permanent]",
  );
  enit.kill("SIGTERM");
  expect(await enit.exited).toBe(0);
});

test.if(isRoot)("root runs it as another user, who owns what the VM writes and nothing of the package", async () => {
  rmSync(host.join("opt/relex/releases/RELEASES"));
  host.write("etc/enit/relex/user.config", '{node, [{run_as_user, "daemon"}]}.\n');
  expect((await host.enit("start", "relex")).stderr).toBe("");
  expect(await evaluate('{os:cmd("id -un"), os:getenv("HOME"), file:get_cwd()}')).toBe(
    `{"daemon\\n","/usr/sbin",{ok,"${root}"}}`,
  );
  expect(statSync(`${host.stateDir()}/releases/1/sys.config`)).toMatchObject({ uid: 1, mode: 0o100600 });
  expect(statSync(`${root}/releases/RELEASES`)).toMatchObject({ uid: 0 });
  await stop();
});

test("a release without sasl", async () => {
  await packRelease(host, { otp: systemOtp(), applications: "relex_application" });
  expect((await host.enit("start", "relex")).stderr).toBe("");
  expect(await evaluate("[A || {A, _, _} <- application:which_applications()]")).toBe(
    "[relex_application,stdlib,kernel]",
  );
  await stop();
});

function removeBootFiles(): void {
  for (const name of ["start", "relex"]) rmSync(host.join(`${VERSION_DIR}/${name}.boot`));
}

test("a remote shell boots from the package also where something else has started it", async () => {
  const erts = join(root, readdirSync(root).find((name) => name.startsWith("erts-")) ?? "");
  const of = (name: string): string => host.join(VERSION_DIR, name);
  const starting = host.witness.hold("{start,relex_application}");
  await using vm = Bun.spawn({
    cmd: [
      join(erts, "bin/erlexec"),
      "-boot",
      of("start"),
      "-config",
      of("sys"),
      "-args_file",
      of("vm.args"),
      "-noinput",
    ],
    env: { ...host.env, ROOTDIR: root, BINDIR: join(erts, "bin"), EMU: "beam", PROGNAME: "erl" },
    stdin: "ignore",
  });
  (await starting).goOn();
  const terminal = openTerminal(["--root", host.root, "remsh", "relex"], host.env);
  await terminal.until(`(shipped@${HOST})1>`);
  terminal.type("rpc:call(hd(nodes(hidden)), application, which_applications, []).\r");
  await terminal.until("[{stdlib,");
  await terminal.until("{kernel,");
  await terminal.until(`(shipped@${HOST})2>`);
  terminal.type("\u0003");
  await terminal.until("BREAK: (a)bort");
  terminal.type("a\r");
  await terminal.exited;
  vm.kill("SIGKILL");
  await vm.exited;
});
