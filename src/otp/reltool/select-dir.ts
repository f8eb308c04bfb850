import { statSync } from "node:fs";
import { appError } from "./app-errors.ts";
import { sortDirs } from "./app-dirs.ts";
import type { AppConfig } from "./config.ts";
import type { AppInfo } from "./system.ts";

/** A directory of an application and what its `.app` file says. */
export interface ReadDir {
  readonly dir: string;
  readonly info: AppInfo;
}

/**
 * Selects the directory of a configured application: the one of `lib_dir`, that with the version of `vsn`, or the one of
 * the highest version. None if there is no directory at all.
 *
 * Throws `version_clash` if two directories have the same version, `application_version_not_found`, `lib_dir_missing`.
 */
export function selectDir(
  config: AppConfig,
  found: readonly string[],
  read: (dir: string) => AppInfo,
): ReadDir | undefined {
  const { name, libDir, vsn } = config;
  if (libDir !== undefined && statSync(libDir, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw appError("lib_dir_missing", name, `its lib_dir "${libDir}" is no directory`, { directory: libDir });
  }
  const dirs = sortDirs([...(libDir === undefined ? [] : [libDir]), ...found]);
  const all = dirs.map((dir) => ({ dir, info: read(dir) }));
  const versions = all.map(({ info }) => info.vsn);
  const twice = versions.find((each, index) => versions.indexOf(each) !== index);
  if (twice !== undefined) {
    const places = all.filter(({ info }) => info.vsn === twice).map(({ dir }) => dir);
    throw appError("version_clash", name, `several directories hold version ${twice}: ${places.join(", ")}`, {
      vsn: twice,
      directories: places,
    });
  }
  if (libDir !== undefined) return all.find(({ dir }) => dir === libDir);
  if (vsn === undefined || all.length === 0) return all[0];
  const selected = all.find(({ info }) => info.vsn === vsn);
  if (selected !== undefined) return selected;
  throw appError("application_version_not_found", name, `version ${vsn} is not there, only ${versions.join(", ")}`, {
    vsn,
    installed: versions,
  });
}
