import { describe, expect, test } from "bun:test";
import { findOtp } from "../../../src/otp/index.ts";
import { printTerm } from "../../../src/term/index.ts";
import { systemOtp } from "../../support/otp.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { type RelupCase, writeCase } from "./fixtures.ts";
import { type RelupOutcome, relupOfOurs } from "./support.ts";

const otp = findOtp({ root: systemOtp().root });

describe("makeRelup()", () => {
  test("names an instruction as it is written, with its place in the appup", () => {
    const outcome = make({ up: "[{load_module, m1},\n {update, m2, [m7]}]" });
    expect(errorOf(outcome)).toMatchObject({
      code: "undef_module",
      kind: "input",
      message: expect.stringMatching(
        /^cannot use the instruction "{update,m2,\[m7\]}" of .*\/a\.appup:2:2: it depends on "m7"/,
      ) as string,
      data: { instruction: "{update,m2,[m7]}", module: "m7", line: 2, column: 2 },
    });
  });

  test("names the operand that is wrong", () => {
    const outcome = make({ up: '[{load_module, "ä☺"}]' });
    expect(errorOf(outcome)).toMatchObject({ code: "bad_module", data: { operand: '"ä☺"', line: 1, column: 15 } });
  });

  test("says which way is missing in the appup", () => {
    const outcome = make({ appups: { "a-2": '{"2", [{"1", []}], [{"0", []}]}.' } });
    expect(errorOf(outcome)).toMatchObject({
      code: "appup_version_not_found",
      message: expect.stringContaining('cannot take "a" from 2 to 1') as string,
      data: { application: "a", from: "2", to: "1" },
    });
  });

  test("says where an appup should be", () => {
    const outcome = make({ appups: { "a-2": "" } });
    expect(errorOf(outcome)).toMatchObject({
      code: "appup_not_found",
      hint: expect.any(String) as string,
      data: { application: "a", from: "1", to: "2", file: expect.stringMatching(/a-2\/ebin\/a\.appup$/) as string },
    });
  });

  test("keeps the order of the appup where dependencies leave it open", () => {
    const up = "[{update, m3, [m6]}, {update, m1, [m6]}, {update, m2, [m5, m6]}, {load_module, m6}, {load_module, m5}]";
    const outcome = make({ up });
    const [path] = outcome.made ? (outcome.relup?.up ?? []) : [];
    const shown = path?.instructions.map((each) => printTerm(each, { format: "tp", width: 0 }));
    expect(shown).toEqual([
      '{load_object_code,{a,"2",[m3,m1,m2,m6,m5]}}',
      "point_of_no_return",
      "{suspend,[m3,m1,m2]}",
      ...["m5", "m6", "m2", "m1", "m3"].map((module) => `{load,{${module},brutal_purge,brutal_purge}}`),
      "{resume,[m2,m1,m3]}",
    ]);
  });

  test("orders a chain of thousands of modules", () => {
    const modules = Array.from({ length: 2000 }, (_, place) => `c${place}`);
    const up = `[${modules.map((module, place) => `{load_module, ${module}, [${modules[place + 1] ?? ""}]}`).join(",")}]`;
    const outcome = make({ apps: { "a-1": { modules }, "a-2": { modules } }, up });
    const [path] = outcome.made ? (outcome.relup?.up ?? []) : [];
    expect(printTerm(path?.instructions[2] ?? { kind: "atom", name: "none" })).toContain("c1999");
  });
});

function make(each: RelupCase): RelupOutcome {
  using dir = tempDir();
  return relupOfOurs(otp, writeCase(dir, otp, each));
}

function errorOf(outcome: RelupOutcome): unknown {
  if (outcome.made || outcome.error === undefined) throw new Error("it was not refused");
  const { code, kind, message, hint, data } = outcome.error;
  return { code, kind, message, hint, data };
}
