import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, rmSync } from "node:fs";
import { EnitError } from "../../../src/error/index.ts";
import { findOtp } from "../../../src/otp/index.ts";
import { type TargetSpec, evaluateSpec, makeTargetSpec, specToTerm } from "../../../src/otp/reltool/index.ts";
import { type Term, atom, decodeTerm, encodeTerm, isTagged, nil, parseTerm } from "../../../src/term/index.ts";
import { type Oracle, oracle, otpInstallations, systemOtp } from "../../support/otp.ts";
import type { TempDir } from "../../support/temp-dir.ts";
import { CASES, type Case, REFUSED } from "./cases.ts";
import { makeFixtures } from "./fixtures.ts";
import { miniatureRoot, smallRoot } from "./roots.ts";
import { specLines } from "./spec-text.ts";
import { treeLines } from "./tree-text.ts";

const installations = otpInstallations();
const [oldest = systemOtp()] = installations;

let fixtures: TempDir;
beforeAll(async () => {
  fixtures = await makeFixtures(oldest);
  mkdirSync(fixtures.join("hollow/lib"), { recursive: true });
});
afterAll(() => fixtures[Symbol.dispose]());

for (const otp of installations) {
  describe(`as reltool of OTP ${otp.major}`, () => {
    let roots: { readonly few: string; readonly whole: string };
    let erl: Oracle;
    beforeAll(async () => {
      const few = miniatureRoot(fixtures, otp, `few-${otp.major}`);
      roots = { few, whole: smallRoot(fixtures, otp, `whole-${otp.major}`) };
      erl = await oracle(otp, { cwd: fixtures.path });
    });
    afterAll(() => erl[Symbol.asyncDispose]());

    const inputOf = ({ sys, whole }: Case): Term => configuration(sys, whole === true ? roots.whole : roots.few);
    const ours = (input: Term): TargetSpec =>
      makeTargetSpec(input, { otp: findOtp({ root: otp.root }), directory: fixtures.path, env: {} });
    const cases = otp.major < 27 ? CASES : CASES.filter(({ archives }) => archives !== true);

    for (const each of cases) {
      const tree = each.specOnly !== true && (otp === oldest || each.tree === true);
      test(`the same specification${tree ? " and tree" : ""}: ${each.name}`, async () => {
        const input = inputOf(each);
        const { items, sys: config } = ours(input);
        const [mine, other] = [fixtures.join("mine"), fixtures.join("other")];
        for (const dir of [mine, other]) {
          rmSync(dir, { recursive: true, force: true });
          mkdirSync(dir);
        }
        const made = tree ? `reltool:eval_target_spec(Spec, "${config.rootDir}", "${other}")` : "ok";
        const answer = await erl.evaluate(
          `case reltool:get_target_spec([Input]) of {ok, Spec} -> {Spec, ${made}}; Error -> Error end`,
          encodeTerm(input),
        );
        const [theirs, result] = tupleElements(decodeTerm(answer));
        expect(result).toEqual(atom("ok"));
        expect(specLines(specToTerm(items))).toEqual(specLines(theirs ?? nil));
        if (!tree) return;
        await evaluateSpec(items, { sourceDir: config.rootDir, targetDir: mine });
        expect(treeLines(mine)).toEqual(treeLines(other));
      });
    }

    for (const each of otp === oldest ? REFUSED : []) {
      test(`both refuse ${each.name}`, async () => {
        const input = inputOf(each);
        const answer = decodeTerm(await erl.evaluate("reltool:get_target_spec([Input])", encodeTerm(input)));
        expect(isTagged(answer, "error", 2)).toBe(true);
        expect(codeOf(() => ours(input))).toBe(each.code);
      });
    }
  });
}

test("ERL_LIBS names the library directories if the configuration does not", async () => {
  const env = { ERL_LIBS: `${fixtures.path}/lib:${fixtures.path}/odd` };
  await using erl = await oracle(oldest, { cwd: fixtures.path, env });
  const root = miniatureRoot(fixtures, oldest, "few");
  const sys = configuration('{root_dir, "$ROOT"}, {rel, "r", "1", [alpha, named]}, {boot_rel, "r"}', root);
  const answer = decodeTerm(await erl.evaluate("{ok, Spec} = reltool:get_target_spec([Input]), Spec", encodeTerm(sys)));
  const { items } = makeTargetSpec(sys, { otp: findOtp({ root: oldest.root }), directory: fixtures.path, env });
  expect(specLines(specToTerm(items))).toEqual(specLines(answer));
});

test("there are sixty configurations and more with a tree", () => {
  expect(
    CASES.filter(({ specOnly, archives }) => specOnly !== true && archives !== true).length,
  ).toBeGreaterThanOrEqual(60);
});

function configuration(sys: string, root: string): Term {
  return parseTerm(`{sys, [${sys.replaceAll("$ROOT", root)}]}`);
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
