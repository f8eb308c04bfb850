import { EnitError } from "../../error/index.ts";
import {
  type AppupWarning,
  type AppupWay,
  Behaviours,
  type Instructions,
  type WrittenWays,
  instructionText,
  makeApplicationAppup,
} from "../appup/index.ts";
import { type ApplicationCode, compareModules } from "../code/index.ts";
import { type CodeSource, openSource } from "./open-source.ts";

export interface PreviewRequest {
  /** Each the directory of an application, the directory of a release, or the tarball of one. */
  readonly older: string;
  readonly newer: string;
  /** What behaviours are built on, as the option `behaviours`. */
  readonly behaviours: ReadonlyMap<string, string>;
  readonly otpRelease: number;
  readonly signal: AbortSignal;
  /** May change the instructions of an application. Default: nothing does. */
  readonly change?:
    | ((
        instructions: Instructions,
        facts: { readonly application: string; readonly from: string; readonly to: string },
      ) => Instructions | Promise<Instructions>)
    | undefined;
}

/** The appups between two versions of an application or of a release. */
export interface AppupPreview {
  readonly older: PreviewedSource;
  readonly newer: PreviewedSource;
  /** In the order of the newer one, what did not change left out. */
  readonly applications: readonly PreviewedAppup[];
  /** Applications that only one of two releases packs. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly warnings: readonly PreviewWarning[];
}

export interface PreviewedSource {
  readonly path: string;
  readonly name: string;
  readonly version: string;
}

export interface PreviewedAppup {
  readonly application: string;
  readonly from: string;
  readonly to: string;
  /** The whole file. */
  readonly text: string;
  readonly up: readonly PreviewedInstruction[];
  readonly down: readonly PreviewedInstruction[];
  readonly written: WrittenWays;
}

export interface PreviewedInstruction {
  /** In Erlang's syntax. */
  readonly instruction: string;
  /** `null` where it is about none, or was not made from the code. */
  readonly module: string | null;
  /** Why it is there. */
  readonly reason: string;
}

export interface PreviewWarning {
  readonly code: AppupWarning["code"] | "same_version_changed";
  readonly application: string;
  /** `null` where it is about the whole application. */
  readonly module: string | null;
  readonly message: string;
}

/**
 * Makes the appups from one version of an application or of a release to another, as a build would, and writes nothing.
 *
 * @throws EnitError `sources_differ` for an application and a release, two applications, or two releases of one name; `nothing_newer`
 * for two of one version; what `openSource` and `makeApplicationAppup` throw.
 */
export async function previewAppups(request: PreviewRequest): Promise<AppupPreview> {
  const { behaviours: declared, otpRelease, signal, change } = request;
  const older = await openSource(request.older, signal);
  const newer = await openSource(request.newer, signal);
  checkPair(older, newer);
  const behaviours = new Behaviours(declared, [...newer.applications.values(), ...older.applications.values()]);
  const isPermanent = (name: string): boolean => [older, newer].every(({ release }) => isPermanentIn(release, name));
  const applications: PreviewedAppup[] = [];
  const warnings: PreviewWarning[] = [];
  for (const to of newer.applications.values()) {
    const from = older.applications.get(to.name);
    if (from === undefined) continue;
    if (from.version === to.version) {
      warnings.push(...warnOfSameVersion(from, to));
      continue;
    }
    const application = to.name;
    const made = await makeApplicationAppup({
      to,
      from: [{ application: from, behaviours, isPermanent: isPermanent(application) }],
      otpRelease,
      ...(change && {
        change: (instructions, version) => change(instructions, { application, from: version, to: to.version }),
      }),
    });
    for (const way of made.ways) {
      applications.push(describeWay(to, way, made.text ?? textOf(to)));
      for (const { code, module, message } of way.warnings) warnings.push({ code, application, module, message });
    }
  }
  return {
    older: describeSource(older),
    newer: describeSource(newer),
    applications,
    added: [...newer.applications.keys()].filter((name) => !older.applications.has(name)),
    removed: [...older.applications.keys()].filter((name) => !newer.applications.has(name)),
    warnings,
  };
}

function checkPair(older: CodeSource, newer: CodeSource): void {
  if (older.kind !== newer.kind || older.name !== newer.name) {
    const state = `the first is the ${older.kind} ${older.name}, the second the ${newer.kind} ${newer.name}`;
    throw new EnitError("sources_differ", `cannot compare "${older.path}" with "${newer.path}": ${state}`, {
      kind: "input",
      hint: "Name two versions of one application, or of one release.",
      data: { older: describeSource(older), newer: describeSource(newer) },
    });
  }
  if (older.version !== newer.version) return;
  const state = `both are ${newer.name} ${newer.version}`;
  throw new EnitError("nothing_newer", `cannot upgrade from "${older.path}" to "${newer.path}": ${state}`, {
    kind: "input",
    hint: "Raise the version: OTP loads nothing of a version that it has.",
    data: { name: newer.name, version: newer.version },
  });
}

/** An application for itself is taken for a permanent one. */
function isPermanentIn(release: CodeSource["release"], name: string): boolean {
  const type = release?.spec.applications.find((each) => each.name === name)?.type ?? "permanent";
  return type === "permanent";
}

function warnOfSameVersion(from: ApplicationCode, to: ApplicationCode): PreviewWarning[] {
  const { added, changed, removed } = compareModules(from, to);
  const modules = [...added, ...changed, ...removed].sort();
  if (modules.length === 0) return [];
  const message = `${to.name} is ${to.version} in both, but has other code: ${modules.join(", ")}; OTP would not load it`;
  return [{ code: "same_version_changed", application: to.name, module: null, message }];
}

function describeWay(to: ApplicationCode, way: AppupWay, text: string): PreviewedAppup {
  const stepsOf = (direction: "up" | "down"): PreviewedInstruction[] =>
    way.explanations[direction].map(({ instruction, module, reason }) => ({
      instruction: instructionText(instruction),
      module: module ?? null,
      reason,
    }));
  return {
    application: to.name,
    from: way.from,
    to: to.version,
    text,
    up: stepsOf("up"),
    down: stepsOf("down"),
    written: way.written,
  };
}

function textOf({ appup }: ApplicationCode): string {
  return new TextDecoder().decode(appup?.bytes);
}

function describeSource({ path, name, version }: CodeSource): PreviewedSource {
  return { path, name, version };
}
