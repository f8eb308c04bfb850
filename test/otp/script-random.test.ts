import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { findOtp } from "../../src/otp/index.ts";
import { type Oracle, oracle, otpInstallations } from "../support/otp.ts";
import { tempDir } from "../support/temp-dir.ts";
import { type AppFixture, type Outcome, appText, makeOurs, makeWithSystools, relText } from "./support.ts";

const NAMES = ["a", "b", "c", "d", "e", "f", "g"];
const TYPES = ["permanent", "transient", "temporary", "load", "none"];
const RUNS = 120;

/** Mostly what comes later in the alphabet, so that many graphs have no circle. */
const usedBy = (place: number) =>
  fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom("kernel", "stdlib", ...NAMES.slice(place + 1)) },
    { weight: 1, arbitrary: fc.constantFrom(...NAMES) },
  );

/** Applications that use and include each other at will. Systools does not end if they include each other in a circle. */
const graph = fc.record({
  apps: fc.tuple(
    ...NAMES.map((_, place) =>
      fc.record({
        applications: fc.uniqueArray(usedBy(place), { maxLength: 3 }),
        optional: fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 1 }),
        included: fc.uniqueArray(fc.constantFrom(...NAMES.slice(place + 1), "g"), {
          maxLength: place % 3 === 0 && place < 6 ? 2 : 0,
        }),
      }),
    ),
  ),
  order: fc.shuffledSubarray(NAMES, { minLength: 6 }),
  types: fc.array(fc.constantFrom(...TYPES), { minLength: NAMES.length, maxLength: NAMES.length }),
});

for (const installation of otpInstallations()) {
  describe(`makeScript() for OTP ${installation.major}`, () => {
    let vm: Oracle;
    const otp = findOtp({ root: installation.root });

    beforeAll(async () => {
      vm = await oracle(installation);
    });

    afterAll(() => vm[Symbol.asyncDispose]());

    const what = `equals systools for ${RUNS} random dependency graphs, or refuses with it`;
    test(what, { timeout: 60_000 }, async () => {
      let made = 0;
      await fc.assert(
        fc.asyncProperty(graph, async ({ apps, order, types }) => {
          using dir = tempDir();
          for (const [place, fixture] of apps.entries()) writeApp(NAMES[place] ?? "", fixture, dir.write);
          const entries = order.map((name, place) => `{${name}, "1.0", ${types[place]}}`);
          const rel = dir.write("rel.rel", relText(otp, entries));
          const request = { rel, path: [dir.join("ebin")], options: { local: true } };
          const ours = makeOurs(otp, request);
          const systools = await makeWithSystools(vm, dir, request);
          made += ours.made ? 1 : 0;
          if (ours.made && systools.made) expect(ours.boot.equals(systools.boot)).toBe(true);
          else expect([ours.made, systools.made, reasonOf(ours)]).toEqual([false, false, reasonOf(ours)]);
        }),
        { numRuns: RUNS, seed: installation.major },
      );
      // A test that only ever sees refusals would show nothing.
      expect(made).toBeGreaterThan(RUNS / 10);
      expect(made).toBeLessThan(RUNS);
    });
  });
}

function reasonOf(outcome: Outcome): string {
  return outcome.made ? "made" : outcome.reason;
}

function writeApp(name: string, fixture: AppFixture, write: (name: string, content: string) => string): void {
  write(`ebin/${name}.app`, appText(name, fixture));
}
