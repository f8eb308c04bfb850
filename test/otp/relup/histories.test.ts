import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  type ApplicationIndex,
  type OtpInstallation,
  findApplications,
  findOtp,
  resolveApplications,
} from "../../../src/otp/index.ts";
import { type Oracle, oracle, otpInstallations } from "../../support/otp.ts";
import { type TempDir, tempDir } from "../../support/temp-dir.ts";
import { type RelupRequest, expectSameRefusal, expectSameRelup, relupOfOurs, relupOfSystools } from "./support.ts";

const installations = otpInstallations();

// The libraries of OTP between its own releases, with the appups that they were delivered with.
for (const [at, installation] of installations.entries()) {
  const older = installations.slice(0, at);
  if (older.length === 0) continue;
  describe(`makeRelup() for OTP ${installation.major}`, () => {
    let vm: Oracle;
    const otp = findOtp({ root: installation.root });
    const index = findApplications({ libDirs: [otp.libDir] });

    beforeAll(async () => {
      vm = await oracle(installation);
    });

    afterAll(() => vm[Symbol.asyncDispose]());

    for (const before of older) {
      const oldOtp = findOtp({ root: before.root });
      const oldIndex = findApplications({ libDirs: [oldOtp.libDir] });
      const what = `equals systools for each library of OTP ${before.major} and its successor, or refuses with it`;
      test(what, { timeout: 120_000 }, async () => {
        let made = 0;
        for (const name of index.names()) {
          if (index.find(name) === undefined || oldIndex.find(name) === undefined) continue;
          using dir = tempDir();
          const top = writeRelease(dir, otp, index, name);
          const base = writeRelease(dir, oldOtp, oldIndex, name);
          const path = oldIndex.names().flatMap((each) => oldIndex.find(each)?.ebinDir ?? []);
          const request: RelupRequest = { top, up: [base], down: [base], path };
          const [ours, systools] = [relupOfOurs(otp, request), await relupOfSystools(vm, dir, request)];
          if (ours.made && systools.made) expectSameRelup(ours, systools);
          else expectSameRefusal(ours, systools);
          made += ours.made ? 1 : 0;
        }
        // An appup of OTP's core reaches back two releases.
        if (installation.major - before.major <= 2) expect(made).toBeGreaterThan(10);
      });
    }
  });
}

/** Writes a release of kernel, stdlib, sasl and one more application with what it needs. */
function writeRelease(dir: TempDir, otp: OtpInstallation, index: ApplicationIndex, name: string): string {
  const requests = ["kernel", "stdlib", "sasl", name].map((each) => ({ name: each }));
  const resolved = resolveApplications(requests, index, name).map((each) => `{${each.name}, "${each.vsn}"}`);
  const vsn = String(otp.release);
  const text = `{release, {"${name}", "${vsn}"}, {erts, "${otp.ertsVersion}"}, [${resolved.join(", ")}]}.\n`;
  return dir.write(`${vsn}.rel`, text);
}
