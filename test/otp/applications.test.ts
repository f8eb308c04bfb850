import { describe, expect, test } from "bun:test";
import { findApplications, findOtp, libraryDirs } from "../../src/otp/index.ts";
import { systemOtp } from "../support/otp.ts";
import { tempDir } from "../support/temp-dir.ts";
import { appText } from "./support.ts";

describe("findApplications()", () => {
  test("finds APP/ebin and APP-VSN/ebin, and of several versions the highest", () => {
    using dir = tempDir();
    for (const vsn of ["1.9", "1.10", "1.2"]) dir.write(`lib/a-${vsn}/ebin/a.app`, appText("a", { vsn }));
    dir.write("lib/b/ebin/b.app", appText("b", { vsn: "3" }));
    const index = findApplications({ libDirs: [dir.join("lib")] });
    expect(index.find("a")).toMatchObject({ name: "a", vsn: "1.10", dir: dir.join("lib/a-1.10") });
    expect(index.find("b")).toMatchObject({ vsn: "3", dir: dir.join("lib/b"), ebinDir: dir.join("lib/b/ebin") });
    expect(index.all("a").map(({ vsn }) => vsn)).toEqual(["1.10", "1.9", "1.2"]);
    expect(index.find("c")).toBeUndefined();
    expect(index.names()).toEqual(["a", "b"]);
  });

  test("finds the version that is named, which the .app file tells and not the directory", () => {
    using dir = tempDir();
    dir.write("lib/a-1/ebin/a.app", appText("a", { vsn: "2" }));
    dir.write("lib/a/ebin/a.app", appText("a", { vsn: "1" }));
    const index = findApplications({ libDirs: [dir.join("lib")] });
    expect(index.find("a", "1")?.dir).toBe(dir.join("lib/a"));
    expect(index.find("a", "2")?.dir).toBe(dir.join("lib/a-1"));
    expect(index.find("a", "3")).toBeUndefined();
  });

  test("takes the first place of those that have the same version, and a higher version wherever it is", () => {
    using dir = tempDir();
    dir.write("first/a/ebin/a.app", appText("a"));
    dir.write("second/a-1.0/ebin/a.app", appText("a"));
    dir.write("second/b-2.0/ebin/b.app", appText("b", { vsn: "2.0" }));
    dir.write("first/b-1.0/ebin/b.app", appText("b"));
    dir.write("ebin/a.app", appText("a"));
    const libDirs = [dir.join("first"), dir.join("second")];
    expect(findApplications({ libDirs }).find("a")?.dir).toBe(dir.join("first/a"));
    expect(findApplications({ libDirs }).find("b")?.dir).toBe(dir.join("second/b-2.0"));
    expect(findApplications({ libDirs, ebinDirs: [dir.join("ebin")] }).find("a")?.ebinDir).toBe(dir.join("ebin"));
  });

  test("takes the same of two directories whether the version is named or not", () => {
    using dir = tempDir();
    dir.write("lib/a/ebin/a.app", appText("a"));
    dir.write("lib/a-1.0/ebin/a.app", appText("a"));
    const index = findApplications({ libDirs: [dir.join("lib")] });
    expect([index.find("a")?.dir, index.find("a", "1.0")?.dir]).toEqual([dir.join("lib/a-1.0"), dir.join("lib/a-1.0")]);
  });

  test("is not led astray by names that begin alike, files in the place of directories, or places that are not there", () => {
    using dir = tempDir();
    dir.write("lib/a-b-1/ebin/a-b.app", appText("a-b"));
    dir.write("lib/a_b/ebin/a_b.app", appText("a_b"));
    dir.write("lib/a-2", "a file");
    dir.write("lib/a-1/ebin/a.app", appText("a"));
    const index = findApplications({ libDirs: ["/nonexistent", dir.join("lib/a-2"), dir.join("lib")] });
    expect(index.find("a")?.dir).toBe(dir.join("lib/a-1"));
    expect(index.find("a-b")?.dir).toBe(dir.join("lib/a-b-1"));
    expect(index.find("a_b")?.dir).toBe(dir.join("lib/a_b"));
  });

  test("does not let a broken file hide the version that is named", () => {
    using dir = tempDir();
    dir.write("lib/a-1/ebin/a.app", "{application, a, [");
    dir.write("lib/a-2/ebin/a.app", appText("a", { vsn: "2" }));
    const index = findApplications({ libDirs: [dir.join("lib")] });
    expect(index.find("a", "2")?.vsn).toBe("2");
    expect(() => index.find("a", "3")).toThrow("a-1/ebin/a.app");
    expect(() => index.find("a")).toThrow("a-1/ebin/a.app");
  });

  test("refuses the file of another application", () => {
    using dir = tempDir();
    dir.write("lib/a/ebin/a.app", appText("b"));
    expect(() => findApplications({ libDirs: [dir.join("lib")] }).find("a")).toThrow('it is of "b"');
  });
});

describe("libraryDirs()", () => {
  test("puts the places given before those in ERL_LIBS, and the OTP's own last", () => {
    const otp = findOtp({ root: systemOtp().root });
    expect(libraryDirs(otp, ["/x", "/y"], { ERL_LIBS: "/e::/f" })).toEqual(["/x", "/y", "/e", "/f", otp.libDir]);
    expect(libraryDirs(otp, [], {})).toEqual([otp.libDir]);
  });
});
