/** Versions and coverage: whether what changed is what an upgrade brings in. */
import { findAppupScript } from "../../otp/index.ts";
import { atomName, isBinary, isTuple, textValue } from "../../term/index.ts";
import type { Term } from "../../term/index.ts";
import type { ApplicationCode } from "../code/index.ts";
import type { ApplicationPair, Finding, UpgradeFacts } from "./facts.ts";
import { type ChangedApplication, type Way, changedApplications, endsVm } from "./way.ts";
import { shorten } from "./words.ts";

/** What is wrong with versions and appups, whatever the way. */
export function checkVersions(facts: UpgradeFacts): Finding[] {
  const findings = facts.applications.flatMap((pair) => checkPair(pair, facts));
  const { relup, refused, from, to } = facts;
  const isTold = findings.some(({ code }) => code === "no-way-down" || code === "appup-pattern-partial");
  if (relup.up !== undefined && relup.down === undefined && refused === undefined && !isTold) {
    const message = `the relup has a way from ${from.spec.vsn} up to ${to.spec.vsn} and none back`;
    findings.push({ code: "no-way-down", message });
  }
  return findings;
}

function checkPair(pair: ApplicationPair, facts: UpgradeFacts): Finding[] {
  const { name, from, to, appup } = pair;
  if (from === undefined || to === undefined) return [];
  if (from.version === to.version) return from === to ? [] : checkSameVersion(name, from, to);
  const findings = checkEntries(pair, from, to, facts);
  if (appup === undefined || appup.vsn === to.version) return findings;
  const message = `the appup of ${name} is for the version ${appup.vsn ?? "?"}, and the application is ${to.version}`;
  return [{ code: "appup-version-differs", application: name, message }, ...findings];
}

function checkSameVersion(application: string, from: ApplicationCode, to: ApplicationCode): Finding[] {
  const names = [...new Set([...from.modules.keys(), ...to.modules.keys()])];
  const differing = names.filter((name) => from.modules.get(name)?.md5 !== to.modules.get(name)?.md5);
  if (differing.length === 0) return [];
  const message = `${application} ${to.version} is in both releases, with other code: ${differing.sort().join(", ")}`;
  return [{ code: "version-not-raised", application, message }];
}

function checkEntries(
  { name, appup, up, down }: ApplicationPair,
  from: ApplicationCode,
  to: ApplicationCode,
  { otpRelease, relup }: UpgradeFacts,
): Finding[] {
  const partial = (["up", "down"] as const).flatMap((direction) => {
    if (appup === undefined || (direction === "up" ? up : down) !== undefined) return [];
    const pattern = appup[direction]
      .map(patternOf)
      .find((each) => each !== undefined && matchesInPart(each, from.version));
    if (pattern === undefined || findAppupScript(appup, direction, from.version, otpRelease) !== undefined) return [];
    const where = direction === "up" ? "first" : "second";
    const message = `the pattern "${pattern}" in the ${where} list of the appup of ${name} matches only a part of ${from.version}, so it does not count`;
    return [{ code: "appup-pattern-partial" as const, application: name, message }];
  });
  if (partial.length > 0) return partial;
  // A relup that somebody else has made needs no appups any more.
  if (up === undefined && relup.up === undefined) {
    const message = `${name} changes from ${from.version} to ${to.version}, and no appup has instructions for that`;
    return [{ code: "appup-missing", application: name, message }];
  }
  if (down !== undefined || relup.down !== undefined || appup === undefined) return [];
  const message = `the appup of ${name} has a way from ${from.version} up to ${to.version} and none back`;
  return [{ code: "no-way-down", application: name, message }];
}

function patternOf(entry: Term): string | undefined {
  const [version] = isTuple(entry, 2) ? entry.elements : [];
  return isBinary(version) ? textValue(version) : undefined;
}

/** Whether a pattern matches somewhere in a version, as far as an expression of JavaScript can tell. */
function matchesInPart(pattern: string, version: string): boolean {
  try {
    return new RegExp(pattern).test(version);
  } catch {
    return false;
  }
}

/** What changed and is not brought in on a way. */
export function checkCoverage(way: Way): Finding[] {
  if (!way.hasSteps) return [];
  return changedApplications(way).flatMap((application) => {
    const isCovered = endsVm(way) || (isCore(application.name) && startsNewVm(way));
    const findings = isCovered ? [] : checkModules(way, application);
    return checkStale(way, application).concat(checkStripped(way, application), findings);
  });
}

