import { describe, expect, test } from "bun:test";
import { symlinkSync } from "node:fs";
import { dirname } from "node:path";
import { findOtp } from "../../src/otp/index.ts";
import { decodeTerm, listElements, stringValue } from "../../src/term/index.ts";
import { oracle, otpInstallations, systemOtp } from "../support/otp.ts";
import { type TempDir, tempDir } from "../support/temp-dir.ts";
import { refusal } from "./support.ts";

describe("findOtp()", () => {
  for (const { major, root, erl } of otpInstallations()) {
    test(`knows OTP ${major} as it knows itself`, async () => {
      await using vm = await oracle({ major, root, erl });
      const known = decodeTerm(
        await vm.evaluate(
          `[erlang:system_info(otp_release), erlang:system_info(version), code:root_dir(), code:lib_dir()]`,
        ),
      );
      const [release, ertsVersion, rootDir, libDir] = (listElements(known) ?? []).map(stringValue);
      const otp = findOtp({ root });
      expect(otp).toMatchObject({ release: Number(release), ertsVersion, root: rootDir, libDir });
      expect(otp.version).toStartWith(`${release}.`);
      expect(otp.ertsDir).toBe(`${rootDir}/erts-${ertsVersion}`);
    });

    test(`finds OTP ${major} by its erl on PATH, through symbolic links`, () => {
      using dir = tempDir();
      symlinkSync(erl, dir.join("erl"));
      expect(findOtp({ env: { PATH: `/nonexistent::${dir.path}` } })).toEqual(findOtp({ root }));
    });

    test(`finds OTP ${major} by the ROOTDIR in a copy of its erl`, async () => {
      using dir = tempDir();
      dir.write("bin/erl", await Bun.file(erl).text());
      expect(findOtp({ env: { PATH: dir.join("bin") } })).toEqual(findOtp({ root }));
    });
  }

  test("takes ERL_ROOTDIR before PATH, and a root that is given before both", () => {
    const [oldest = systemOtp()] = otpInstallations();
    using other = installation("27", { "27": "27.3" });
    const env = { PATH: dirname(oldest.erl), ERL_ROOTDIR: other.path };
    expect(findOtp({ env }).version).toBe("27.3");
    expect(findOtp({ env, root: oldest.root }).release).toBe(oldest.major);
  });

  test("takes the newest version if start_erl.data names a release of its own", () => {
    using dir = installation("relex-2", { "27": "27.3.4.1\n", "9": "9", "26": "26.0" });
    expect(findOtp({ root: dir.path })).toMatchObject({
      release: 27,
      version: "27.3.4.1",
      ertsVersion: "15.2",
      releaseDir: dir.join("releases/27"),
    });
  });

  test("goes on along PATH when an erl belongs to nothing", () => {
    using dir = tempDir();
    dir.write("erl", "#!/bin/sh\nexec something\n");
    const { erl, root } = systemOtp();
    expect(findOtp({ env: { PATH: `${dir.path}:${dirname(erl)}` } }).root).toBe(root);
  });

  test("says what to install when there is none", () => {
    const error = refusal(() => findOtp({ env: { PATH: "/nonexistent" } }));
    expect(error).toMatchObject({ code: "otp_not_found", kind: "failed" });
    expect(error.hint).toContain("apt install erlang");
  });

  test("refuses a root that is none", () => {
    using dir = tempDir();
    expect(refusal(() => findOtp({ root: dir.path }))).toMatchObject({ code: "otp_not_found", kind: "input" });
    expect(refusal(() => findOtp({ env: { ERL_ROOTDIR: dir.path } })).message).toContain("(ERL_ROOTDIR)");
  });

  test("refuses releases before 25", () => {
    for (const [named, versions] of [
      ["24", { "24": "24.3.4.5**\n" }],
      ["R16B03", {}],
      ["17", { "17": "17.5" }],
    ] as const) {
      using dir = installation(named, versions);
      expect(refusal(() => findOtp({ root: dir.path }))).toMatchObject({ code: "otp_too_old", kind: "unsupported" });
    }
  });
});

/** A directory with the files from which an installation is known, with erts 15.2. */
function installation(named: string, versions: Readonly<Record<string, string>>): TempDir {
  const dir = tempDir();
  dir.write("releases/start_erl.data", `15.2 ${named}\n`);
  for (const [release, version] of Object.entries(versions)) dir.write(`releases/${release}/OTP_VERSION`, version);
  return dir;
}
