/** Something about a module that an upgrade cannot do, or that is probably meant otherwise. */
export interface AppupWarning {
  readonly code:
    | "children_unknown"
    | "depends_ignored"
    | "extra_unused"
    | "kind_changed"
    | "module_not_listed"
    | "start_undefined"
    | "supervisor_unnamed";
  readonly module: string;
  readonly message: string;
}
