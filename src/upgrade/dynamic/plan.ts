import { EnitError } from "../../error/index.ts";
import type { ModuleChanges } from "../../knit/index.ts";
import type { InstalledLibrary } from "../../otp/index.ts";
import { type Release, toSysConfig } from "../../release/index.ts";
import type { Term } from "../../term/index.ts";
import type { Generation, InstalledSystem } from "../../vm/index.ts";
import type { PlanInput as ScriptInput, UpgradePlan } from "../plan.ts";
import { effectsOf, parseRelup } from "../script.ts";
import { type ChangeAppup, findWays } from "./appups.ts";
import { compareApplications } from "./differences.ts";
import { type Obstacle, obstacle } from "./obstacle.ts";
import { checkOldCode, type RunningLibrary } from "./old-code.ts";
import { type DynamicRelup, makeDynamicRelup, type StartedRelease } from "./relup.ts";

/** What is known of the VM and of what is installed. */
export interface PlanInput {
  /** Its version is that of the next generation. */
  readonly release: Release;
  readonly running: StartedRelease & {
    readonly libraries: readonly RunningLibrary[];
    readonly otpRoot: string;
    readonly config: Term;
  };
  readonly system: InstalledSystem;
  readonly hasHandler: boolean;
  readonly hooks: PlanHooks;
  /** Finds what a script would do to the VM, where somebody wants to know. */
  readonly describe: ((input: ScriptInput) => Promise<UpgradePlan>) | undefined;
}

/** What plugins may change of a plan. */
export interface PlanHooks {
  readonly changeAppup: ChangeAppup;
  readonly changeRelup: (
    relup: Term,
    facts: { readonly release: { readonly name: string; readonly version: string }; readonly from: readonly string[] },
  ) => Promise<Term>;
}

/** How a VM comes to what is installed. */
export interface UpdatePlan {
  readonly from: string;
  readonly to: string;
  readonly changes: readonly PlannedChange[];
  /** What keeps it from being done while the VM runs; none means that it can be done. */
  readonly obstacles: readonly Obstacle[];
  readonly warnings: readonly string[];
  /** `undefined` where there is nothing to do, or obstacles. */
  readonly next: PlannedGeneration | undefined;
}

export interface PlannedGeneration {
  readonly generation: Generation;
  /** Where the code that runs lies now. */
  readonly running: readonly InstalledLibrary[];
  /** What that does to the VM; `undefined` where nobody wanted to know. */
  readonly plan: UpgradePlan | undefined;
}

/** An application that changes; `from` or `to` is missing where it is new, or gone. */
export interface PlannedChange {
  readonly application: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly modules: ModuleChanges | undefined;
  /** Where the instructions come from. */
  readonly appup: "written" | "made" | undefined;
}

const CORE = new Set(["kernel", "stdlib", "sasl"]);

/** Plans how a VM takes up what is installed by now. Changes nothing. */
export async function planUpdate(input: PlanInput): Promise<UpdatePlan> {
  const { release, running, system, hooks } = input;
  const differences = compareApplications(running.libraries, system.applications);
  const base = { from: running.version, to: release.version };
  const obstacles = [...checkEmulator(input), ...checkOldCode(running.libraries, system.applications)];
  const warnings = typesToCome(input);
  if (differences.length === 0) return { ...base, changes: [], obstacles, warnings, next: undefined };
  if (!input.hasHandler) obstacles.push(obstacle("no_sasl", undefined, NO_SASL));
  obstacles.push(
    ...differences.flatMap(({ name, from, to }) =>
      CORE.has(name)
        ? [obstacle("core", name, `${name} ${from?.vsn ?? to?.vsn} cannot be changed in an emulator that runs`)]
        : [],
    ),
  );
  const bad = new Set(obstacles.map(({ application }) => application));
  const found = await findWays(
    differences.filter(({ name }) => !bad.has(name)),
    { next: system.applications, otpRelease: system.otp.release, change: hooks.changeAppup },
  );
  obstacles.push(...found.obstacles);
  const changes = differences.map(({ name, from, to }): PlannedChange => {
    const known = found.ways.get(name);
    const isWritten = known !== undefined && known.way.written.up;
    return {
      application: name,
      from: from?.vsn,
      to: to?.vsn,
      modules: known?.modules,
      appup: known && (isWritten ? "written" : "made"),
    };
  });
  warnings.push(...found.warnings);
  const next = obstacles.length === 0 ? await makeNext(input, found.appups, { obstacles, warnings }) : undefined;
  return { ...base, changes, obstacles, warnings, next };
}

/** An application that runs keeps the type that it was started with. */
function typesToCome({ running, system }: PlanInput): string[] {
  const [before, now] = [new Map(running.starts), new Map(system.starts)];
  return running.libraries.flatMap(({ name }) => {
    const [from = "load", to = "load"] = [before.get(name), now.get(name)];
    const stays = from === to || CORE.has(name) || !system.applications.some((each) => each.name === name);
    return stays ? [] : [`${name} is ${from} as long as the release runs, and ${to} from its next start on`];
  });
}

const NO_SASL = "the release has no sasl, whose release_handler changes a VM that runs: add it to the applications";

function checkEmulator({ running, system: { otp } }: PlanInput): Obstacle[] {
  const same = running.ertsVersion === otp.ertsVersion && running.otpRoot === otp.root;
  if (same) return [];
  const state =
    running.otpRoot === otp.root
      ? `Erlang/OTP in ${otp.root} has erts ${otp.ertsVersion} by now, the VM runs ${running.ertsVersion}`
      : `the release would start with Erlang/OTP in ${otp.root} by now, the VM runs that in ${running.otpRoot}`;
  return [obstacle("emulator", undefined, state)];
}

async function makeNext(
  { release, running, system, hooks, describe }: PlanInput,
  appups: Parameters<typeof makeDynamicRelup>[2]["appups"],
  found: { readonly obstacles: Obstacle[]; readonly warnings: string[] },
): Promise<PlannedGeneration | undefined> {
  const libraries = system.applications.map(({ name, vsn, dir }) => ({ name, vsn, dir }));
  const { name, version } = release;
  const to = { name, version, ertsVersion: system.otp.ertsVersion, libraries, starts: system.starts };
  let made: DynamicRelup;
  try {
    made = makeDynamicRelup(running, to, { otp: system.otp, appups });
  } catch (error) {
    if (!(error instanceof EnitError)) throw error;
    found.obstacles.push(obstacle("no_way", undefined, error.message));
    return undefined;
  }
  found.warnings.push(...made.warnings);
  const relup = await hooks.changeRelup(made.relup, { release: { name, version }, from: [running.version] });
  const { up, down } = parseRelup(relup, "relup");
  const [there = [], back = []] = [up, down].map((ways) => ways.flatMap(({ instructions }) => instructions));
  if ([there, back].some((instructions) => effectsOf(instructions).restartsEmulator)) {
    found.obstacles.push(obstacle("no_way", undefined, "the appup of an application wants the emulator started anew"));
    return undefined;
  }
  const plan = await describe?.({
    from: running.version,
    to: version,
    direction: "up",
    instructions: there,
    canGoBack: true,
    libraries: { from: running.libraries, to: libraries },
    next: { libraries, config: toSysConfig(release.config), formerConfig: running.config },
  });
  const former = running.libraries.map(({ name: library, vsn, dir }) => ({ name: library, vsn, dir }));
  return { generation: { release, system, relup }, running: former, plan };
}
