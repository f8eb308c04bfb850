import { describe, expect, test } from "bun:test";
import { findOtp, parseRelease, readReleaseFile, releaseToTerm } from "../../src/otp/index.ts";
import { equalTerms, parseTerm } from "../../src/term/index.ts";
import { otpInstallations } from "../support/otp.ts";
import { tempDir } from "../support/temp-dir.ts";
import { refusal } from "./support.ts";

const TEXT = `{release, {"relex", "1.0"}, {erts, "13.1"},
  [{kernel, "8.5"}, {a, "1", transient}, {b, "2", [c, d]}, {e, "3", load, []}]}`;

describe("a release resource file", () => {
  test("is read with every form of an application", () => {
    expect(parseRelease(parseTerm(TEXT), "relex.rel")).toEqual({
      name: "relex",
      vsn: "1.0",
      ertsVersion: "13.1",
      applications: [
        { name: "kernel", vsn: "8.5" },
        { name: "a", vsn: "1", type: "transient" },
        { name: "b", vsn: "2", included: ["c", "d"] },
        { name: "e", vsn: "3", type: "load", included: [] },
      ],
    });
  });

  test("is made of what was read", () => {
    const term = parseTerm(TEXT);
    expect(equalTerms(releaseToTerm(parseRelease(term, "relex.rel")), term)).toBe(true);
  });

  for (const { major, root } of otpInstallations()) {
    test(`of OTP ${major} is read, with the places of the applications`, () => {
      const { releaseDir, release, ertsVersion } = findOtp({ root });
      const sasl = readReleaseFile(`${releaseDir}/start_sasl.rel`);
      expect(sasl).toMatchObject({ name: "Erlang/OTP", vsn: String(release), ertsVersion });
      expect(sasl.applications.map(({ name }) => name)).toEqual(["kernel", "stdlib", "sasl"]);
      expect(sasl.applications[1]?.position).toMatchObject({ file: `${releaseDir}/start_sasl.rel`, column: 3 });
    });
  }

  test("is refused with its place where an application is in a wrong form", () => {
    using dir = tempDir();
    const file = dir.write(
      "relex.rel",
      '{release, {"relex", "1"}, {erts, "13"},\n [{kernel, "8"}, {a, b}, {c, "1", what}, d]}.',
    );
    const error = refusal(() => readReleaseFile(file));
    expect(error).toMatchObject({ code: "release_malformed", kind: "input", data: { file, line: 2, column: 18 } });
  });

  test("is refused if it is anything else", () => {
    using dir = tempDir();
    const wrong = [
      "",
      "foo.",
      '{release, "relex", {erts, "13"}, []}.',
      '{release, {relex, "1"}, {erts, "13"}, []}.',
      '{release, {"relex", 1}, {erts, "13"}, []}.',
      '{release, {"relex", "1"}, {erts, v13}, []}.',
      '{release, {"relex", "1"}, {erts, "13"}, kernel}.',
    ];
    for (const text of wrong)
      expect(refusal(() => readReleaseFile(dir.write("a.rel", text))).code).toBe("release_malformed");
    expect(refusal(() => readReleaseFile(dir.join("none.rel")))).toMatchObject({ code: "file_not_found", kind: "io" });
  });
});
