import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { findOtp } from "../../../src/otp/index.ts";
import { isTuple, listElements, parseTerm } from "../../../src/term/index.ts";
import { type Oracle, oracle, otpInstallations } from "../../support/otp.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { writeCase } from "./fixtures.ts";
import { expectValidOrder, withoutOrder } from "./order.ts";
import { expectSameRefusal, relupOfOurs, relupOfSystools } from "./support.ts";

const MODULES = ["m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8"];
const APPS = {
  "a-1": { modules: MODULES.slice(0, 4) },
  "a-2": { modules: MODULES.slice(0, 4) },
  "b-1": { modules: MODULES.slice(4) },
  "b-2": { modules: MODULES.slice(4) },
};

/** Mostly what comes later, so that many graphs have no circle; at times a module without an instruction. */
const neededBy = (place: number) =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...MODULES.slice(place + 1), "m8") },
    { weight: 2, arbitrary: fc.constantFrom(...MODULES) },
  );

const FORMS: readonly ((module: string, needs: string) => string)[] = [
  (module, needs) => `{load_module, ${module}, ${needs}}`,
  (module, needs) => `{load_module, ${module}, soft_purge, brutal_purge, ${needs}}`,
  (module, needs) => `{add_module, ${module}, ${needs}}`,
  (module, needs) => `{delete_module, ${module}, ${needs}}`,
  (module, needs) => `{update, ${module}, ${needs}}`,
  (module, needs) => `{update, ${module}, {advanced, x_${module}}, ${needs}}`,
  (module, needs) => `{update, ${module}, 500, soft, soft_purge, soft_purge, ${needs}}`,
  (module, needs) => `{update, ${module}, static, default, {advanced, y}, soft_purge, soft_purge, ${needs}}`,
];

const upgrade = fc.record({
  forms: fc.array(fc.nat(FORMS.length - 1), { minLength: 8, maxLength: 8 }),
  needs: fc.tuple(...MODULES.map((_, place) => fc.uniqueArray(neededBy(place), { maxLength: 3 }))),
  order: fc.shuffledSubarray(MODULES, { minLength: 7 }),
  calls: fc.uniqueArray(fc.constantFrom(...MODULES), { maxLength: 2 }),
});

for (const [at, installation] of otpInstallations().entries()) {
  const runs = at === 0 ? 80 : 20;
  describe(`makeRelup() for OTP ${installation.major}`, () => {
    let vm: Oracle;
    const otp = findOtp({ root: installation.root });

    beforeAll(async () => {
      vm = await oracle(installation);
    });

    afterAll(() => vm[Symbol.asyncDispose]());

    const what = `equals systools for ${runs} random appups but for an order that is open, or refuses with it`;
    test(what, { timeout: 60_000 }, async () => {
      let made = 0;
      await fc.assert(
        fc.asyncProperty(upgrade, async ({ forms, needs, order, calls }) => {
          const needsOf = (module: string): string[] => needs[MODULES.indexOf(module)] ?? [];
          const script = (some: readonly string[]): string => {
            const written = order.flatMap((module) => {
              if (!some.includes(module)) return [];
              const form = FORMS[forms[MODULES.indexOf(module)] ?? 0];
              const call = calls.includes(module) ? [`{apply, {${module}, f, []}}`] : [];
              return [...call, form?.(module, `[${needsOf(module).join(", ")}]`) ?? ""];
            });
            return `[${written.join(", ")}]`;
          };
          const ofB = script(APPS["b-1"].modules);
          using dir = tempDir();
          const request = writeCase(dir, otp, {
            apps: APPS,
            old: ['{a, "1"}', '{b, "1"}'],
            new: ['{b, "2"}', '{a, "2"}'],
            up: script(APPS["a-1"].modules),
            appups: { "b-2": `{"2", [{"1", ${ofB}}], [{"1", ${ofB}}]}.` },
          });
          const [ours, systools] = [relupOfOurs(otp, request), await relupOfSystools(vm, dir, request)];
          if (!ours.made || !systools.made) return expectSameRefusal(ours, systools);
          made += 1;
          const dependencies = Object.fromEntries(order.map((module) => [module, needsOf(module)]));
          for (const direction of ["up", "down"] as const) {
            const [path] = ours.relup?.[direction] ?? [];
            expectValidOrder(path?.instructions ?? [], direction, dependencies);
            const theirs = instructionsOf(systools.text, direction);
            expectValidOrder(theirs, direction, dependencies);
            expect(withoutOrder(path?.instructions ?? [])).toEqual(withoutOrder(theirs));
          }
        }),
        { numRuns: runs, endOnFailure: true },
      );
      expect(made).toBeGreaterThan(runs / 4);
    });
  });
}

/** The instructions of the only way up or down in a relup's text. */
function instructionsOf(text: string, direction: "up" | "down") {
  const relup = parseTerm(text);
  const [, up, down] = isTuple(relup, 3) ? relup.elements : [];
  const [entry] = listElements(direction === "up" ? up : down) ?? [];
  const instructions = isTuple(entry, 3) ? listElements(entry.elements[2]) : undefined;
  if (instructions === undefined) throw new Error(`no way ${direction} in ${text}`);
  return instructions;
}
