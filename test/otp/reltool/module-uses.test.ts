import { describe, expect, test } from "bun:test";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { openBeam, readImports } from "../../../src/beam/index.ts";
import { readEmulatorLimits } from "../../../src/otp/emulator-limits.ts";
import { ModuleUses } from "../../../src/otp/reltool/module-uses.ts";
import {
  atom,
  decodeTerm,
  encodeTerm,
  integer,
  list,
  listElements,
  string,
  stringValue,
  tuple,
} from "../../../src/term/index.ts";
import { type OtpInstallation, oracle, otpInstallations, systemOtp } from "../../support/otp.ts";
import { tempDir } from "../../support/temp-dir.ts";

const XREF = `
  Used = fun(File) ->
    {ok, Pid} = xref:start([{xref_mode, modules}]),
    ok = xref:set_default(Pid, [{verbose, false}, {warnings, false}]),
    ok = xref:set_library_path(Pid, []),
    {ok, _} = xref:add_module(Pid, File, []),
    {ok, Mods} = xref:q(Pid, "UM", []),
    xref:stop(Pid),
    lists:flatten(lists:join(" ", [atom_to_list(Mod) || Mod <- Mods]))
  end,
  [Used(File) || File <- Input]`;

for (const otp of otpInstallations()) {
  describe(`on OTP ${otp.major}`, () => {
    test("a function is known to be the emulator's where the emulator says so, of all that are called anywhere", async () => {
      const called = new Map<string, readonly [module: string, name: string, arity: number]>();
      for (const file of beamFiles(otp)) {
        for (const { module, name, arity } of readImports(openBeam(readFileSync(file)))) {
          called.set(`${module}:${name}/${arity}`, [module, name, arity]);
        }
      }
      const functions = [...called.values()];
      const input = list(functions.map(([module, name, arity]) => tuple(atom(module), atom(name), integer(arity))));
      await using erl = await oracle(otp);
      const answer = await erl.bytes(
        "<< <<case erlang:is_builtin(M, F, A) of true -> 1; false -> 0 end>> || {M, F, A} <- Input >>",
        encodeTerm(input),
      );
      const uses = usesOf(otp);
      const wrong = functions.filter(([module, name, arity], at) => {
        return uses.builtinsOf(module).has(`${name}/${arity}`) !== (answer[at] === 1);
      });
      expect(functions.length).toBeGreaterThan(3000);
      expect(wrong).toEqual([]);
    });

    test("a module uses what xref says", async () => {
      const files = beamFiles(otp).filter((_, index) => index % 12 === 0);
      await using erl = await oracle(otp);
      const answer = listElements(decodeTerm(await erl.evaluate(XREF, encodeTerm(list(files.map(string))))));
      const uses = usesOf(otp);
      expect(files.map((file) => uses.ofFile(file).sort().join(" "))).toEqual(
        answer?.map((each) => stringValue(each) ?? "") ?? [],
      );
    });
  });
}

test("a module that a later OTP compiled is refused, by its instructions or by its form", async () => {
  const oldest = otpInstallations()[0] ?? systemOtp();
  const newest = otpInstallations().at(-1) ?? oldest;
  expect(newest.major).toBeGreaterThan(oldest.major);
  using dir = tempDir();
  const source = dir.write("plain.erl", "-module(plain).\n-export([f/1]).\nf(X) -> {X, [a, literal]}.\n");
  await using erl = await oracle(newest);
  await erl.evaluate(`{ok, _} = compile:file("${source}", [{outdir, "${dir.path}"}])`);
  expect(() => usesOf(newest).ofFile(dir.join("plain.beam"))).not.toThrow();
  expect(() => usesOf(oldest).ofFile(dir.join("plain.beam"))).toThrow(
    `cannot use the BEAM file "${dir.join("plain.beam")}": it has`,
  );
  const bare = new ModuleUses([], 25, () => ({ release: 25, maxOpcode: undefined }));
  expect(() => bare.ofFile(dir.join("plain.beam"))).toThrow("the form of Erlang/OTP 28 and later");
});

test("a broken module is named in the error", () => {
  using dir = tempDir();
  const file = dir.write("broken.beam", "FOR1 and nothing more");
  expect(() => new ModuleUses([], 25, () => ({ release: 25, maxOpcode: undefined })).ofFile(file)).toThrow(
    `cannot read the BEAM file "${file}"`,
  );
});

function usesOf(otp: OtpInstallation): ModuleUses {
  const dirs = beamDirs(otp).filter((dir) => /\/(erts|kernel|stdlib)-[^/]*\/ebin$/.test(dir));
  return new ModuleUses(dirs, otp.major, () => readEmulatorLimits(otp.root, otp.major));
}

function beamFiles(otp: OtpInstallation): string[] {
  return beamDirs(otp).flatMap((dir) =>
    readdirSync(dir)
      .filter((name) => name.endsWith(".beam"))
      .map((name) => join(dir, name)),
  );
}

function beamDirs(otp: OtpInstallation): string[] {
  return [...new Bun.Glob("lib/*/ebin").scanSync({ cwd: otp.root, onlyFiles: false, absolute: true })].sort();
}
