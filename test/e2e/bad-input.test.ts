import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync } from "node:fs";
import { COOKIE, type ReleaseFiles, type ReleaseHost, releaseHost } from "../support/release-host.ts";
import { systemOtp } from "../support/otp.ts";

let host: ReleaseHost;

beforeAll(async () => {
  host = await releaseHost();
  host.define("relex");
});

afterAll(() => host[Symbol.asyncDispose]());

/** Runs a command that must fail without a word on stdout, and gives what it says with ROOT for the host's root. */
async function refusal(...args: string[]): Promise<{ stderr: string; exitCode: number }> {
  const { stdout, stderr, exitCode } = await host.enit(...args);
  expect(stdout).toBe("");
  expect(stderr).not.toContain(COOKIE);
  const asJson = await host.enit(...args, "--json");
  expect({ exitCode: asJson.exitCode, stderr: asJson.stderr }).toEqual({ exitCode, stderr });
  const { ok, error } = JSON.parse(asJson.stdout) as { ok: boolean; error: { message: string; code: string } };
  expect({ ok, message: stderr.split("\n")[0] }).toEqual({
    ok: false,
    message: `enit: ${error.message.split("\n")[0]}`,
  });
  expect(error.code).toMatch(/^[a-z_]+$/);
  return { stderr: stderr.replaceAll(host.root, "ROOT").replaceAll(systemOtp().root, "OTP"), exitCode };
}

describe("the command line", () => {
  test.each([
    [["sttus", "relex"], 'there is no command "sttus"', "Did you mean status?"],
    [["frobnicate"], 'there is no command "frobnicate"', '"enit help" '],
    [["status"], "RELEASE is missing", '"enit help status" '],
    [["status", "relex", "again"], '"again" is one argument too many', '"enit help status" '],
    [["status", "relex", "--show-cokie"], "there is no flag --show-cokie", "Did you mean --show-cookie?"],
    [["start", "relex", "--start-delay", "soon"], '--start-delay must be a number, not "soon"', '"enit help start" '],
    [["start", "relex", "--start-delay", "-1"], '--start-delay must be at least 0, not "-1"', '"enit help start" '],
    [["start", "relex", "--start-retries"], "--start-retries needs a value", '"enit help start" '],
    [["call", "relex", "erlang"], "FUNCTION is missing", '"enit help call" '],
  ])("%p cannot be understood: exit code 255", async (args, state, hint) => {
    const { stderr, exitCode } = await refusal(...args);
    expect(exitCode).toBe(255);
    expect(stderr).toStartWith("enit: cannot run ");
    expect(stderr).toContain(`: ${state}\n${hint}`);
  });

  test("a number of retries that is none", async () => {
    for (const command of ["start", "startfg", "restart"]) {
      expect(await refusal(command, "relex", "--start-retries", "many")).toEqual({
        stderr: 'enit: cannot use "many" as --start-retries: it is no whole number and not "infinity"\n',
        exitCode: 255,
      });
    }
  });
});

