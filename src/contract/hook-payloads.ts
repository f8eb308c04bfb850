import type { EnitError, SourcePosition } from "../error/index.ts";
import type { Term } from "../term/index.ts";

export interface CommandCall {
  /** As typed after `enit`: `status`, `plugin list`. */
  readonly command: string;
  readonly args: Readonly<Record<string, unknown>>;
}

export interface CommandEnd extends CommandCall {
  readonly milliseconds: number;
  readonly outcome: { readonly ok: true; readonly data: unknown } | { readonly ok: false; readonly error: EnitError };
}

export interface ReleaseFacts {
  readonly name: string;
  readonly version: string;
}

export interface NodeFacts {
  readonly release: ReleaseFacts;
  /** The whole name: `relex@host`. */
  readonly node: string;
  /** The operating system's process, where it is known. */
  readonly pid: number | undefined;
}

/** The configuration of one application. */
export interface ConfigSection {
  readonly application: string;
  readonly entries: readonly ConfigEntry[];
}

export interface ConfigEntry {
  readonly key: string;
  readonly value: Term;
  /** The place that gave the value; `undefined` where no file did. */
  readonly origin?: SourcePosition;
}

export interface BuildFacts {
  readonly release: ReleaseFacts;
  /** Absolute path of the tree that is being built. */
  readonly buildDirectory: string;
}

export interface PackagedFile {
  /** Absolute path. */
  readonly file: string;
  /** In bytes. */
  readonly size: number;
}

/** The instructions of an appup for one pair of versions, both ways. */
export interface AppupChange {
  readonly up: readonly Term[];
  readonly down: readonly Term[];
}

export interface UpgradeFacts extends NodeFacts {
  readonly from: string;
  readonly to: string;
}
