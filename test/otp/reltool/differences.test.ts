import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { findOtp } from "../../../src/otp/index.ts";
import { type TargetSpec, makeTargetSpec, specToTerm } from "../../../src/otp/reltool/index.ts";
import { decodeTerm, encodeTerm, isTagged, parseTerm } from "../../../src/term/index.ts";
import { type Oracle, oracle, otpInstallations, systemOtp } from "../../support/otp.ts";
import { type TempDir, tempDir } from "../../support/temp-dir.ts";
import { smallRoot } from "./roots.ts";
import { specLines } from "./spec-text.ts";

// What docs/reltool-differences.md lists: where reltool stops and we go on. A test that fails since reltool goes on too
// says that the difference has gone.

const installations = otpInstallations();
const [oldest = systemOtp()] = installations;

describe(`where reltool of OTP ${oldest.major} stops and we go on`, () => {
  let dir: TempDir;
  let erl: Oracle;
  beforeAll(async () => {
    dir = tempDir();
    smallRoot(dir, oldest);
    erl = await oracle(oldest, { cwd: dir.path });
  });
  afterAll(async () => {
    await erl[Symbol.asyncDispose]();
    dir[Symbol.dispose]();
  });

  /** The system with one application, of a directory of its own; reltool must refuse it. */
  const madeAlone = async (name: string, options = ""): Promise<TargetSpec> => {
    const sys = `{sys, [{root_dir, "${dir.join("root")}"}, {lib_dirs, ["${name}"]}, {excl_lib, otp_root}, {excl_archive_filters, [".*"]},
      {rel, "r", "1", [${name}]}, {boot_rel, "r"}${options}]}`;
    const answer = decodeTerm(await erl.evaluate("catch reltool:get_target_spec([Input])", encodeTerm(parseTerm(sys))));
    expect(isTagged(answer, "ok")).toBe(false);
    return makeTargetSpec(parseTerm(sys), { otp: findOtp({ root: oldest.root }), directory: dir.path, env: {} });
  };
  const libraryOf = ({ items }: TargetSpec): string[] =>
    specLines(specToTerm(items)).filter((line) => line.startsWith("/lib/"));

  test("links that lead nowhere, as rebar3 leaves them, are left out with a warning", async () => {
    writeApp(dir, "dangling");
    symlinkSync("../../../gone/priv", dir.join("dangling/dangling-1.0/priv"));
    const spec = await madeAlone("dangling");
    expect(libraryOf(spec)).toEqual([
      `/lib/dangling-1.0 create_dir "${dir.join("dangling/dangling-1.0")}"`,
      "/lib/dangling-1.0/ebin create_dir",
      "/lib/dangling-1.0/ebin/dangling.app copy_file",
    ]);
    expect(spec.warnings.map(({ code }) => code)).toEqual(["file_left_out"]);
  });

  test("a BEAM file that was stripped already says what it uses", async () => {
    writeApp(dir, "stripped");
    const source = dir.write(
      "stripped/stripped_lib.erl",
      "-module(stripped_lib).\n-export([f/0]).\nf() -> lists:usort([]).\n",
    );
    await erl.evaluate(`{ok, _, Code} = compile:file("${source}", [binary]), {ok, {_, Beam}} = beam_lib:strip(Code),
      ok = file:write_file("${dir.join("stripped/stripped-1.0/ebin/stripped_lib.beam")}", Beam)`);
    const spec = await madeAlone("stripped");
    expect(libraryOf(spec)).toContain("/lib/stripped-1.0/ebin/stripped_lib.beam copy_file");
  });

  test("a broken BEAM file of an application that is not included does not matter", async () => {
    writeApp(dir, "sound");
    mkdirSync(dir.join("sound/other-1.0/ebin"), { recursive: true });
    dir.write("sound/other-1.0/ebin/other.beam", "FOR1 and nothing more");
    expect(libraryOf(await madeAlone("sound"))).toContain("/lib/sound-1.0/ebin/sound.app copy_file");
  });

  test("the empty list as callback module means that there is none", async () => {
    writeApp(dir, "library", "{mod, []}");
    expect(libraryOf(await madeAlone("library"))).toContain("/lib/library-1.0/ebin/library.app copy_file");
  });

  test("a .app file with a value of another type is left aside with a warning", async () => {
    writeApp(dir, "odd", "{modules, none}");
    expect((await madeAlone("odd")).warnings.map(({ code }) => code)).toEqual(["app_file_unusable"]);
  });

  test("an optional application that is not there does not matter outside of releases either", async () => {
    writeApp(dir, "choosy", "{optional_applications, [nowhere]}", "nowhere");
    const options = ', {rel, "s", "1", []}, {app, choosy, [{incl_cond, include}]}';
    const sys = `{sys, [{root_dir, "${dir.join("root")}"}, {lib_dirs, ["choosy"]}${options}, {boot_rel, "s"}]}`;
    const answer = decodeTerm(await erl.evaluate("reltool:get_target_spec([Input])", encodeTerm(parseTerm(sys))));
    expect(isTagged(answer, "error")).toBe(true);
    const { items } = makeTargetSpec(parseTerm(sys), {
      otp: findOtp({ root: oldest.root }),
      directory: dir.path,
      env: {},
    });
    expect(specLines(specToTerm(items)).some((line) => line.includes("choosy.app"))).toBe(true);
  });
});

