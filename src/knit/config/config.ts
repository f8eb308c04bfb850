import type { SourcePosition } from "../../error/index.ts";
import type { Term } from "../../term/index.ts";

/** A `reltool.config` as it was read, variables of the command line applied. */
export interface Config {
  /** The file that was read, absolute: `reltool.config.script` where that counts. */
  readonly file: string;
  /** What paths in it are relative to, absolute. */
  readonly directory: string;
  readonly terms: readonly Term[];
  readonly positionOf: (term: Term) => SourcePosition | undefined;
}

/** Something about a build that is worth a warning. */
export interface BuildWarning {
  /** A stable word: of lint with hyphens, else in snake_case. */
  readonly code: string;
  readonly message: string;
}

export type Warn = (warning: BuildWarning) => void;
