import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { findOtp } from "../../../src/otp/index.ts";
import { type Oracle, oracle, otpInstallations } from "../../support/otp.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { MADE, REFUSED } from "./cases.ts";
import { writeCase } from "./fixtures.ts";
import { expectSameRefusal, expectSameRelup, relupOfOurs, relupOfSystools } from "./support.ts";

// What OTP does here is the same in all of them: every third case shows it.
for (const [at, installation] of otpInstallations().entries()) {
  const some = <T>(cases: Readonly<Record<string, T>>): [string, T][] =>
    Object.entries(cases).filter((_, place) => at === 0 || place % 3 === at % 3);

  describe(`makeRelup() for OTP ${installation.major}`, () => {
    let vm: Oracle;
    const otp = findOtp({ root: installation.root });

    beforeAll(async () => {
      vm = await oracle(installation);
    });

    afterAll(() => vm[Symbol.asyncDispose]());

    for (const [what, each] of some(MADE)) {
      test(`makes the relup of a release ${what}`, async () => {
        using dir = tempDir();
        const request = writeCase(dir, otp, each);
        const systools = await relupOfSystools(vm, dir, request);
        expect(systools).toMatchObject({ made: true });
        expectSameRelup(relupOfOurs(otp, request), systools);
      });
    }

    for (const [what, { code, ...each }] of some(REFUSED)) {
      test(`refuses ${what}`, async () => {
        using dir = tempDir();
        const request = writeCase(dir, otp, each);
        expectSameRefusal(relupOfOurs(otp, request), await relupOfSystools(vm, dir, request), code);
      });
    }
  });
}