function checkModules(way: Way, { name, source, target }: ChangedApplication): Finding[] {
  const listed = new Set(target.spec.modules);
  const versions = versionsOf(way, source, target);
  const findings: Finding[] = [];
  const unlisted: string[] = [];
  for (const module of target.modules.values()) {
    const before = source.modules.get(module.name);
    const what = before === undefined ? "is new" : before.md5 === module.md5 ? undefined : "changed";
    if (what === undefined || way.loadedAt.has(module.name)) continue;
    if (!listed.has(module.name)) {
      unlisted.push(module.name);
      continue;
    }
    const message = `${module.name} ${what} between ${versions}, and no instruction loads it`;
    findings.push({ code: "module-not-loaded", application: name, module: module.name, message });
  }
  for (const module of source.modules.keys()) {
    if (target.modules.has(module) || way.removedAt.has(module) || !source.spec.modules.includes(module)) continue;
    const message = `${module} is gone between ${versions}, and no instruction removes it`;
    findings.push({ code: "module-not-removed", application: name, module, message });
  }
  return [...findings, ...describeUnlisted(name, versions, unlisted)];
}

/** Of an application that lists only a part of its modules, these are many. */
function describeUnlisted(application: string, versions: string, modules: readonly string[]): Finding[] {
  const [first, second] = modules;
  if (first === undefined) return [];
  const message = `the .app file does not list ${shorten(modules)}, which changed between ${versions}: no upgrade can load what it does not list`;
  return [{ code: "module-not-in-app", application, module: second === undefined ? first : undefined, message }];
}

/** `release_handler` reads the version of a module, old and new, from its attributes before it loads it. */
function checkStripped(way: Way, { name, source, target }: ChangedApplication): Finding[] {
  const stripped = [...way.loadedAt.keys()].filter((module) =>
    [source, target].some((code) => code.modules.get(module)?.beam.chunks.some(({ id }) => id === "Attr") === false),
  );
  const [first, second] = stripped;
  if (first === undefined) return [];
  const message = `release_handler cannot load modules without attributes, which were stripped of ${shorten(stripped)}: the upgrade fails`;
  return [{ code: "module-stripped", application: name, module: second === undefined ? first : undefined, message }];
}

/** An appup that was written for another upgrade: it removes what is there, or is about nothing that changed. */
function checkStale(way: Way, { name, source, target, instructions }: ChangedApplication): Finding[] {
  const findings: Finding[] = [];
  for (const module of target.spec.modules) {
    if (!way.removedAt.has(module)) continue;
    const message = `the appup of ${name} removes ${module}, which ${name} ${target.version} has`;
    findings.push({ code: "appup-stale", application: name, module, message });
  }
  const about = (instructions ?? []).flatMap((term) => moduleOf(term) ?? []);
  const changed = new Set(
    [...new Set([...source.modules.keys(), ...target.modules.keys()])].filter(
      (module) => source.modules.get(module)?.md5 !== target.modules.get(module)?.md5,
    ),
  );
  if (about.length > 0 && changed.size > 0 && !about.some((module) => changed.has(module))) {
    const message = `the appup of ${name} is about ${about.join(", ")}, of which nothing changed between ${versionsOf(way, source, target)}`;
    findings.push({ code: "appup-stale", application: name, message });
  }
  return findings;
}

/** The same words for both ways. */
function versionsOf({ direction }: Way, source: ApplicationCode, target: ApplicationCode): string {
  const [older, newer] = direction === "up" ? [source, target] : [target, source];
  return `${older.name} ${older.version} and ${newer.version}`;
}

const MODULE_INSTRUCTIONS = new Set(["update", "load_module", "add_module", "delete_module"]);

function moduleOf(term: Term): string | undefined {
  const [tag, module] = isTuple(term) ? term.elements : [];
  return MODULE_INSTRUCTIONS.has(atomName(tag) ?? "") ? atomName(module) : undefined;
}

/** The applications that a new emulator starts with in their new versions. */
export function isCore(application: string): boolean {
  return application === "kernel" || application === "stdlib" || application === "sasl";
}

export function startsNewVm({ steps }: Way): boolean {
  return steps.some(({ kind }) => kind === "restart_new_emulator");
}
