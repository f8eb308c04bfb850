import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  findOtp,
  formatStartErlData,
  formatTermFile,
  installRelease,
  parseStartErlData,
  readReleaseFile,
  readReleasesFile,
  releasesToTerm,
} from "../../src/otp/index.ts";
import { encodeTerm } from "../../src/term/index.ts";
import { type Oracle, oracle, otpInstallations } from "../support/otp.ts";
import { tempDir } from "../support/temp-dir.ts";
import { refusal, relText } from "./support.ts";

for (const installation of otpInstallations()) {
  describe(`RELEASES of OTP ${installation.major}`, () => {
    let vm: Oracle;
    const otp = findOtp({ root: installation.root });

    beforeAll(async () => {
      vm = await oracle(installation);
    });

    afterAll(() => vm[Symbol.asyncDispose]());

    test("is what release_handler:create_RELEASES/4 writes", async () => {
      using dir = tempDir();
      const rel = dir.write("rel.rel", relText(otp, ['{sasl, "1.0"}', '{x, "2", load}', '{y, "3", temporary, [x]}']));
      dir.write("elsewhere/x-2/ebin/x.app", "");
      const release = readReleaseFile(rel);
      const dirs = new Map([["x", dir.join("elsewhere/x-2")]]);
      for (const root of [undefined, otp.root, `${dir.path}/`]) {
        const libDirs = `[{x, "2", "${dir.join("elsewhere")}"}]`;
        await vm.evaluate(`ok = release_handler:create_RELEASES("${root ?? ""}", "${dir.path}", "${rel}", ${libDirs})`);
        const ours = installRelease(release, { dirs, ...(root !== undefined && { root }) });
        expect(formatTermFile(releasesToTerm([ours]))).toBe(await Bun.file(dir.join("RELEASES")).text());
        expect(readReleasesFile(dir.join("RELEASES"))).toEqual([ours]);
      }
    });

    test("is read by release_handler", async () => {
      using dir = tempDir();
      const release = {
        name: "relex",
        vsn: "1",
        ertsVersion: otp.ertsVersion,
        applications: [{ name: "x", vsn: "2" }],
      };
      const newer = installRelease({ ...release, vsn: "2" }, { root: "/root", status: "unpacked" });
      const term = releasesToTerm([newer, installRelease(release)]);
      const known = await vm.text(
        `ok = file:write_file("${dir.join("RELEASES")}", io_lib:format("~tp.~n", [Input])),
         _ = application:load(sasl),
         application:set_env(sasl, releases_dir, "${dir.path}"),
         {ok, _} = application:ensure_all_started(sasl),
         Known = release_handler:which_releases(),
         ok = application:stop(sasl),
         Known`,
        encodeTerm(term),
      );
      expect(known).toBe('[{"relex","2",["x-2"],unpacked},{"relex","1",["x-2"],permanent}]');
    });

    test("as the OTP was delivered with is read", () => {
      const releases = readReleasesFile(`${otp.root}/releases/RELEASES`);
      expect(releases).toMatchObject([{ vsn: String(otp.release), ertsVersion: otp.ertsVersion, status: "permanent" }]);
      expect(releases[0]?.libraries[0]).toMatchObject({
        name: "kernel",
        dir: expect.stringContaining("lib/kernel-") as string,
      });
    });
  });
}

test("RELEASES is refused if it is anything else", () => {
  using dir = tempDir();
  const wrong = [
    "",
    "foo.",
    "[foo].",
    '[{release, "a", "1", "13", [], gone}].',
    '[{release, "a", "1", "13", [{x, "1"}], old}].',
    '[{release, a, "1", "13", [], old}].',
    "[]. [].",
  ];
  for (const text of wrong)
    expect(refusal(() => readReleasesFile(dir.write("RELEASES", text))).code).toBe("releases_malformed");
  expect(readReleasesFile(dir.write("RELEASES", "[]."))).toEqual([]);
});

test("start_erl.data is read with any white space, and written as one line", () => {
  expect(parseStartErlData("13.1.5 25\n")).toEqual({ ertsVersion: "13.1.5", vsn: "25" });
  expect(parseStartErlData("  13.1.5\t2-rc1 ")).toEqual({ ertsVersion: "13.1.5", vsn: "2-rc1" });
  expect(parseStartErlData("13.1.5")).toBeUndefined();
  expect(formatStartErlData({ ertsVersion: "13.1.5", vsn: "25" })).toBe("13.1.5 25\n");
});
