import { mkdirSync, rmSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { EnitError } from "../../error/index.ts";
import { directoryOf, joinPath } from "../filename.ts";
import { makeArchive } from "./archive.ts";
import { attemptWrite, copyWithMode, newFileMode } from "./copy-file.ts";
import { type SpecSource, sourceOfDir, sourceOfFile, strippedContent } from "./spec-source.ts";
import type { SpecItem } from "./spec.ts";

export interface EvaluateOptions {
  /** What sources in the specification are relative to: the `root_dir` of the configuration. */
  readonly sourceDir: string;
  /** Where the tree is made; must be there. */
  readonly targetDir: string;
  /** Stops the work: what was made is removed, and the signal's reason thrown. */
  readonly signal?: AbortSignal;
  /** Told after each file how many there are by now. */
  readonly onFile?: (made: number) => void;
}

/** After so many files the event loop has its turn, so that a signal is heard: some ten milliseconds of work. */
const FILES_AT_ONCE = 64;

/**
 * Makes the tree of a target specification, as `reltool:eval_target_spec/3` does: names, modes and contents. The compressed
 * bytes of stripped BEAM files and of archives differ from its, as they depend on the zlib at hand.
 *
 * After an error nothing that was made stays. Throws `target_dir_missing`, `file_unwritable`, `file_not_found`,
 * `beam_malformed`, `archive_option`.
 */
export async function evaluateSpec(items: readonly SpecItem[], options: EvaluateOptions): Promise<void> {
  const { sourceDir, targetDir } = options;
  if (statSync(targetDir, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new EnitError("target_dir_missing", `cannot make a target system in "${targetDir}": it is no directory`, {
      kind: "io",
      data: { directory: targetDir },
    });
  }
  const evaluation = new Evaluation(options);
  try {
    await evaluation.make(items, { root: sourceDir, dir: sourceDir }, targetDir);
  } catch (error) {
    evaluation.undo();
    throw error;
  }
}

class Evaluation {
  readonly #options: EvaluateOptions;
  readonly #newFileMode: number;
  /** In the order in which they were made. */
  readonly #files: string[] = [];
  readonly #dirs: string[] = [];

  constructor(options: EvaluateOptions) {
    this.#options = options;
    this.#newFileMode = newFileMode(options.targetDir);
  }

  async make(items: readonly SpecItem[], source: SpecSource, target: string): Promise<void> {
    for (const item of items) {
      const path = joinPath(target, item.name);
      if (item.kind === "create_dir") {
        this.#makeDir(path);
        await this.make(item.items, sourceOfDir(item, source), path);
      } else {
        this.#files.push(path);
        this.#makeFile(item, source, path);
        await this.#pause();
      }
    }
  }

  /** Removes what was made; directories that others have put something into stay. */
  undo(): void {
    for (const file of this.#files) rmSync(file, { force: true });
    for (const dir of this.#dirs.toReversed()) {
      try {
        rmdirSync(dir);
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "ENOTEMPTY")) throw error;
      }
    }
  }

  #makeDir(path: string): void {
    const first = attemptWrite(path, () => mkdirSync(path, { recursive: true }));
    if (first === undefined) return;
    const made = [path];
    for (let dir = path; dir !== first && dir !== "/"; made.unshift(dir)) dir = directoryOf(dir);
    this.#dirs.push(...made);
  }

  #makeFile(item: Exclude<SpecItem, { kind: "create_dir" }>, source: SpecSource, path: string): void {
    switch (item.kind) {
      case "copy_file":
        copyWithMode(sourceOfFile(item, source), path, this.#newFileMode);
        break;
      case "write_file":
        attemptWrite(path, () => writeFileSync(path, item.content));
        break;
      case "strip_beam": {
        const content = strippedContent(item, source);
        attemptWrite(path, () => writeFileSync(path, content));
        break;
      }
      case "archive": {
        const content = makeArchive(item, source);
        attemptWrite(path, () => writeFileSync(path, content));
        break;
      }
    }
  }

  async #pause(): Promise<void> {
    const { signal, onFile } = this.#options;
    onFile?.(this.#files.length);
    if (this.#files.length % FILES_AT_ONCE !== 0) return;
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    signal?.throwIfAborted();
  }
}
