/** Bookkeeping: what `release_handler` needs besides code. */
import { EnitError } from "../../error/index.ts";
import { parseTermFile } from "../../otp/index.ts";
import { booleanValue, propertyOf } from "../../term/index.ts";
import type { Finding, ReleaseFacts, UpgradeFacts } from "./facts.ts";

/** What is missing for an upgrade, whatever the way. */
export function checkBookkeeping(facts: UpgradeFacts): Finding[] {
  const { from, to } = facts;
  const findings: Finding[] = [];
  if (from.hasReleasesFile === false) {
    const message = `${from.spec.name} ${from.spec.vsn} has no file releases/RELEASES, so that OTP does not know it: there is no way back to it`;
    findings.push({ code: "releases-file-missing", message });
  }
  for (const { spec, archives = [] } of [from, to]) {
    for (const application of archives) {
      if (!changes(facts, application)) continue;
      const message = `${application} changes, and is an archive in ${spec.name} ${spec.vsn}`;
      findings.push({ code: "application-archived", application, message });
    }
  }
  return [...findings, ...checkSasl(from), ...checkStaticEmulator(facts)];
}

function changes({ applications }: UpgradeFacts, application: string): boolean {
  const pair = applications.find(({ name }) => name === application);
  return pair?.from?.version !== pair?.to?.version;
}

function checkSasl({ spec }: ReleaseFacts): Finding[] {
  const type = spec.applications.find(({ name }) => name === "sasl")?.type ?? "permanent";
  if (type !== "load" && type !== "none") return [];
  const message = `${spec.name} ${spec.vsn} has sasl of type ${type}, so that it is not started, and release_handler does not run`;
  return [{ code: "sasl-not-started", application: "sasl", message }];
}

function checkStaticEmulator({ from, relup }: UpgradeFacts): Finding[] {
  const restarts = [...(relup.up ?? []), ...(relup.down ?? [])].some(
    (each) => each.kind === "atom" && each.name === "restart_new_emulator",
  );
  if (!restarts || !isStatic(from.sysConfig)) return [];
  const message = `the emulator changes, and ${from.spec.name} ${from.spec.vsn} has static_emulator in its configuration`;
  return [{ code: "static-emulator", application: "sasl", message }];
}

function isStatic(sysConfig: ReleaseFacts["sysConfig"]): boolean {
  if (sysConfig === undefined) return false;
  try {
    const [term] = parseTermFile(sysConfig.content, sysConfig.file).terms;
    return booleanValue(propertyOf(propertyOf(term, "sasl"), "static_emulator")) === true;
  } catch (error) {
    // Another warning says that it cannot be read.
    if (!(error instanceof EnitError)) throw error;
    return false;
  }
}
