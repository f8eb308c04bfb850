import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { applicationCodeOf, compareModules, readApplicationCode } from "../../../src/knit/code/index.ts";
import { type Oracle, oracle, systemOtp } from "../../support/otp.ts";
import { failure } from "../../support/failure.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { writeErlangApplication } from "../erlang-application.ts";

let vm: Oracle;
beforeAll(async () => {
  vm = await oracle(systemOtp());
});
afterAll(() => vm[Symbol.asyncDispose]());

const SERVER = "-export([f/1]).\n-note(one).\nf(X) -> {X, literal}.\n";

describe("compareModules()", () => {
  test("finds modules that came, went, or have other code or attributes", async () => {
    using dir = tempDir();
    const from = { same: SERVER, code: SERVER, attribute: SERVER, gone: SERVER };
    const to = {
      same: SERVER,
      code: SERVER.replace("literal", "other"),
      attribute: SERVER.replace("one", "two"),
      fresh: SERVER,
    };
    await writeErlangApplication(vm, dir, "a-1", { name: "a", vsn: "1", modules: from });
    await writeErlangApplication(vm, dir, "a-2", { name: "a", vsn: "2", modules: to });
    const changes = compareModules(readApplicationCode(dir.join("a-1")), readApplicationCode(dir.join("a-2")));
    expect(changes).toEqual({ added: ["fresh"], changed: ["attribute", "code"], removed: ["gone"] });
  });

  test("passes over debug information, options, lines, and how a file is stored", async () => {
    using dir = tempDir();
    const modules = { a_server: SERVER };
    const moved = { a_server: `\n%% A comment that moves the lines.\n\n${SERVER}` };
    const app = { name: "a", vsn: "1" };
    await writeErlangApplication(vm, dir, "plain", { ...app, modules });
    await writeErlangApplication(vm, dir, "moved", { ...app, modules: moved });
    await writeErlangApplication(vm, dir, "bare", { ...app, modules, options: "no_debug_info, deterministic" });
    await writeErlangApplication(vm, dir, "packed", { ...app, modules, options: "compressed" });
    // As beam_lib:strip/1 does it, the attributes are gone too.
    for (const [name, kept] of [
      ["stripped", '["Attr"]'],
      ["bald", "[]"],
    ] as const) {
      await writeErlangApplication(vm, dir, name, { ...app, modules });
      const file = dir.join(name, "ebin/a_server.beam");
      await vm.evaluate(`{ok, Beam} = file:read_file("${file}"), {ok, {_, Stripped}} = beam_lib:strip(Beam, ${kept}),
        ok = file:write_file("${file}", Stripped)`);
    }
    const plain = readApplicationCode(dir.join("plain"));
    const nothing = { added: [], changed: [], removed: [] };
    for (const other of ["moved", "bare", "packed", "stripped", "bald"]) {
      expect([other, compareModules(plain, readApplicationCode(dir.join(other)))]).toEqual([other, nothing]);
    }
  });
});

describe("readApplicationCode()", () => {
  test("gives what is in ebin, as applicationCodeOf() gives it from files at hand", async () => {
    using dir = tempDir();
    const appup = '{"1", [], []}.\n';
    const application = { name: "a", vsn: "1", modules: { b: SERVER, a: SERVER }, appup };
    await writeErlangApplication(vm, dir, "lib/a-1", application);
    const directory = dir.join("lib/a-1");
    const files = (readdirSync(directory, { recursive: true }) as string[]).filter((name) =>
      statSync(`${directory}/${name}`).isFile(),
    );
    const contents = new Map(files.map((name) => [name, readFileSync(`${directory}/${name}`)]));
    for (const code of [readApplicationCode(directory), applicationCodeOf(contents, directory)]) {
      expect({ ...code, spec: code.spec.modules, modules: [...code.modules.keys()] }).toEqual({
        name: "a",
        version: "1",
        spec: ["b", "a"],
        modules: ["a", "b"],
        appup: { file: `${directory}/ebin/a.appup`, bytes: Buffer.from(appup) },
        origin: directory,
      });
      const module = code.modules.get("a");
      const md5 = await vm.bytes(`{ok, {a, MD5}} = beam_lib:md5("${directory}/ebin/a.beam"), MD5`);
      expect(module?.md5).toBe(Buffer.from(md5).toString("hex"));
      expect(module?.attributes.find(({ name }) => name === "note")?.values).toEqual([{ kind: "atom", name: "one" }]);
    }
  });

  test("refuses what is no application, and names a module that is no BEAM file", async () => {
    using dir = tempDir();
    dir.write("none/ebin/readme", "");
    expect(await failure(() => readApplicationCode(dir.join("none")))).toMatchObject({
      code: "application_not_found",
      kind: "input",
    });
    dir.write("bad/ebin/bad.app", '{application, bad, [{vsn, "1"}]}.\n');
    dir.write("bad/ebin/m.beam", "no beam");
    const code = readApplicationCode(dir.join("bad"));
    expect(() => code.modules.get("m")?.md5).toThrow(`cannot read the BEAM file "${dir.join("bad/ebin/m.beam")}"`);
  });
});
