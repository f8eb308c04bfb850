import { expect, test } from "bun:test";
import { type ApplicationCode, readApplicationCode } from "../../../src/knit/code/index.ts";
import { type ReleaseSource, collectFacts } from "../../../src/knit/lint/collect.ts";
import { lintUpgrades } from "../../../src/knit/lint/lint.ts";
import {
  type ApplicationIndex,
  type OtpInstallation,
  findApplications,
  findOtp,
  resolveApplications,
} from "../../../src/otp/index.ts";
import { otpInstallations } from "../../support/otp.ts";

/** Libraries that OTP upgrades by appups of its own, in all the ways that it knows. */
const LIBRARIES = ["asn1", "inets", "mnesia", "ssl", "syntax_tools", "tools"];

/** What is true of them: they are restarted with the emulator, and some do not list all their modules. */
const EXPECTED = ["application-restarted", "emulator-restarted", "module-not-in-app"];

const [first, second] = otpInstallations().map(({ root }) => findOtp({ root }));

test.skipIf(first === undefined || second === undefined)("OTP's own appups are not warned of without reason", () => {
  if (first === undefined || second === undefined) return;
  const [old, fresh] = [first, second].map((otp) => ({ otp, index: findApplications({ libDirs: [otp.libDir] }) }));
  if (old === undefined || fresh === undefined) return;
  const codes = new Map<string, string>();
  for (const name of LIBRARIES) {
    const facts = collectFacts(releaseOf(old, name), releaseOf(fresh, name), { otp: fresh.otp });
    expect(facts.relup.up).toBeDefined();
    for (const { code, message } of lintUpgrades([facts])) codes.set(code, message);
  }
  expect([...codes.keys()].sort()).toEqual(EXPECTED);
  expect(codes.get("module-not-in-app")).toContain("tprof");
});

const applications = new Map<string, ApplicationCode>();

/** A release of a library and what it needs. */
function releaseOf({ otp, index }: { otp: OtpInstallation; index: ApplicationIndex }, name: string): ReleaseSource {
  const requests = ["kernel", "stdlib", "sasl", name].map((each) => ({ name: each }));
  const members = resolveApplications(requests, index, name);
  const spec = {
    name: "rel",
    vsn: String(otp.release),
    ertsVersion: otp.ertsVersion,
    applications: members.map((each) => ({ name: each.name, vsn: each.vsn })),
  };
  const codeOf = (directory: string): ApplicationCode => {
    const code = applications.get(directory) ?? readApplicationCode(directory);
    applications.set(directory, code);
    return code;
  };
  const codes = members.map((each) => [each.name, codeOf(index.find(each.name)?.dir ?? "")] as const);
  return { facts: { spec }, applications: new Map(codes) };
}