describe("a release", () => {
  test("that is not defined; the nearest name, or all names", async () => {
    expect(await refusal("start", "relx")).toEqual({
      stderr: 'enit: cannot find the release "relx": it is not in ROOT/var/lib/enit\nDid you mean "relex"?\n',
      exitCode: 2,
    });
    for (const command of [
      "start",
      "startfg",
      "stop",
      "restart",
      "status",
      "reconfigure",
      "config",
      "remsh",
      "systemd",
    ]) {
      const { stderr, exitCode } = await refusal(command, "nothing-like-it");
      expect(stderr).toStartWith(
        'enit: cannot find the release "nothing-like-it": it is not in ROOT/var/lib/enit\nKnown are ',
      );
      expect(exitCode).toBe(2);
    }
    expect((await refusal("status", "../lib")).exitCode).toBe(2);
  });

  const FORM = "The file must hold {release, NAME, [{vsn, VERSION}, {applications, [APP, ...]}]}.\n";
  const [DEFINITION, CONFIG] = ["ROOT/var/lib/enit/bad/release.enit", "ROOT/etc/enit/bad/user.config"];

  test.each<[what: string, files: ReleaseFiles, stderr: string]>([
    [
      "whose release.enit does not parse",
      { definition: '{release, bad,\n  [{vsn "1.0"}]}.\n' },
      `cannot read "${DEFINITION}:2:9": expected "," or "}", found a string
2 |   [{vsn "1.0"}]}.
            ^
`,
    ],
    [
      "whose release.enit is no release",
      { definition: "% mine\n{application, bad, []}.\n" },
      `cannot use "${DEFINITION}:2:1": it is no release\n2 | {application, bad, []}.\n    ^\n${FORM}`,
    ],
    [
      "whose release.enit is empty",
      { definition: "" },
      `cannot use "${DEFINITION}:1:1": it is no release\n1 | \n    ^\n${FORM}`,
    ],
    [
      "of another name than its directory",
      { definition: '{release, good, [{vsn, "1.0"}, {applications, [sasl]}]}.\n' },
      `cannot use "${DEFINITION}:1:1": the release is named "good" and its directory "bad"
1 | {release, good, [{vsn, "1.0"}, {applications, [sasl]}]}.
    ^
Give both the same name.
`,
    ],
    [
      "without a version",
      { definition: "{release, bad, [{applications, [sasl]}]}.\n" },
      `cannot use "${DEFINITION}:1:1": the release has no vsn
1 | {release, bad, [{applications, [sasl]}]}.
    ^
Add {vsn, "1.0"} to it.
`,
    ],
    [
      "whose configuration does not parse, and not a word of it is shown",
      { user: "{relex_application, [{password, Secret}]}.\n" },
      `cannot read "${CONFIG}:2:33": expected a term, found a variable\n`,
    ],
    [
      "whose configuration is no list of sections",
      { user: "{sasl, []}.\nsasl.\n" },
      `cannot use "${CONFIG}:3:1": it is no section\nA section is {APPLICATION, [{KEY, VALUE}, ...]}.\n`,
    ],
    [
      "with a section that is no list",
      { user: "{sasl, verbose}.\n" },
      `cannot use "${CONFIG}:2:1": the section sasl must hold a list\n`,
    ],
    [
      "with a key without a value",
      { user: "{sasl, [verbose]}.\n" },
      `cannot use "${CONFIG}:2:8": the section sasl holds what is no {KEY, VALUE}\nWrite {verbose, true}.\n`,
    ],
    [
      "with a node setting of another type",
      { user: "{node, [{hidden, maybe}]}.\n" },
      `cannot use "${CONFIG}:2:9": node hidden must be true or false\n`,
    ],
    [
      "with a cookie among the arguments of the VM",
      { user: '{node, [{vm_args, ["-setcookie", "monster"]}]}.\n' },
      `cannot use "${CONFIG}:2:9": node vm_args has -setcookie, which is for enit alone to set\n`,
    ],
    [
      "with an application that is not installed",
      { applications: "[relex_application, frozzle]" },
      `cannot find the application "frozzle": it is not in ROOT/lib, OTP/lib
Install what is missing, or name the directory that holds it with --lib-dir or lib_dirs.
`,
    ],
    [
      "with an application that is not installed, under nearly that name",
      { applications: "[relex_aplication]" },
      `cannot find the application "relex_aplication": it is not in ROOT/lib, OTP/lib
Perhaps it should be "relex_application" for "relex_aplication".
`,
    ],
    [
      "with a version of an application that is not installed",
      { applications: '[{relex_application, "7"}]' },
      `cannot find the application "relex_application-7" (installed: 1.0.1): it is not in ROOT/lib, OTP/lib
Install what is missing, or name the directory that holds it with --lib-dir or lib_dirs.
`,
    ],
    [
      "with applications that need each other",
      { applications: "[relex_circle_a]" },
      `cannot order the applications of "bad": relex_circle_a -> relex_circle_b -> relex_circle_a is a circle
Take one of them out of the applications or included_applications of the one before it.
`,
    ],
    [
      "with a user that there is not",
      { user: '{node, [{run_as_user, "no-such-user"}]}.\n' },
      `cannot run as user "no-such-user": there is no such user
Make it (on Debian: adduser --system no-such-user), or change run_as_user.
`,
    ],
    [
      "with a group that there is not",
      { user: '{node, [{run_as_group, "no-such-group"}]}.\n' },
      `cannot run as group "no-such-group": there is no such group
Make it (on Debian: addgroup --system no-such-group), or change run_as_group.
`,
    ],
    [
      "with a name that no node can have",
      { user: '{node, [{nodename, "a b"}]}.\n' },
      `cannot use "${CONFIG}:2:9": node nodename: the part before the @ must consist of letters without accents, digits, _ and -\n`,
    ],
  ])("%s", async (_what, files, stderr) => {
    host.define("bad", files);
    expect(await refusal("start", "bad")).toEqual({ stderr: `enit: ${stderr}`, exitCode: 2 });
    expect(host.vm("bad")).toBeUndefined();
  });

  test("without a cookie", async () => {
    host.define("bad");
    host.write("etc/enit/bad/user.config", "");
    expect(await refusal("start", "bad")).toEqual({
      stderr: `enit: cannot use the release "bad": it has no cookie
Put {node, [{cookie, "..."}]}. into ${CONFIG}, which only those should be able to read who run the release.
`,
      exitCode: 2,
    });
  });
});

