import { describe, expect, test } from "bun:test";
import { type OtpInstallation, findApplications, findOtp, makeScript } from "../../src/otp/index.ts";
import { atom, encodeTerm } from "../../src/term/index.ts";
import { systemOtp } from "../support/otp.ts";
import { tempDir } from "../support/temp-dir.ts";
import { refusal } from "./support.ts";

describe("what all boot scripts of an OTP have in common", () => {
  const otp = findOtp({ root: systemOtp().root });

  test("is read from bin where releases does not have it", () => {
    using dir = tempDir();
    const without = { ...otp, releaseDir: dir.path };
    expect(scriptOf(without)).toEqual(scriptOf(otp));
  });

  test("is missed in an installation without its boot files", () => {
    using dir = tempDir();
    const error = refusal(() => scriptOf({ ...otp, root: dir.path, releaseDir: dir.path }));
    expect(error).toMatchObject({ code: "boot_file_missing", kind: "failed" });
  });

  test("is not taken from anything else", () => {
    using dir = tempDir();
    dir.write("start_clean.boot", encodeTerm(atom("foo")));
    const error = refusal(() => scriptOf({ ...otp, releaseDir: dir.path }));
    expect(error).toMatchObject({ code: "boot_file_malformed", data: { file: dir.join("start_clean.boot") } });
  });

  function scriptOf(installation: OtpInstallation): unknown {
    const applications = findApplications({ libDirs: [otp.libDir] });
    const versions = ["kernel", "stdlib"].map((name) => ({ name, vsn: applications.find(name)?.vsn ?? "" }));
    const release = { name: "rel", vsn: "1", ertsVersion: otp.ertsVersion, applications: versions };
    return makeScript(release, { otp: installation, applications });
  }
});
