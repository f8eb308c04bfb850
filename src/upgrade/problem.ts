/** What may be wrong after an upgrade. */
export type ProblemKind =
  "module" | "application" | "code_path" | "environment" | "supervisor" | "state" | "old_code" | "vm" | "bookkeeping";

/** Something that is not as the release says. */
export interface Problem {
  readonly kind: ProblemKind;
  /** The module, application, process, ... */
  readonly subject: string;
  /** A whole clause: `module a is that of version 1`. */
  readonly message: string;
}

export function problem(kind: ProblemKind, subject: string, message: string): Problem {
  return { kind, subject, message };
}
