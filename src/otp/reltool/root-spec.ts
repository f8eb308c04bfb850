/** What a target system has of its root directory besides `lib`. Source: `do_gen_spec` of `reltool_target`. */
import { EnitError } from "../../error/index.ts";
import { joinPath } from "../filename.ts";
import { type Filter, couldMatchIn, makeFilters } from "./filters.ts";
import type { ReltoolWarning } from "./option-error.ts";
import { baseNameWithout } from "./paths.ts";
import { specDir } from "./spec-dir.ts";
import type { CopyFile, CreateDir, SpecItem, WriteFile } from "./spec.ts";
import type { App, System } from "./system.ts";

/** Items of the root directory, and the filters that they bring. */
export interface RootSpec {
  readonly items: readonly SpecItem[];
  readonly incl: readonly Filter[];
  readonly excl: readonly Filter[];
}

/**
 * Makes the items of the root directory: everything in it but `releases`, `lib` and other emulators; in `bin`, the programs
 * of the emulator that are there in the source, escripts, and the boot files of the releases.
 *
 * In a relocatable system, `erl` is the program that finds out where it lies, if the emulator has it, and scripts to be
 * filled in at an installation are left out. Throws `system_file_missing`.
 */
export function rootSpec(
  system: System,
  erts: App,
  bootFiles: readonly WriteFile[],
  warn: (warning: ReltoolWarning) => void,
): RootSpec {
  const { sys, release } = system;
  const all = specDir(sys.rootDir, warn, {
    shallow: (path) => path === "lib" || path === "releases" || isOtherErts(path, erts),
    // There may be far more than a system takes: on Debian, a link to the manuals of the whole machine.
    skip: (path) => !/^(?:bin|erts-)/.test(path) && !couldMatchIn(path, sys.sysFilters.incl),
  });
  const source = directory(all, erts.label, sys.rootDir);
  const programs = directory(source.items, "bin", sys.rootDir);
  const dynamic = sys.relocatable && has(programs, "dyn_erl");
  const ertsBin = joinPath(erts.label, "bin");
  const ertsPrograms = dynamic ? withDynamicErl(programs, ertsBin) : programs;
  const escripts = escriptSpec(system, ertsBin, programs);
  const wanted = new Set(files(directory(all, "bin", sys.rootDir)).map(({ name }) => name));
  const binPrograms = files(ertsPrograms)
    .filter(({ name }) => wanted.has(name) && !name.endsWith(".boot") && !name.endsWith(".script"))
    .map(({ kind, name, source: own }): CopyFile => ({ kind, name, source: own ?? joinPath(ertsBin, name) }));
  const emulator: CreateDir = {
    ...source,
    items: source.items.map((item) => (item === programs ? ertsPrograms : item)),
  };
  const others = all.filter(({ name }) => !["bin", "lib", "releases"].includes(name) && !name.startsWith("erts-"));
  return {
    items: [
      { kind: "create_dir", name: "bin", items: [...escripts, ...binPrograms, ...bootFiles] },
      emulator,
      ...others,
    ],
    incl: [
      ...sys.sysFilters.incl,
      ...makeFilters(
        escripts.map(({ name }) => `^bin/${name}(|.escript)$`),
        release,
      ),
    ],
    excl: [...sys.sysFilters.excl, ...makeFilters(sys.relocatable ? ["^erts.*/bin/.*src$"] : [], release)],
  };
}

function isOtherErts(path: string, erts: App): boolean {
  return path.startsWith("erts-") && !path.includes("/") && path !== erts.label;
}

/** The program that finds the emulator by its own place stands where the script would. */
function withDynamicErl(programs: CreateDir, ertsBin: string): CreateDir {
  const items = programs.items
    .filter(({ name }) => name !== "dyn_erl")
    .map((item): SpecItem => {
      return item.name === "erl" ? { kind: "copy_file", name: "erl", source: joinPath(ertsBin, "dyn_erl") } : item;
    });
  return { ...programs, items };
}

/** Each escript that is included, and the program `escript` under its name. */
function escriptSpec({ apps }: System, ertsBin: string, programs: CreateDir): CopyFile[] {
  const included = apps.filter(({ kind, included: isIncluded }) => kind === "escript" && isIncluded === true);
  if (included.length > 0 && !has(programs, "escript")) throw missing("escript", ertsBin);
  return included.flatMap(({ dir = "" }): CopyFile[] => {
    const name = baseNameWithout(dir, ".escript");
    return [
      { kind: "copy_file", name: `${name}.escript`, source: dir },
      { kind: "copy_file", name, source: joinPath(ertsBin, "escript") },
    ];
  });
}

function directory(items: readonly SpecItem[], name: string, rootDir: string): CreateDir {
  const found = items.find((item) => item.name === name);
  if (found?.kind === "create_dir") return found;
  throw missing(name, rootDir);
}

function files({ items }: CreateDir): CopyFile[] {
  return items.filter((item) => item.kind === "copy_file");
}

function has(dir: CreateDir, name: string): boolean {
  return files(dir).some((file) => file.name === name);
}

function missing(name: string, dir: string): EnitError {
  return new EnitError("system_file_missing", `cannot use "${dir}" as root directory: it has no ${name}`, {
    kind: "input",
    data: { directory: dir, name },
  });
}
