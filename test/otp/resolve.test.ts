import { describe, expect, test } from "bun:test";
import { type ResolvedApplication, findApplications, findOtp, resolveApplications } from "../../src/otp/index.ts";
import { otpInstallations, systemOtp } from "../support/otp.ts";
import { type TempDir, tempDir } from "../support/temp-dir.ts";
import { type AppFixture, appText, refusal } from "./support.ts";

describe("resolveApplications()", () => {
  test("puts kernel and stdlib first, and each application after those that it uses", () => {
    const apps = { x: { applications: ["y", "z"] }, y: { applications: ["z"] }, z: {}, w: {} };
    expect(names(resolve(apps, ["w", "x"]))).toEqual(["kernel", "stdlib", "w", "z", "y", "x"]);
    expect(names(resolve(apps, ["x", "stdlib", "w"]))).toEqual(["kernel", "stdlib", "z", "y", "x", "w"]);
    expect(names(resolve(apps, []))).toEqual(["kernel", "stdlib"]);
  });

  test("tells what was asked for from what comes with it", () => {
    const resolved = resolve({ x: { applications: ["y"] }, y: {} }, ["x"]);
    expect(resolved.filter(({ requested }) => requested).map(({ name }) => name)).toEqual(["x"]);
  });

  test("brings included applications, and says what includes them", () => {
    const resolved = resolve(
      { x: { included: ["y"] }, y: { applications: ["z"] }, z: {}, w: { applications: ["y"] } },
      ["w", "x"],
    );
    expect(names(resolved)).toEqual(["kernel", "stdlib", "z", "y", "x", "w"]);
    expect(resolved.find(({ name }) => name === "y")?.includedBy).toBe("x");
  });

  test("brings an optional application if it is installed", () => {
    const apps = { x: { applications: ["kernel", "y", "missing"], optional: ["y", "missing"] }, y: {} };
    expect(names(resolve(apps, ["x"]))).toEqual(["kernel", "stdlib", "y", "x"]);
  });

  test("takes the version that is asked for, else the highest", () => {
    using dir = tempDir();
    for (const vsn of ["1.9", "1.10"]) dir.write(`lib/x-${vsn}/ebin/x.app`, appText("x", { vsn }));
    const index = indexOf(dir);
    expect(resolveApplications([{ name: "x" }], index, "rel").at(-1)?.vsn).toBe("1.10");
    expect(resolveApplications([{ name: "x", vsn: "1.9" }], index, "rel").at(-1)).toMatchObject({
      vsn: "1.9",
      dir: dir.join("lib/x-1.9"),
    });
    const error = refusal(() => resolveApplications([{ name: "x", vsn: "2" }], index, "rel"));
    expect(error.code).toBe("application_version_not_found");
    expect(error.message).toContain('"x-2" (installed: 1.10, 1.9)');
  });

  test("names all applications that are not installed, who needs them, and what may have been meant", () => {
    const error = refusal(() =>
      resolve({ x: { applications: ["y", "criptox"] }, y: { applications: ["nothing", "crypt"] } }, ["x", "stdlb"]),
    );
    expect(error).toMatchObject({ code: "application_not_found", kind: "input" });
    expect(error.message).toStartWith(
      'cannot find the applications "stdlb", "criptox" (needed by x), "nothing" (needed by y)',
    );
    expect(error.message).toContain(systemOtp().root);
    expect(error.hint).toBe('Perhaps it should be "stdlib" for "stdlb", "crypto" for "criptox", "crypto" for "crypt".');
  });

  test("does not propose the name of a directory without an application file", () => {
    using dir = tempDir();
    dir.write("lib/example-1.0/src/example.erl", "");
    const error = refusal(() => resolveApplications([{ name: "example" }], indexOf(dir), "rel"));
    expect(error.code).toBe("application_not_found");
    expect(error.hint).toStartWith("Install what is missing");
  });

  test("shows the circle in which applications need each other", () => {
    const apps = {
      v: { applications: ["x"] },
      x: { applications: ["y"] },
      y: { included: ["z"] },
      z: { applications: ["x"] },
    };
    const error = refusal(() => resolve(apps, ["v"]));
    expect(error).toMatchObject({ code: "circular_dependency", kind: "input" });
    expect(error.message).toMatch(/: x -> y -> z -> x is a circle$/);
    const inclusion = refusal(() => resolve({ x: { included: ["y"] }, y: { included: ["x"] } }, ["x"]));
    expect(inclusion.data).toEqual({ cycle: ["x", "y", "x"] });
  });

  test("refuses an application that two others include", () => {
    const error = refusal(() => resolve({ x: { included: ["z"] }, y: { included: ["z"] }, z: {} }, ["x", "y"]));
    expect(error).toMatchObject({ code: "application_included_twice", data: { name: "z", applications: ["x", "y"] } });
  });

  for (const { major, root } of otpInstallations()) {
    test(`resolves every application of OTP ${major}`, () => {
      const index = findApplications({ libDirs: [findOtp({ root }).libDir] });
      const installed = index.names().filter((name) => index.find(name) !== undefined);
      expect(installed.length).toBeGreaterThan(20);
      for (const name of installed) {
        const resolved = names(resolveApplications([{ name }], index, name));
        for (const [place, each] of resolved.entries()) {
          const { applications = [], optionalApplications = [] } = index.find(each) ?? {};
          const before = new Set(resolved.slice(0, place));
          expect(applications.filter((used) => !optionalApplications.includes(used) && !before.has(used))).toEqual([]);
        }
      }
    });
  }
});

/** Resolves fixture applications beside those of the system's OTP. */
function resolve(apps: Readonly<Record<string, AppFixture>>, requests: readonly string[]): ResolvedApplication[] {
  using dir = tempDir();
  for (const [name, fixture] of Object.entries(apps)) dir.write(`lib/${name}/ebin/${name}.app`, appText(name, fixture));
  return resolveApplications(
    requests.map((name) => ({ name })),
    indexOf(dir),
    "rel",
  );
}

function indexOf(dir: TempDir): ReturnType<typeof findApplications> {
  return findApplications({ libDirs: [dir.join("lib"), findOtp({ root: systemOtp().root }).libDir] });
}

function names(resolved: readonly ResolvedApplication[]): string[] {
  return resolved.map(({ name }) => name);
}
