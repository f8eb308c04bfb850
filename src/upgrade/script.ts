/** The scripts of a relup: what `release_handler` evaluates on the way from one release to another. See relup(4). */
import { join } from "node:path";
import { EnitError } from "../error/index.ts";
import { readTermFile } from "../otp/index.ts";
import { atomName, isAtom, isTagged, isTuple, listElements, stringValue, type Term } from "../term/index.ts";

export interface UpgradeScript {
  /** `down`: it stands in the relup of the release that runs. */
  readonly direction: "up" | "down";
  readonly from: string;
  readonly to: string;
  readonly instructions: readonly Term[];
}

/** The ways that one relup has. */
export interface Relup {
  readonly version: string;
  readonly up: readonly RelupWay[];
  readonly down: readonly RelupWay[];
}

export interface RelupWay {
  readonly version: string;
  readonly instructions: readonly Term[];
}

/** Reads the relup of a version; `undefined` if it has none. Throws `relup_malformed`, and what reading throws. */
function readRelup(releasesDir: string, version: string): Relup | undefined {
  const file = join(releasesDir, version, "relup");
  try {
    return parseRelup(readTermFile(file).terms[0], file);
  } catch (error) {
    if (error instanceof EnitError && error.code === "file_not_found") return undefined;
    throw error;
  }
}

/** Reads the term of a relup. Throws `relup_malformed`; `source` is what it is called then. */
export function parseRelup(term: Term | undefined, source: string): Relup {
  const [version, up, down] = isTuple(term, 3) ? term.elements : [];
  const vsn = stringValue(version);
  const ways = [up, down].map((each) => listElements(each)?.map(parseWay));
  const [ups, downs] = ways.map((each) => (each?.every((way) => way !== undefined) === true ? each : undefined));
  if (vsn === undefined || ups === undefined || downs === undefined) {
    const state = "it is not of the form {VSN, [{OLD, DESCRIPTION, INSTRUCTIONS}], [...]}";
    throw new EnitError("relup_malformed", `cannot read "${source}": ${state}`, {
      kind: "input",
      data: { file: source },
    });
  }
  return { version: vsn, up: ups, down: downs };
}

function parseWay(term: Term): RelupWay | undefined {
  const [old, , script] = isTuple(term, 3) ? term.elements : [];
  const version = stringValue(old);
  const instructions = listElements(script);
  return version === undefined || instructions === undefined ? undefined : { version, instructions };
}

/**
 * Finds the way between two releases as `release_handler` does: the way up in the relup of the new one, else the way
 * down in the relup of the one that runs. `undefined`: there is none.
 *
 * `packed`: the relup of a version that is still in its tarball.
 */
export function findScript(releasesDir: string, from: string, to: string, packed?: Relup): UpgradeScript | undefined {
  const relupOf = (version: string): Relup | undefined =>
    packed?.version === version ? packed : readRelup(releasesDir, version);
  const up = relupOf(to)?.up.find(({ version }) => version === from);
  if (up !== undefined) return { direction: "up", from, to, instructions: up.instructions };
  const down = relupOf(from)?.down.find(({ version }) => version === to);
  return down && { direction: "down", from, to, instructions: down.instructions };
}

/** The error of two versions between which no relup leads. */
export function noUpgradePath(release: string, from: string, to: string, isPackaged: boolean): EnitError {
  return new EnitError("no_upgrade_path", `cannot upgrade "${release}" to ${to}: no relup has the way from ${from}`, {
    hint: isPackaged
      ? `Build an upgrade tarball from ${from} to ${to}, or change the version by a restart: --restart`
      : `Go by the versions between, one after the other: enit releases ${release}`,
    data: { release, from, to },
  });
}

/** The error of a script that a running VM cannot follow. */
export function needsRestart(release: string, version: string): EnitError {
  const state = "its relup starts the emulator anew";
  return new EnitError("needs_restart", `cannot upgrade "${release}" to ${version}: ${state}`, {
    kind: "unsupported",
    hint: `No VM that runs takes up a new emulator, kernel, stdlib or sasl. To stop the release and start it with ${version}: --restart`,
    data: { release, version },
  });
}

