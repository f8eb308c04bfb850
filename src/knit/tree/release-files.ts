import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { toFileError } from "../../error/index.ts";
import {
  type ReleaseSpec,
  formatTermFile,
  installRelease,
  readReleaseFile,
  releasesToTerm,
  writeFileAtomically,
} from "../../otp/index.ts";

/**
 * Completes the directory `releases` of a tree with what `release_handler` and `start_erl` look for besides what reltool makes:
 * `RELEASES`, its paths relative to the root, and `VSN/start.boot`, which is that of the release.
 *
 * @returns the release as its `.rel` file has it.
 */
export function completeReleaseFiles(
  tree: string,
  release: { name: string; version: string },
  otp: number,
): ReleaseSpec {
  const directory = join(tree, "releases", release.version);
  const spec = readReleaseFile(join(directory, `${release.name}.rel`));
  // A path that is relative, as release_handler expands it, is relative to the root of the system that runs.
  writeFileAtomically(
    join(tree, "releases", "RELEASES"),
    formatTermFile(releasesToTerm([installRelease(spec)]), { otp }),
  );
  copyIfMissing(join(directory, `${release.name}.boot`), join(directory, "start.boot"));
  return spec;
}

/** Writes an empty `sys.config`, which `start_erl` and `release_handler` insist on, unless an overlay brought one. */
export function completeConfiguration(tree: string, release: { version: string }): void {
  const file = join(tree, "releases", release.version, "sys.config");
  if (!existsSync(file)) writeFileAtomically(file, "[].\n");
}

function copyIfMissing(from: string, to: string): void {
  if (existsSync(to) || !existsSync(from)) return;
  try {
    copyFileSync(from, to);
  } catch (error) {
    throw toFileError(error, { code: "file_unwritable", action: "write", path: to });
  }
}
