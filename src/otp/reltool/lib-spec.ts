/** The directory `lib` of a target system. Source: `spec_lib_files` of `reltool_target`. */
import { statSync } from "node:fs";
import { type Term, compareText } from "../../term/index.ts";
import { joinPath, splitPath } from "../filename.ts";
import { appError } from "./app-errors.ts";
import { appTerm } from "./app-term.ts";
import { includedModules } from "./boot-script.ts";
import { filterSpec } from "./filter-spec.ts";
import { passesFilters } from "./filters.ts";
import { keepsChunks, makesArchives } from "./generations.ts";
import type { ReltoolWarning } from "./option-error.ts";
import { termFile } from "./release-files.ts";
import { MANDATORY_APPS } from "./release-members.ts";
import { specDir } from "./spec-dir.ts";
import type { CreateDir, SpecItem, StripBeam } from "./spec.ts";
import type { App, System } from "./system.ts";

/** Makes the items of the applications that are included, sorted by application. Throws `application_not_included`. */
export function libSpec(system: System, warn: (warning: ReltoolWarning) => void): SpecItem[] {
  const { sys, apps } = system;
  const selected = apps.filter(({ kind, included, dir }) => {
    if (kind !== "application" || included !== true) return false;
    // By its text alone, as in reltool.
    return !(sys.exclLib && dir?.startsWith(sys.rootDir) === true);
  });
  for (const name of sys.exclLib ? [] : MANDATORY_APPS) {
    if (!selected.some((app) => app.name === name)) {
      throw appError("application_not_included", name, "it is not included, and nothing runs without");
    }
  }
  return selected.flatMap((app) => appSpec(app, system, warn));
}

function appSpec(app: App, system: System, warn: (warning: ReltoolWarning) => void): SpecItem[] {
  const { config, dir } = app;
  if (dir === undefined) throw appError("application_not_found", app.name, "it is included, and has no directory");
  const files = specDir(dir, warn, { shallow: (path) => path === "ebin" });
  const ebin: CreateDir = { kind: "create_dir", name: "ebin", items: ebinSpec(app, dir, system) };
  const whole = [...files.filter(({ name }) => name !== "ebin"), ebin].sort((a, b) => compareText(a.name, b.name));
  const { incl, excl } = system.sys.appFilters;
  const left = filterSpec(whole, config.inclAppFilters ?? incl, config.exclAppFilters ?? excl);
  const place = (items: readonly SpecItem[]): CreateDir => placed(app, dir, system.sys.rootDir, items);
  return makesArchives(system.release) ? archived(app, system, left, place) : [place(left)];
}

/** What is to be in an archive, and what beside it. */
function archived(
  { config, label }: App,
  { sys }: System,
  items: readonly SpecItem[],
  place: (items: readonly SpecItem[]) => CreateDir,
): SpecItem[] {
  const incl = config.inclArchiveFilters ?? sys.archiveFilters.incl;
  const excl = config.exclArchiveFilters ?? sys.archiveFilters.excl;
  const options: readonly Term[] = config.archiveOpts ?? sys.archiveOpts;
  const inside = items.filter(({ name }) => passesFilters(name, incl, excl));
  const outside = items.filter((item) => !inside.includes(item));
  if (inside.length === 0) return [place(items)];
  return [
    { kind: "archive", name: `${label}.ez`, options, items: [place(inside)] },
    ...(outside.length === 0 ? [] : [place(outside)]),
  ];
}

/** A directory below `ROOT/lib` keeps its name; any other gets that of its application, and names its source. */
function placed({ label }: App, dir: string, rootDir: string, items: readonly SpecItem[]): CreateDir {
  const lib = splitPath(joinPath(rootDir, "lib"));
  const names = splitPath(dir);
  const isBelow = lib.every((name, index) => name === names[index]);
  return isBelow
    ? { kind: "create_dir", name: joinPath(...names.slice(lib.length)), items }
    : { kind: "create_dir", name: label, source: dir, items };
}

function ebinSpec(app: App, dir: string, system: System): SpecItem[] {
  const { sys, release } = system;
  const { name, config, info, mods } = app;
  const has = (file: string): boolean =>
    statSync(joinPath(dir, "ebin", file), { throwIfNoEntry: false })?.isFile() === true;
  const copied = (file: string): SpecItem[] => (has(file) ? [{ kind: "copy_file", name: file }] : []);
  const appFile = config.appFile ?? sys.appFile;
  const included = includedModules(app);
  const modules = appFile === "all" ? included : included.filter((each) => info.modules.includes(each));
  const keep = typeof sys.debugInfo === "string" ? [] : sys.debugInfo;
  const beam = (file: string): SpecItem => {
    const stripped: StripBeam = { kind: "strip_beam", name: file, keep: keepsChunks(release) ? keep : undefined };
    return sys.debugInfo === "keep" ? { kind: "copy_file", name: file } : stripped;
  };
  return [
    ...copied(`${name}.appup`),
    ...(appFile === "keep"
      ? copied(`${name}.app`)
      : [
          {
            kind: "write_file" as const,
            name: `${name}.app`,
            content: termFile(appTerm(name, { ...info, modules }), system),
          },
        ]),
    ...mods.filter((mod) => mod.included === true && mod.exists).map((mod) => beam(`${mod.name}.beam`)),
  ];
}
