import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { EnitError, toFileError } from "../error/index.ts";
import { isWithin } from "./is-within.ts";

/** The file that tells a directory that a build made from any other. Left out of tarballs. */
export const MARKER = ".knit_build";
const MARKER_TEXT = "Made by enit knit-build, which replaces this directory at the next build.\n";
/** The name of temporary directories by default, which knit may always wipe, as the original did. */
const TMP_NAME = ".knit_tmp";

/** The directories of one build, from its beginning to its end. */
export interface BuildDirectories {
  /** Where the tree is made. */
  readonly tree: string;
  /** Where files may be made that are not part of it. */
  readonly scratch: string;
  /** Where it will be. */
  readonly final: string;
  /** Puts the tree in its place; what was there before is gone when this returns. */
  commit(): void;
  /** Removes all that is left of the work. */
  cleanUp(): void;
}

/**
 * Makes the directories for a build: the target directory, and in the temporary one, which is wiped, the tree.
 *
 * The tree is made beside its place, so that a build that fails leaves the last one as it was. A temporary directory on
 * another file system than the target is of no use for that; `.knit_tmp` in the target directory is taken then.
 *
 * @throws EnitError `build_dir_foreign`, `tmp_dir_foreign` for directories that no build made, `directory_unwritable`.
 */
export function prepareDirectories(options: {
  readonly targetDir: string;
  readonly tmpDir: string;
  readonly name: string;
  /** Directories that neither of the two that are replaced may hold. */
  readonly keep: readonly string[];
}): BuildDirectories {
  const { targetDir, name } = options;
  const final = join(targetDir, name);
  for (const directory of [...options.keep, targetDir]) {
    if (isWithin(directory, final)) throw foreignBuildDirectory(final, `"${directory}" is in it`);
    if (isWithin(directory, options.tmpDir)) throw foreignTmpDirectory(options.tmpDir, `"${directory}" is in it`);
  }
  makeDirectory(targetDir);
  if (!mayReplace(final)) throw foreignBuildDirectory(final, "no build of enit made it");
  makeDirectory(dirname(options.tmpDir));
  const sameDevice = statSync(dirname(options.tmpDir)).dev === statSync(targetDir).dev;
  const tmpDir = sameDevice ? options.tmpDir : join(targetDir, TMP_NAME);
  wipe(tmpDir);
  const work = join(tmpDir, MARKER);
  writing(work, () => writeFileSync(work, MARKER_TEXT));
  const tree = join(tmpDir, name === MARKER ? "tree" : name);
  makeDirectory(tree);
  return {
    tree,
    scratch: join(tmpDir, `${name}.upgrade`),
    final,
    commit: () => {
      writing(final, () => {
        writeFileSync(join(tree, MARKER), MARKER_TEXT);
        const old = join(tmpDir, `${name}.old`);
        if (existsSync(final)) renameSync(final, old);
        renameSync(tree, final);
        rmSync(old, { recursive: true, force: true });
      });
    },
    cleanUp: () => rmSync(tmpDir, { recursive: true, force: true }),
  };
}

/** Makes a directory and those above it. @throws EnitError `directory_unwritable`. */
export function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw toFileError(error, { code: "directory_unwritable", action: "make the directory", path });
  }
}

/** Whether there is nothing, an empty directory, or one that a build made. */
function mayReplace(directory: string): boolean {
  const stats = lstatSync(directory, { throwIfNoEntry: false });
  if (stats === undefined) return true;
  return stats.isDirectory() && (readdirSync(directory).length === 0 || existsSync(join(directory, MARKER)));
}

function wipe(tmpDir: string): void {
  if (!tmpDir.endsWith(`/${TMP_NAME}`) && !mayReplace(tmpDir))
    throw foreignTmpDirectory(tmpDir, "no build of enit made it");
  writing(tmpDir, () => {
    rmSync(tmpDir, { recursive: true, force: true });
    mkdirSync(tmpDir, { recursive: true });
  });
}

function foreignBuildDirectory(directory: string, state: string): EnitError {
  return new EnitError("build_dir_foreign", `cannot replace "${directory}": ${state}`, {
    kind: "input",
    hint: "Move it away, or choose another target_dir.",
    data: { directory },
  });
}

function foreignTmpDirectory(directory: string, state: string): EnitError {
  return new EnitError("tmp_dir_foreign", `cannot wipe the temporary directory "${directory}": ${state}`, {
    kind: "input",
    hint: "Everything in tmp_dir is removed at every build: name one that is empty or does not exist.",
    data: { directory },
  });
}

function writing(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw toFileError(error, { code: "directory_unwritable", action: "write", path });
  }
}
