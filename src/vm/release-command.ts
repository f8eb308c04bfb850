import { dirname } from "node:path";
import type { Release } from "../release/index.ts";
import { ownCommand } from "../system/index.ts";

/** The parts of a release that say where all releases of its host lie. */
export type ReleasePlaces = Pick<Release, "definitionDir" | "hostDir" | "stateDir">;

/**
 * How the Erlang side runs enit: the absolute path of this program, and flags for the directories in which this release
 * was found, since a VM has neither the flags nor the variables of whoever started it.
 */
export function releaseCommand({ definitionDir, hostDir, stateDir }: ReleasePlaces): string[] {
  const flags = { "--definition-dir": definitionDir, "--host-dir": hostDir, "--state-dir": stateDir };
  return ownCommand(...Object.entries(flags).flatMap(([flag, own]) => [flag, dirname(own)]));
}