/** What a script does, by what it concerns. */
export interface ScriptEffects {
  /** Modules whose code is replaced or added. */
  readonly loaded: readonly LoadedModule[];
  readonly removed: readonly LoadedModule[];
  /** Modules whose processes wait meanwhile. */
  readonly suspended: readonly string[];
  /** Modules whose processes change their state. */
  readonly codeChanged: readonly string[];
  /** Modules whose processes are stopped and started again by their supervisors. */
  readonly restarted: readonly string[];
  readonly startedApplications: readonly string[];
  readonly stoppedApplications: readonly string[];
  /** Whether the emulator is started anew. */
  readonly restartsEmulator: boolean;
}

export interface LoadedModule {
  readonly module: string;
  /** How processes in code that is old already are treated: `brutal_purge` ends them, `soft_purge` refuses the upgrade. */
  readonly prePurge: string;
  /** How processes are treated whose code has become old. */
  readonly postPurge: string;
}

export function effectsOf(instructions: readonly Term[]): ScriptEffects {
  const modulesOf = (tag: string, at = 1): string[] =>
    instructions.flatMap((each) =>
      isTagged(each, tag) ? (listElements(each.elements[at]) ?? []).flatMap(moduleOf) : [],
    );
  const applications = (functionNames: readonly string[]): string[] => [
    ...new Set(instructions.flatMap((each) => applicationCall(each, functionNames))),
  ];
  return {
    ...modulesLeft(instructions),
    suspended: [...new Set(modulesOf("suspend"))],
    codeChanged: [...new Set([...modulesOf("code_change"), ...modulesOf("code_change", 2)])],
    restarted: [...new Set(modulesOf("stop"))],
    startedApplications: applications(["start"]),
    stoppedApplications: applications(["stop"]),
    restartsEmulator: instructions.some(
      (each) => isAtom(each, "restart_emulator") || isAtom(each, "restart_new_emulator"),
    ),
  };
}

/** `Module`, `{Module, Timeout}` or `{Module, Extra}`. */
function moduleOf(term: Term): string[] {
  const name = atomName(isTuple(term, 2) ? term.elements[0] : term);
  return name === undefined ? [] : [name];
}

/** Which modules there are in the end and which are not: an application that is restarted has its modules removed, then loaded. */
function modulesLeft(instructions: readonly Term[]): Pick<ScriptEffects, "loaded" | "removed"> {
  const last = new Map<string, { readonly change: LoadedModule; readonly tag: "load" | "remove" }>();
  for (const each of instructions) {
    for (const tag of ["load", "remove"] as const) {
      for (const change of loadOf(each, tag)) last.set(change.module, { change, tag });
    }
  }
  const having = (wanted: string): LoadedModule[] =>
    [...last.values()].filter(({ tag }) => tag === wanted).map(({ change }) => change);
  return { loaded: having("load"), removed: having("remove") };
}

function loadOf(term: Term, tag: string): LoadedModule[] {
  const [, what] = isTagged(term, tag, 2) ? term.elements : [];
  const [module, prePurge, postPurge] = isTuple(what, 3) ? what.elements.map(atomName) : [];
  return module === undefined || prePurge === undefined || postPurge === undefined
    ? []
    : [{ module, prePurge, postPurge }];
}

/** `{apply, {application, Function, [Application | _]}}` */
function applicationCall(term: Term, functionNames: readonly string[]): string[] {
  const [, call] = isTagged(term, "apply", 2) ? term.elements : [];
  const [module, functionName, args] = isTuple(call, 3) ? call.elements : [];
  if (!isAtom(module, "application") || !functionNames.includes(atomName(functionName) ?? "")) return [];
  const name = atomName(listElements(args)?.[0]);
  return name === undefined ? [] : [name];
}
