/**
 * What a VM was started from that only a start can change: the section `node` and the list of applications, kept in the
 * state directory as `[{node, [{KEY, VALUE}]}, {applications, [NAME]}]`. The cookie stands where the VM reads it.
 */
import { existsSync } from "node:fs";
import { formatTermFile, readTermFile } from "../otp/index.ts";
import { type Release, configSection } from "../release/index.ts";
import { type Term, atom, atomName, equalTerms, list, listElements, propertyOf, tuple } from "../term/index.ts";
import { asOwnerOf } from "./identity.ts";
import { readVmCookie, statePaths } from "./state-paths.ts";

/** Something that the files say now and the VM does not know, as it was started from something else. */
export interface RestartNeed {
  /** A key of the section `node`, or an application of the release. */
  readonly kind: "node" | "application";
  readonly name: string;
  readonly change: "added" | "changed" | "removed";
}

/** What reaches a VM that runs, or matters for its next start and its stop alone. */
const WITHOUT_RESTART = new Set(["cookie", "start_retries", "start_delay", "stop_timeout"]);

/** The content of the file. */
export function formatStartedFrom(release: Release): string {
  return formatTermFile(
    list([
      tuple(atom("node"), list(nodeKeys(release).map(([name, value]) => tuple(atom(name), value)))),
      tuple(atom("applications"), list(applicationNames(release).map((name) => atom(name)))),
    ]),
  );
}

/** Compares what a release's files say with what its VM was started from; nothing if that is not known. */
export function findRestartNeeds(release: Release): RestartNeed[] {
  const { startedFrom, releasesDir } = statePaths(release.stateDir);
  if (!existsSync(startedFrom)) return [];
  const [started] = asOwnerOf(releasesDir, () => readTermFile(startedFrom).terms);
  const keys = (listElements(propertyOf(started, "node")) ?? []).flatMap((pair): [string, Term][] => {
    const [name, value] = pair.kind === "tuple" ? pair.elements : [];
    const text = atomName(name);
    return text === undefined || value === undefined ? [] : [[text, value]];
  });
  const names = (listElements(propertyOf(started, "applications")) ?? []).flatMap((name) => atomName(name) ?? []);
  const cookie = readVmCookie(release.stateDir);
  const hasOtherCookie = cookie !== undefined && cookie !== release.node.cookie;
  const now = applicationNames(release);
  return [
    ...(hasOtherCookie ? [{ kind: "node", name: "cookie", change: "changed" } as const] : []),
    ...compareKeys(new Map(keys), new Map(nodeKeys(release))),
    ...now.filter((name) => !names.includes(name)).map((name) => need("application", name, "added")),
    ...names.filter((name) => !now.includes(name)).map((name) => need("application", name, "removed")),
  ];
}

function compareKeys(before: ReadonlyMap<string, Term>, now: ReadonlyMap<string, Term>): RestartNeed[] {
  const needs: RestartNeed[] = [];
  for (const [name, value] of now) {
    const old = before.get(name);
    if (old === undefined) needs.push(need("node", name, "added"));
    else if (!equalTerms(old, value)) needs.push(need("node", name, "changed"));
  }
  for (const name of before.keys()) if (!now.has(name)) needs.push(need("node", name, "removed"));
  return needs;
}

function need(kind: RestartNeed["kind"], name: string, change: RestartNeed["change"]): RestartNeed {
  return { kind, name, change };
}

function nodeKeys({ config }: Release): [name: string, value: Term][] {
  return (configSection(config, "node")?.keys ?? []).flatMap(({ name, value }): [string, Term][] =>
    WITHOUT_RESTART.has(name) ? [] : [[name, value]],
  );
}

/** Those of a packaged release come with the package, and so with an upgrade. */
function applicationNames({ packaged, applications }: Release): readonly string[] {
  return packaged === undefined ? applications.map(({ name }) => name) : [];
}
