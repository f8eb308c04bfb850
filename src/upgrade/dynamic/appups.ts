import { EnitError } from "../../error/index.ts";
import {
  type ApplicationCode,
  type AppupWay,
  Behaviours,
  compareModules,
  makeApplicationAppup,
  type ModuleChanges,
  readApplicationCode,
} from "../../knit/index.ts";
import { type Appup, formatTermFile, parseAppup, type ResolvedApplication } from "../../otp/index.ts";
import type { Term } from "../../term/index.ts";
import type { Difference } from "./differences.ts";
import { type Obstacle, obstacle } from "./obstacle.ts";

/** May change the instructions of an appup, as the hook `upgrade:appup`. */
export type ChangeAppup = (
  instructions: { readonly up: readonly Term[]; readonly down: readonly Term[] },
  facts: { readonly application: string; readonly from: string; readonly to: string },
) => Promise<{ readonly up: readonly Term[]; readonly down: readonly Term[] }>;

/** How one application comes from one version to another one, and back. */
export interface ApplicationWay {
  readonly modules: ModuleChanges;
  readonly way: AppupWay;
}

export interface Ways {
  readonly ways: ReadonlyMap<string, ApplicationWay>;
  /** What `makeRelup` is to take in place of files. */
  readonly appups: ReadonlyMap<string, Appup>;
  readonly warnings: readonly string[];
  readonly obstacles: readonly Obstacle[];
}

/**
 * Finds the instructions for each application that changed: in the appup that came with it, and where that has none, made from the
 * code of both versions. Nothing is written.
 */
export async function findWays(
  differences: readonly Difference[],
  {
    next,
    otpRelease,
    change,
  }: {
    readonly next: readonly ResolvedApplication[];
    readonly otpRelease: number;
    readonly change: ChangeAppup;
  },
): Promise<Ways> {
  const changed = differences.flatMap(({ from, to }) => (from === undefined || to === undefined ? [] : [{ from, to }]));
  const ways = new Map<string, ApplicationWay>();
  const appups = new Map<string, Appup>();
  const warnings: string[] = [];
  const obstacles: Obstacle[] = [];
  if (changed.length === 0) return { ways, appups, warnings, obstacles };
  const code = new Map(next.map(({ name, dir }) => [name, readApplicationCode(dir)]));
  for (const { from, to } of changed) {
    const facts = { application: to.name, from: from.vsn, to: to.vsn };
    try {
      const newer = code.get(to.name) ?? readApplicationCode(to.dir);
      const older = readApplicationCode(from.dir);
      const behaviours = new Behaviours(new Map(), [...code.values(), older]);
      const made = await makeApplicationAppup({
        to: newer,
        // It may have been asked for as one that is only loaded, or that may end.
        from: [{ application: older, behaviours, isPermanent: false }],
        otpRelease,
        change: (instructions) => change(instructions, facts),
      });
      const [way] = made.ways;
      if (way === undefined) continue;
      ways.set(to.name, { modules: compareModules(older, newer), way });
      warnings.push(...way.warnings.map(({ message }) => `${to.name} from ${from.vsn} to ${to.vsn}: ${message}`));
      if (made.text !== undefined) appups.set(to.name, asAppup(newer, made.term, otpRelease));
    } catch (error) {
      if (!(error instanceof EnitError)) throw error;
      obstacles.push(obstacle("no_way", to.name, `${to.name} from ${from.vsn} to ${to.vsn}: ${error.message}`));
    }
  }
  return { ways, appups, warnings, obstacles };
}

/** An appup that lies in no file, by the name that it would have. */
function asAppup({ name }: ApplicationCode, term: Term, otpRelease: number): Appup {
  const text = formatTermFile(term, { otp: otpRelease });
  return parseAppup(new TextEncoder().encode(text), `${name}.appup, as enit made it`);
}
