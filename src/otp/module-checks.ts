import { EnitError } from "../error/index.ts";
import { listDirectoryIfAny, statIfAny } from "./files.ts";
import { joinPath, splitPath } from "./filename.ts";
import type { ReleaseSpec } from "./rel.ts";
import type { ReleaseMember } from "./release-members.ts";
import type { ScriptWarning } from "./script-warning.ts";

/**
 * Checks that each module of a release is there and no older than its source, as systools does with `src_tests`.
 *
 * The source is looked for in the directories `src` and `src/e_src` beside `ebin` and in all below them.
 * Throws `module_not_found` with all modules that are not there.
 */
export function findModuleWarnings(release: ReleaseSpec, members: readonly ReleaseMember[]): ScriptWarning[] {
  const warnings: ScriptWarning[] = [];
  const absent: string[] = [];
  for (const { name, spec } of members) {
    const sources = readSourceTimes(spec.ebinDir);
    for (const module of spec.modules) {
      const compiled = modificationTime(joinPath(spec.ebinDir, `${module}.beam`));
      const source = sources.get(`${module}.erl`);
      if (compiled === undefined) {
        absent.push(`"${module}" of "${name}"`);
      } else if (source === undefined) {
        warnings.push({
          code: "source_not_found",
          message: `the source of the module "${module}" of "${name}" is not there`,
        });
      } else if (source > compiled) {
        warnings.push({
          code: "module_out_of_date",
          message: `the module "${module}" of "${name}" is older than its source`,
        });
      }
    }
  }
  if (absent.length === 0) return warnings;
  throw new EnitError(
    "module_not_found",
    `cannot use the release "${release.name}": there is no module ${absent.join(", ")}`,
    {
      kind: "input",
      data: { modules: absent },
    },
  );
}

/** When each source file was changed; of two of the same name the one nearer to `src` counts. */
function readSourceTimes(ebinDir: string): Map<string, number> {
  const names = splitPath(ebinDir);
  const nested = names.at(-1) === "ebin";
  const directories = nested ? [joinPath(...names.slice(0, -1), "src")] : [ebinDir];
  const times = new Map<string, number>();
  for (const directory of directories) {
    for (const name of listDirectoryIfAny(directory) ?? []) {
      const path = joinPath(directory, name);
      if (name.endsWith(".erl")) times.set(name, times.get(name) ?? modificationTime(path) ?? 0);
      else if (nested) directories.push(path);
    }
  }
  return times;
}

/** Whole seconds since 1970, as OTP compares them; `undefined` if there is no such file. */
function modificationTime(path: string): number | undefined {
  const stat = statIfAny(path);
  return stat === undefined ? undefined : Math.floor(stat.mtimeMs / 1000);
}
