import type { Term } from "../../term/index.ts";

/**
 * A target specification of reltool: the tree of a target system, and where each file of it comes from.
 *
 * Sources are relative to the directory of the source that goes with the directory they stand in, unless they are given.
 */
export type SpecItem = CreateDir | Archive | CopyFile | WriteFile | StripBeam;

/** `{create_dir, Name, Items}` or `{create_dir, Name, Source, Items}`. */
export interface CreateDir {
  readonly kind: "create_dir";
  readonly name: string;
  /** Default: the directory of this name in the source. */
  readonly source?: string;
  readonly items: readonly SpecItem[];
}

/** `{archive, Name, Options, Items}`: a ZIP archive. */
export interface Archive {
  readonly kind: "archive";
  readonly name: string;
  /** As for `zip:create/3`. */
  readonly options: readonly Term[];
  readonly items: readonly SpecItem[];
}

/** `{copy_file, Name}` or `{copy_file, Name, Source}`. */
export interface CopyFile {
  readonly kind: "copy_file";
  readonly name: string;
  /** Relative to the root of the source. Default: the file of this name in the source. */
  readonly source?: string;
}

/** `{write_file, Name, Content}`. */
export interface WriteFile {
  readonly kind: "write_file";
  readonly name: string;
  readonly content: Uint8Array;
}

/** `{strip_beam, Name}`, or `{strip_beam, Name, Chunks}` from OTP 26 on. */
export interface StripBeam {
  readonly kind: "strip_beam";
  readonly name: string;
  /** Chunks that are kept besides those that are loaded; `undefined` where reltool does not know them. */
  readonly keep: readonly string[] | undefined;
}
