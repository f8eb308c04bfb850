/** What went wrong, by who has to act: each kind has its exit code. */
export type ErrorKind = "failed" | "input" | "io" | "defect" | "unsupported" | "usage";

/** The exit codes of `enit`. Under the name `knit`, `usage` exits with 1, as its users know it. */
export const EXIT_CODES = {
  failed: 1,
  input: 2,
  io: 3,
  defect: 10,
  unsupported: 126,
  usage: 255,
} as const satisfies Record<ErrorKind, number>;

/** A place in a text file. Lines and columns count from 1. */
export interface SourcePosition {
  readonly file?: string;
  readonly line: number;
  readonly column: number;
}

export interface EnitErrorOptions {
  /** Default: `failed`. */
  readonly kind?: ErrorKind;
  /** What the user can do next, as a whole sentence. */
  readonly hint?: string | undefined;
  /** Facts for scripts, JSON values only. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * The one error class of enit: made next to the area that it concerns, rendered in `src/host` alone.
 *
 * `code` is a stable snake_case word for scripts (`release_not_found`); `message` has the form
 * `cannot ACTION "THING": STATE` and never holds a credential.
 */
export class EnitError extends Error {
  override readonly name = "EnitError";
  readonly code: string;
  readonly kind: ErrorKind;
  readonly hint: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, options: EnitErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.kind = options.kind ?? "failed";
    this.hint = options.hint;
    this.data = options.data ?? {};
  }
}
