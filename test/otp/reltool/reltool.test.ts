import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { EnitError } from "../../../src/error/index.ts";
import { findOtp } from "../../../src/otp/index.ts";
import { type TargetSpec, evaluateSpec, makeTargetSpec, specToTerm } from "../../../src/otp/reltool/index.ts";
import { type Term, atom, decodeTerm, encodeTerm, isTagged, nil, parseTerm } from "../../../src/term/index.ts";
import { type Oracle, oracle, otpInstallations, systemOtp } from "../../support/otp.ts";
import { CASES, REFUSED } from "./cases.ts";
import { type Fixtures, makeFixtures } from "./fixtures.ts";
import { specLines } from "./spec-text.ts";
import { treeLines } from "./tree-text.ts";

const installations = otpInstallations();
const [oldest = systemOtp()] = installations;

for (const otp of installations) {
  describe(`as reltool of OTP ${otp.major}`, () => {
    let fixtures: Fixtures;
    let erl: Oracle;
    beforeAll(async () => {
      fixtures = await makeFixtures(otp, oldest);
      mkdirSync(join(fixtures.dir, "hollow/lib"), { recursive: true });
      erl = await oracle(otp, { cwd: fixtures.dir });
    });
    afterAll(async () => {
      await erl[Symbol.asyncDispose]();
      fixtures[Symbol.dispose]();
    });

    const ours = (sys: string): TargetSpec =>
      makeTargetSpec(parseTerm(configuration(sys, fixtures)), {
        otp: findOtp({ root: otp.root }),
        directory: fixtures.dir,
        env: {},
      });
    const cases = otp.major < 27 ? CASES : CASES.filter(({ archives }) => archives !== true);

    for (const each of cases) {
      const { name, sys } = each;
      const tree = each.specOnly !== true && (otp === oldest || each.tree === true);
      test(`the same specification${tree ? " and tree" : ""}: ${name}`, async () => {
        const { items, sys: config } = ours(sys);
        const [mine, other] = [join(fixtures.dir, "mine"), join(fixtures.dir, "other")];
        for (const dir of [mine, other]) {
          rmSync(dir, { recursive: true, force: true });
          mkdirSync(dir);
        }
        const made = tree ? `reltool:eval_target_spec(Spec, "${config.rootDir}", "${other}")` : "ok";
        const answer = await erl.evaluate(
          `case reltool:get_target_spec([Input]) of {ok, Spec} -> {Spec, ${made}}; Error -> Error end`,
          encodeTerm(parseTerm(configuration(sys, fixtures))),
        );
        const [theirs, result] = tupleElements(decodeTerm(answer));
        expect(result).toEqual(atom("ok"));
        expect(specLines(specToTerm(items))).toEqual(specLines(theirs ?? nil));
        if (!tree) return;
        await evaluateSpec(items, { sourceDir: config.rootDir, targetDir: mine });
        expect(treeLines(mine)).toEqual(treeLines(other));
      });
    }

    for (const { name, sys, code } of otp === oldest ? REFUSED : []) {
      test(`both refuse ${name}`, async () => {
        const input = encodeTerm(parseTerm(configuration(sys, fixtures)));
        const answer = decodeTerm(await erl.evaluate("reltool:get_target_spec([Input])", input));
        expect(isTagged(answer, "error", 2)).toBe(true);
        expect(codeOf(() => ours(sys))).toBe(code);
      });
    }
  });
}

test("ERL_LIBS names the library directories if the configuration does not", async () => {
  using fixtures = await makeFixtures(oldest, oldest);
  const env = { ERL_LIBS: `${fixtures.dir}/lib:${fixtures.dir}/odd` };
  await using erl = await oracle(oldest, { cwd: fixtures.dir, env });
  const sys = parseTerm(
    configuration('{root_dir, "$ROOT"}, {rel, "r", "1", [alpha, named]}, {boot_rel, "r"}', fixtures),
  );
  const answer = decodeTerm(await erl.evaluate("{ok, Spec} = reltool:get_target_spec([Input]), Spec", encodeTerm(sys)));
  const { items } = makeTargetSpec(sys, { otp: findOtp({ root: oldest.root }), directory: fixtures.dir, env });
  expect(specLines(specToTerm(items))).toEqual(specLines(answer));
});

test("there are sixty configurations and more with a tree", () => {
  expect(
    CASES.filter(({ specOnly, archives }) => specOnly !== true && archives !== true).length,
  ).toBeGreaterThanOrEqual(60);
});

function configuration(sys: string, { root }: Fixtures): string {
  return `{sys, [${sys.replaceAll("$ROOT", root)}]}`;
}

function tupleElements(term: Term): readonly Term[] {
  return term.kind === "tuple" ? term.elements : [];
}

function codeOf(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    if (error instanceof EnitError) return error.code;
    throw error;
  }
  return "nothing is wrong";
}