describe("the settings of the host", () => {
  test("that cannot be used: each says which one, and where it stands", async () => {
    await using other = await releaseHost();
    const file = other.write("etc/enit/enit.toml", "\nstart_delay = true\n");
    expect(await other.enit("list")).toEqual({
      stdout: "",
      stderr: `enit: cannot use the setting start_delay from "${file}:2:1": it must be a number of seconds\n`,
      exitCode: 2,
    });
  });

  test("a table for a plugin that there is not, if its name is like that of one", async () => {
    await using other = await releaseHost();
    other.define("relex");
    const file = other.write("etc/enit/enit.toml", "[trase]\n[plugins.of_a_project]\n[trace]\n");
    expect((await other.enit("list")).stderr).toBe(
      `warning: ${file}:1:1: there is no plugin "trase". Did you mean "trace"?\n`,
    );
    expect((await other.enit("--no-plugins", "list")).stderr).toBe("");
  });
});

describe("Erlang/OTP", () => {
  test("that is not there", async () => {
    const run = await host.enitWith({ env: { PATH: "/nonexistent" } }, "start", "relex");
    expect(run).toEqual({
      stdout: "",
      stderr: `enit: cannot find Erlang/OTP: no erl of an installation in PATH (/nonexistent)
Install it (Debian and Ubuntu: apt install erlang-base), or name its root directory with otp_root or ERL_ROOTDIR.
`,
      exitCode: 1,
    });
    const { stderr, exitCode } = await refusal("start", "relex", "--otp-root", host.join("lib"));
    expect(stderr).toStartWith('enit: cannot use "ROOT/lib" as Erlang/OTP: ');
    expect(exitCode).toBe(2);
  });

  test("that is too old", async () => {
    host.write("old/releases/start_erl.data", "10.7 22\n");
    host.write("old/releases/22/OTP_VERSION", "22.3.4\n");
    expect(await refusal("start", "relex", "--otp-root", host.join("old"))).toEqual({
      stderr: `enit: cannot use Erlang/OTP 22.3.4 in "ROOT/old": it is older than 25
Install Erlang/OTP 25 or newer, or name another installation with otp_root or ERL_ROOTDIR.
`,
      exitCode: 126,
    });
  });
});

describe("files that cannot be used", () => {
  test("a state directory that is a file", async () => {
    host.write("state", "");
    expect(await refusal("start", "relex", "--state-dir", host.join("state"))).toEqual({
      stderr: `enit: cannot write to the state directory "ROOT/state/relex": a part of its path is no directory
Run enit as the user who owns it, or name another one with --state-dir.
`,
      exitCode: 3,
    });
  });

  test("a configuration that is a directory", async () => {
    host.define("dirs");
    mkdirSync(host.join("etc/enit/dirs/z.config"));
    expect(await refusal("start", "dirs")).toEqual({
      stderr: 'enit: cannot read "ROOT/etc/enit/dirs/z.config": it is a directory\n',
      exitCode: 3,
    });
    expect(existsSync(host.stateDir("dirs"))).toBe(false);
  });
});

test("a packaged release that is not there", async () => {
  host.define("packaged", { user: '{node, [{root, "/srv/packaged"}]}.\n', definition: "{release, packaged, []}." });
  expect(await refusal("start", "packaged")).toEqual({
    stderr: `enit: cannot use the release in "/srv/packaged": there is no such directory
Unpack the release there, or change root.
`,
    exitCode: 2,
  });
});
