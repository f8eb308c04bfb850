import { findApplications, findOtp, formatTermFile, releaseToTerm, resolveApplications } from "../../src/otp/index.ts";
import { systemOtp } from "../support/otp.ts";
import { ENIT } from "../support/run-enit.ts";
import { tempDir } from "../support/temp-dir.ts";
import { compareProcesses } from "./processes.ts";
import type { Comparison } from "./report.ts";

const APPLICATIONS = ["sasl", "runtime_tools", "ssl"];
const ROUNDS = 20;

/** Making a boot script, as a step of a pipeline does. */
export async function benchScript(): Promise<Comparison[]> {
  using dir = tempDir();
  const { erl, root } = systemOtp();
  const otp = findOtp({ root });
  const index = findApplications({ libDirs: [otp.libDir] });
  const applications = resolveApplications(
    APPLICATIONS.map((name) => ({ name })),
    index,
    "relex",
  );
  const release = { name: "relex", vsn: "1", ertsVersion: otp.ertsVersion, applications };
  const rel = dir.write("relex.rel", formatTermFile(releaseToTerm(release)));
  const call = `{ok, _, _} = systools:make_script("${dir.join("relex")}", [local, silent]), halt().`;
  const rows = await compareProcesses(
    [
      { name: "`enit script`", command: [ENIT, "script", rel, "--local"] },
      { name: "`erl -noshell -eval systools:make_script(...)`", command: [erl, "-noshell", "-eval", call] },
    ],
    ROUNDS,
  );
  const how = `Whole processes, ${ROUNDS} rounds; both write the same \`.script\` and \`.boot\`.`;
  return [{ title: `Boot script of a release of ${applications.length} applications`, how, unit: "ms", rows }];
}
