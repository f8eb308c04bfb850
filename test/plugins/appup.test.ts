import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Oracle, oracle, systemOtp } from "../support/otp.ts";
import { runEnit } from "../support/run-enit.ts";
import { type TempDir, tempDir } from "../support/temp-dir.ts";
import { writeErlangApplication } from "../knit/erlang-application.ts";

let vm: Oracle;
let dir: TempDir;

beforeAll(async () => {
  vm = await oracle(systemOtp());
  dir = tempDir();
  const source = (value: number, more = ""): string => `${more}-export([f/0]).\nf() -> ${value}.\n`;
  const write = (release: number, name: string, vsn: string, modules: Readonly<Record<string, string>>) =>
    writeErlangApplication(vm, dir, `relex-${release}/lib/${name}-${vsn}`, { name, vsn, modules });
  await write(1, "a", "1.0", { a_one: source(1), a_gone: source(1) });
  await write(2, "a", "1.1", { a_one: source(2, "-behaviour(my_server).\n"), a_new: source(1) });
  await write(1, "b", "3", { b_one: source(1) });
  await write(2, "b", "3", { b_one: source(2) });
  await write(1, "c", "1", { c_one: source(1) });
  await write(2, "c", "2", { c_one: source(2) });
  await write(1, "old", "1", { old_one: source(1) });
  await write(2, "new", "1", { new_one: source(1) });
  writeRelease(1, ["a-1.0", "b-3", "c-1", "old-1"]);
  writeRelease(2, ["a-1.1", "b-3", "c-2", "new-1"]);
  const tar = Bun.spawn(["tar", "czf", "relex-2.tar.gz", "relex-2"], { cwd: dir.path });
  expect(await tar.exited).toBe(0);
});
afterAll(async () => {
  dir[Symbol.dispose]();
  await vm[Symbol.asyncDispose]();
});

function writeRelease(version: number, libraries: readonly string[]): void {
  const applications = libraries.map((each) => each.split("-")).map(([name, vsn]) => `{${name}, "${vsn}"}`);
  const erts = '{erts, "13.1.5"}';
  dir.write(
    `relex-${version}/releases/${version}/relex.rel`,
    `{release, {"relex", "${version}"}, ${erts}, [${applications.join(", ")}]}.\n`,
  );
}

const run = (...args: readonly string[]) => runEnit(["appup", ...args], { cwd: dir.path });
const APPLICATIONS = ["relex-1/lib/a-1.0", "relex-2/lib/a-1.1"] as const;

describe("enit appup", () => {
  test("prints the appup between two directories of an application, as OTP reads it", async () => {
    const { stdout, stderr, exitCode } = await run(...APPLICATIONS);
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    const file = dir.write("out/a.appup", stdout);
    expect(await vm.text(`{ok, [Term]} = file:consult("${file}"), Term`)).toBe(
      '{"1.1",[{"1.0",[{add_module,a_new},{load_module,a_one},{delete_module,a_gone}]}],' +
        '[{"1.0",[{add_module,a_gone},{load_module,a_one},{delete_module,a_new}]}]}',
    );
  });

  test("explains every instruction in a table", async () => {
    const { stdout, exitCode } = await run(...APPLICATIONS, "--explain");
    expect(exitCode).toBe(0);
    expect(stdout).toBe(`a 1.0 -> 1.1
  {add_module,a_new}      new in 1.1 (no process of its own)
  {load_module,a_one}     changed (no process of its own): it is loaded
  {delete_module,a_gone}  not in 1.1
a 1.1 -> 1.0
  {add_module,a_gone}    in 1.0, not in 1.1
  {load_module,a_one}    changed (no process of its own): it is loaded
  {delete_module,a_new}  not in 1.0
`);
  });

  test("compares releases, as directories and as tarballs", async () => {
    const { stdout, stderr } = await run("relex-1", "relex-2.tar.gz", "--json");
    const { data } = JSON.parse(stdout) as { data: { applications: { application: string }[] } };
    expect(data).toMatchObject({
      older: { path: "relex-1", name: "relex", version: "1" },
      newer: { path: "relex-2.tar.gz", name: "relex", version: "2" },
      applications: [
        { application: "a", from: "1.0", to: "1.1", written: { up: false, down: false } },
        {
          application: "c",
          from: "1",
          to: "2",
          up: [
            {
              instruction: "{load_module,c_one}",
              module: "c_one",
              reason: "changed (no process of its own): it is loaded",
            },
          ],
        },
      ],
      added: ["new"],
      removed: ["old"],
      warnings: [{ code: "same_version_changed", application: "b", module: null }],
    });
    expect(stderr).toContain("b is 3 in both, but has other code: b_one");
    const text = (await run("relex-1", "relex-2")).stdout;
    expect(text).toStartWith("%% lib/a-1.1/ebin/a.appup\n%% coding: utf-8\n");
    expect(text).toContain("\n%% lib/c-2/ebin/c.appup\n");
    expect((await run("relex-1", "relex-2", "--explain")).stdout).toEndWith(
      "new is new: it is started as a whole\n\nold is gone: it is stopped as a whole\n",
    );
  });

  test("takes the release that a target system starts, and lets plugins change instructions", async () => {
    dir.write(
      "relex-2/releases/3/relex.rel",
      '{release, {"relex", "3"}, {erts, "13.1.5"}, [{a, "1.1"}, {b, "3"}, {c, "2"}, {new, "1"}, {x, "1"}]}.\n',
    );
    expect(JSON.parse((await run("relex-1", "relex-2", "--json")).stdout)).toMatchObject({
      data: { newer: { version: "3" } },
    });
    dir.write("relex-2/releases/start_erl.data", "13.1.5 2\n");
    dir.write(
      "plugins/restarter.js",
      `export default { name: "restarter", api: 1, hooks: { "upgrade:appup": (ctx, { up, down }, { application }) =>
        application === "c" ? { up: [], down } : { up, down } } };`,
    );
    const { stdout } = await run("relex-1", "relex-2", "--json", "--plugin-dir", dir.join("plugins"));
    expect(JSON.parse(stdout)).toMatchObject({
      data: { newer: { version: "2" }, applications: [{ application: "a" }, { application: "c", up: [], down: [{}] }] },
    });
  });

  test("is told what behaviours are built on", async () => {
    const { stdout } = await run(...APPLICATIONS, "--behaviour", "my_server=gen_server");
    expect(stdout).toContain("{update,a_one,soft}");
    const both = await run(...APPLICATIONS.toReversed(), "--behaviour", "my_server=gen_server", "--json");
    expect(JSON.parse(both.stdout)).toMatchObject({ data: { warnings: [{ code: "kind_changed", module: "a_one" }] } });
  });

  test.each([
    [["relex-1", "nothing"], 2, "source_unknown"],
    [["relex-1", "."], 2, "source_unknown"],
    [["relex-1", "relex-2/releases/2/relex.rel"], 2, "tarball_damaged"],
    [["relex-1", "relex-2/lib/a-1.1"], 2, "sources_differ"],
    [["relex-1/lib/c-1", "relex-2/lib/a-1.1"], 2, "sources_differ"],
    [["relex-1", "relex-1"], 2, "nothing_newer"],
    [["relex-1", "relex-2", "--behaviour", "my_server"], 255, "bad_behaviour"],
    [["relex-1"], 255, "missing_argument"],
  ] as const)("refuses %p", async (args, exitCode, code) => {
    const result = await run(...args, "--json");
    expect(JSON.parse(result.stdout)).toMatchObject({ ok: false, error: { code } });
    expect(result.exitCode).toBe(exitCode);
  });
});
