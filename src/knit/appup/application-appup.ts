import { type Appup, findAppupScript, formatTermFile, parseAppup } from "../../otp/index.ts";
import { type Term, list, string, tuple } from "../../term/index.ts";
import type { ApplicationCode } from "../code/index.ts";
import type { Behaviours } from "./behaviours.ts";
import { type MadeAppup, makeAppup } from "./make-appup.ts";
import { authorOf, markAppup } from "./mark.ts";
import type { AppupStep } from "./step.ts";

/** An application, and the older versions of it that there must be ways from and to. */
export interface ApplicationAppupRequest {
  readonly to: ApplicationCode;
  /** Of several with one version, the first counts; those with the version of `to` are passed over. */
  readonly from: readonly OlderApplication[];
  /** The release of OTP whose rules count for regular expressions: 25. */
  readonly otpRelease: number;
  /** May change the instructions of one pair of versions. Default: nothing does. */
  readonly change?: (instructions: Instructions, from: string) => Instructions | Promise<Instructions>;
}

export interface OlderApplication {
  readonly application: ApplicationCode;
  /** Those of the two releases that the application is in. */
  readonly behaviours: Behaviours;
  /** Whether it is permanent in both releases. Default: it is. */
  readonly isPermanent?: boolean;
}

/** The instructions for one pair of versions. */
export interface Instructions {
  readonly up: readonly Term[];
  readonly down: readonly Term[];
}

/** The appup of an application. */
export interface ApplicationAppup {
  /** What the file must hold; `undefined` if it is there already, written by hand, and has everything. */
  readonly text: string | undefined;
  /** The whole term; of a hand-written one, with the entries that were added to it. */
  readonly term: Term;
  /** Whose the file was that was found: `stale` is one of ours that was made from other code. */
  readonly found: "none" | "written" | "ours" | "stale";
  /** In the order of `from`. */
  readonly ways: readonly AppupWay[];
}

/** The way from one older version and back. */
export interface AppupWay extends MadeAppup {
  readonly from: string;
  readonly written: WrittenWays;
}

/** Whether instructions stand in a hand-written appup, for each direction. */
export interface WrittenWays {
  readonly up: boolean;
  readonly down: boolean;
}

/**
 * Makes the appup of an application for all its older versions.
 *
 * What a hand-written appup says, for a version or a regular expression of versions, counts; what it does not say, in either
 * direction, is added to it. An appup that was made here before is made anew, unless it was edited.
 *
 * Throws what `makeAppup` and `parseAppup` throw.
 */
export async function makeApplicationAppup(request: ApplicationAppupRequest): Promise<ApplicationAppup> {
  const { to, otpRelease, change = (instructions) => instructions } = request;
  const older = distinctVersions(request);
  const applications = older.map(({ application }) => application);
  // An empty file is what a shell makes of one that the output of enit appup is to go to.
  const file = to.appup?.bytes.length === 0 ? undefined : to.appup;
  const found = file === undefined ? "none" : authorOf(file.bytes, applications, to);
  const written = file !== undefined && found === "written" ? parseAppup(file.bytes, file.file) : undefined;
  const ways: AppupWay[] = [];
  const entries: Record<"up" | "down", Term[]> = { up: [], down: [] };
  for (const { application, ...context } of older) {
    const from = application.version;
    const way = findWay(written, { ...context, from: application, to }, otpRelease);
    const changed = await change({ up: way.up, down: way.down }, from);
    for (const direction of ["up", "down"] as const) {
      const isSame = changed[direction] === way[direction];
      if (!isSame || !way.written[direction]) entries[direction].push(tuple(string(from), list(changed[direction])));
    }
    ways.push(withChanges(way, changed));
  }
  const isComplete = written !== undefined && entries.up.length + entries.down.length === 0;
  const lists = (["up", "down"] as const).map((direction) =>
    list([...entries[direction], ...(written?.[direction] ?? [])]),
  );
  const term = tuple(string(to.version), ...lists);
  if (isComplete) return { text: undefined, term, found, ways };
  const text = formatTermFile(term, { otp: otpRelease });
  // With entries of somebody else in it, it is not ours, and must not be made anew from nothing.
  return { text: written === undefined ? markAppup(text, applications, to) : text, term, found, ways };
}

function distinctVersions({ to, from }: ApplicationAppupRequest): OlderApplication[] {
  const byVersion = new Map<string, OlderApplication>();
  for (const each of from) {
    const { version } = each.application;
    if (version !== to.version && !byVersion.has(version)) byVersion.set(version, each);
  }
  return [...byVersion.values()];
}

type Pair = Parameters<typeof makeAppup>[0];

function findWay(written: Appup | undefined, pair: Pair, otpRelease: number): AppupWay {
  const from = pair.from.version;
  const scripts = {
    up: written && findAppupScript(written, "up", from, otpRelease),
    down: written && findAppupScript(written, "down", from, otpRelease),
  };
  const isWritten = { up: scripts.up !== undefined, down: scripts.down !== undefined };
  const made = isWritten.up && isWritten.down ? undefined : makeAppup(pair);
  const reason = `written by hand in ${written?.file}`;
  const stepsOf = (direction: "up" | "down"): readonly AppupStep[] =>
    scripts[direction]?.instructions.map((instruction) => ({ instruction, module: undefined, reason })) ??
    made?.explanations[direction] ??
    [];
  const explanations = { up: stepsOf("up"), down: stepsOf("down") };
  return {
    from,
    up: explanations.up.map(({ instruction }) => instruction),
    down: explanations.down.map(({ instruction }) => instruction),
    explanations,
    warnings: made?.warnings ?? [],
    written: isWritten,
  };
}

/** What was changed has no reason of ours any more, except for the instructions that are still there. */
function withChanges(way: AppupWay, changed: Instructions): AppupWay {
  const stepsOf = (direction: "up" | "down"): readonly AppupStep[] =>
    changed[direction].map(
      (instruction) =>
        way.explanations[direction].find((step) => step.instruction === instruction) ?? {
          instruction,
          module: undefined,
          reason: "put here by a plugin",
        },
    );
  return { ...way, ...changed, explanations: { up: stepsOf("up"), down: stepsOf("down") } };
}