for (const otp of installations.filter(({ major }) => major >= 26)) {
  test(`options of archives are warned of where reltool of OTP ${otp.major} crashes`, async () => {
    using dir = tempDir();
    const root = smallRoot(dir, otp);
    const sys = `{sys, [{root_dir, "${root}"}, {excl_archive_filters, [".*"]}, {incl_archive_filters, []}, {archive_opts, []},
      {app, sasl, [{excl_archive_filters, [".*"]}]}]}`;
    await using erl = await oracle(otp);
    const answer = decodeTerm(await erl.evaluate("reltool:get_target_spec([Input])", encodeTerm(parseTerm(sys))));
    expect(isTagged(answer, "ok")).toBe(false);
    const { warnings } = makeTargetSpec(parseTerm(sys), {
      otp: findOtp({ root: otp.root }),
      directory: dir.path,
      env: {},
    });
    expect(warnings.map(({ message }) => message)).toEqual([
      `the reltool option excl_archive_filters has no effect: OTP ${otp.major} knows no archives`,
      `the reltool option incl_archive_filters has no effect: OTP ${otp.major} knows no archives`,
      `the reltool option archive_opts has no effect: OTP ${otp.major} knows no archives`,
    ]);
  });
}

test("a link into a circle, which reltool follows until it fails, is left out with a warning", () => {
  using dir = tempDir();
  const root = smallRoot(dir, oldest);
  writeApp(dir, "round");
  symlinkSync("../..", dir.join("round/round-1.0/around"));
  const sys = parseTerm(`{sys, [{root_dir, "${root}"}, {lib_dirs, ["round"]}, {app, round, [{incl_cond, include}]}]}`);
  const { items, warnings } = makeTargetSpec(sys, {
    otp: findOtp({ root: oldest.root }),
    directory: dir.path,
    env: {},
  });
  expect(warnings.map(({ code }) => code)).toEqual(["file_left_out"]);
  expect(specLines(specToTerm(items)).filter((line) => line.includes("around"))).toEqual([]);
});

test("all missing applications are named at once, each with what needs it and where was looked", () => {
  using dir = tempDir();
  const root = smallRoot(dir, oldest);
  mkdirSync(dir.join("apps"));
  const sys = parseTerm(
    `{sys, [{root_dir, "${root}"}, {lib_dirs, ["apps"]}, {rel, "r", "1", [one, sals, {two, load}]}, {boot_rel, "r"}]}`,
  );
  const make = (): TargetSpec =>
    makeTargetSpec(sys, { otp: findOtp({ root: oldest.root }), directory: dir.path, env: {} });
  expect(make).toThrow(
    `cannot find the applications one (needed by release "r"), sals (needed by release "r"), two (needed by release "r"): they are not in ${join(root, "lib")}, ${dir.join("apps")}`,
  );
});

function writeApp(dir: TempDir, name: string, property = "{env, []}", needs = ""): void {
  const applications = ["kernel", "stdlib", ...(needs === "" ? [] : [needs])].join(", ");
  dir.write(
    `${name}/${name}-1.0/ebin/${name}.app`,
    `{application, ${name}, [{vsn, "1.0"}, {applications, [${applications}]}, ${property}]}.\n`,
  );
}
