import { readFileSync } from "node:fs";
import { join } from "node:path";
import { systemCode } from "../../error/index.ts";
import { parseStartErlData, readReleasesFile } from "../../otp/index.ts";
import { type Problem, problem } from "../problem.ts";
import type { ReleasePlaces } from "../release-files.ts";

/** Checks that the files say what starts the next time: `start_erl.data` and `RELEASES`. */
export function checkBookkeeping({ releasesDir }: ReleasePlaces, version: string): Problem[] {
  const problems: Problem[] = [];
  const data = join(releasesDir, "start_erl.data");
  const next = parseStartErlData(textOf(data))?.vsn;
  if (next !== version) {
    problems.push(problem("bookkeeping", data, `${data} names ${next ?? "nothing"} in place of ${version}`));
  }
  const file = join(releasesDir, "RELEASES");
  const permanent = readReleasesFile(file).filter(({ status }) => status === "permanent");
  if (permanent.length !== 1 || permanent[0]?.vsn !== version) {
    const named = permanent.map(({ vsn }) => vsn).join(", ");
    problems.push(
      problem("bookkeeping", file, `${file} has ${named || "nothing"} as permanent in place of ${version}`),
    );
  }
  return problems;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return "";
    throw error;
  }
}
