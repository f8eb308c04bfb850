import { dirname, join } from "node:path";
import type { NodeConnection } from "../../dist/index.ts";
import { readApplication } from "../../otp/index.ts";
import { tableOf } from "../../release/index.ts";
import { equalTerms, isTuple, listElements, mapValue, printTerm, textValue, type Term } from "../../term/index.ts";
import { type Problem, problem } from "../problem.ts";
import type { UpgradeRelease, UpgradeSide } from "../release-files.ts";

/** The applications of a VM, their versions and environments. */
export interface VmApplications {
  readonly loaded: ReadonlyMap<string, string>;
  readonly running: ReadonlySet<string>;
  readonly environment: ReadonlyMap<string, ReadonlyMap<string, Term>>;
  /** The keys that arguments of the command line give, which are stronger than a configuration. */
  readonly fixed: ReadonlyMap<string, ReadonlySet<string>>;
}

export async function readApplications(connection: NodeConnection, signal?: AbortSignal): Promise<VmApplications> {
  const answer = await connection.call("enit_upgrade", "applications", [], { signal });
  const pairs = (key: string): (readonly [string, Term])[] =>
    (listElements(mapValue(answer, key)) ?? []).flatMap((each) => {
      const [name, value] = isTuple(each, 2) ? each.elements : [];
      return value === undefined ? [] : [[textValue(name) ?? "", value] as const];
    });
  return {
    loaded: new Map(pairs("loaded").map(([name, version]) => [name, textValue(version) ?? ""])),
    running: new Set(pairs("running").map(([name]) => name)),
    environment: tableOf(mapValue(answer, "environment")) ?? new Map(),
    fixed: new Map(
      pairs("fixed").map(([name, keys]) => [
        name,
        new Set((listElements(keys) ?? []).map((key) => textValue(key) ?? "")),
      ]),
    ),
  };
}

/** What of the applications has to run, besides those that ran before. */
export interface ExpectedApplications {
  /** What ran before the upgrade; `undefined` where nobody looked. */
  readonly before: VmApplications | undefined;
  readonly started: readonly string[];
}

/** Compares versions, and what runs, with the release. */
export function checkApplications(
  now: VmApplications,
  release: UpgradeRelease,
  other: UpgradeRelease | undefined,
  { before, started }: ExpectedApplications,
): Problem[] {
  const problems: Problem[] = [];
  const ours = new Set(release.libraries.map(({ name }) => name));
  for (const { name, vsn } of release.libraries) {
    const version = now.loaded.get(name);
    if (version !== undefined && version !== vsn) {
      problems.push(problem("application", name, `application ${name} is ${version} in place of ${vsn}`));
    }
    const mustRun = started.includes(name) || before?.running.has(name) === true;
    if (mustRun && !now.running.has(name)) {
      problems.push(problem("application", name, `application ${name} does not run`));
    }
  }
  for (const { name } of other?.libraries ?? []) {
    if (ours.has(name) || !now.running.has(name)) continue;
    problems.push(problem("application", name, `application ${name} runs, which the release does not have`));
  }
  return problems;
}

/** Compares the code path with the release: the directory of each application, and none of another version of it. */
export async function checkCodePath(
  connection: NodeConnection,
  release: UpgradeRelease,
  signal?: AbortSignal,
): Promise<Problem[]> {
  const path = (listElements(await connection.call("code", "get_path", [], { signal })) ?? []).map(
    (each) => textValue(each) ?? "",
  );
  const present = new Set(path);
  return release.libraries.flatMap(({ name, vsn, dir }) => {
    const ebin = join(dir, "ebin");
    if (!present.has(ebin)) {
      return [problem("code_path", name, `the code path does not have ${ebin}`)];
    }
    const others = path.filter((each) => each !== ebin && isVersionOf(each, name) && dirname(each) !== dir);
    return others.map((each) => problem("code_path", name, `the code path has ${each} beside ${name} ${vsn}`));
  });
}

/** `.../NAME-VSN/ebin` */
function isVersionOf(ebin: string, name: string): boolean {
  const [directory, last] = ebin.split("/").slice(-2);
  return (
    last === "ebin" &&
    directory !== undefined &&
    directory.startsWith(`${name}-`) &&
    /^\d/.test(directory.slice(name.length + 1))
  );
}

/**
 * Compares the environment of each application of the release with its `.app` file and the configuration. What an
 * application set besides is its own affair; so is what was set to another value than the configuration's before
 * (`application:set_env/4` with `persistent`), and outlived the change.
 */
export function checkEnvironment(
  now: VmApplications,
  { release, config }: UpgradeSide,
  before: { readonly side: UpgradeSide; readonly applications: VmApplications } | undefined,
): Problem[] {
  const table = tableOf(config) ?? new Map<string, ReadonlyMap<string, Term>>();
  return release.libraries.flatMap(({ name, dir }) => {
    const held = now.environment.get(name);
    if (held === undefined) return [];
    const expected = new Map([...defaultsOf(dir, name), ...(table.get(name) ?? [])]);
    return [...expected].flatMap(([key, value]) => {
      if (now.fixed.get(name)?.has(key) === true) return [];
      const found = held.get(key);
      if (found !== undefined && equalTerms(found, value)) return [];
      if (found !== undefined && before !== undefined && wasSetBefore(before, name, key, found)) return [];
      const state = found === undefined ? "is not set" : `is ${print(found)} in place of ${print(value)}`;
      return [problem("environment", `${name}.${key}`, `the parameter ${key} of ${name} ${state}`)];
    });
  });
}

/** Whether a value was there before, and was not the one that the configuration gave. */
function wasSetBefore(
  { side, applications }: { readonly side: UpgradeSide; readonly applications: VmApplications },
  name: string,
  key: string,
  value: Term,
): boolean {
  const held = applications.environment.get(name)?.get(key);
  if (held === undefined || !equalTerms(held, value)) return false;
  const given = tableOf(side.config)?.get(name)?.get(key);
  const library = side.release.libraries.find((each) => each.name === name);
  const expected = given ?? (library && defaultsOf(library.dir, name).get(key));
  return expected === undefined || !equalTerms(held, expected);
}

/** The environment that the `.app` file of an application gives. */
export function defaultsOf(dir: string, name: string): ReadonlyMap<string, Term> {
  const { env } = readApplication(join(dir, "ebin", `${name}.app`));
  return new Map(env);
}

function print(term: Term): string {
  const text = printTerm(term, { format: "tp", width: 0 });
  return text.length <= 200 ? text : `${text.slice(0, 200)}...`;
}
