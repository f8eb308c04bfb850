/** What is warned of when an appup is made; `docs/appup.md` says what each means. */
export const APPUP_WARNINGS = [
  "children_unknown",
  "depends_ignored",
  "extra_unused",
  "kind_changed",
  "module_not_listed",
  "start_undefined",
  "supervisor_unnamed",
] as const;

/** Something about a module that an upgrade cannot do, or that is probably meant otherwise. */
export interface AppupWarning {
  readonly code: (typeof APPUP_WARNINGS)[number];
  readonly module: string;
  readonly message: string;
}
