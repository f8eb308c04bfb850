import { describe, expect, test } from "bun:test";
import { symlinkSync } from "node:fs";
import { findOtp } from "../../../src/otp/index.ts";
import { type TargetSpec, makeTargetSpec } from "../../../src/otp/reltool/index.ts";
import { parseTerm } from "../../../src/term/index.ts";
import { systemOtp } from "../../support/otp.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { smallRoot } from "./roots.ts";

describe("the root directory", () => {
  // What is looked at shows by the warning of the link that leads nowhere.
  const cases: readonly [what: string, filters: string, isLookedAt: boolean][] = [
    ["is not looked at where no filter includes it", '["^bin", "^erts", "^lib"]', false],
    ["is not looked at where a filter includes its neighbour", '["^bin", "^erts", "^lib", "^manuals/a"]', false],
    ["is looked at where a filter includes all around it", '["^bin", "^erts", "^lib", "^manuals/"]', true],
    ["is looked at where a filter could include it", '["^bin", "^erts", "^lib", "^m*"]', true],
    ["is looked at where a filter has branches", '["^bin|x", "^erts", "^lib"]', true],
    ["is looked at where a filter may match anywhere", '["^bin", "^erts", "^lib", "one$"]', true],
  ];
  test.each(cases)("%s", (_, filters, isLookedAt) => {
    using dir = tempDir();
    const root = smallRoot(dir, systemOtp());
    dir.write("root/manuals/a/1", "");
    symlinkSync("nowhere", dir.join("root/manuals/lost"));
    const spec = specOf(dir.path, `{root_dir, "${root}"}, {profile, embedded}, {incl_sys_filters, ${filters}}`);
    expect(spec.warnings.some(({ message }) => message.includes("manuals/lost"))).toBe(isLookedAt);
  });
});

function specOf(directory: string, options: string): TargetSpec {
  return makeTargetSpec(parseTerm(`{sys, [${options}]}`), {
    otp: findOtp({ root: systemOtp().root }),
    directory,
    env: {},
  });
}
