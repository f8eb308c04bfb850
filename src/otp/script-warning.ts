/** What is doubtful in a release, but does not keep its boot script from being made. */
export interface ScriptWarning {
  readonly code: "sasl_missing" | "erts_version_differs" | "source_not_found" | "module_out_of_date";
  readonly message: string;
}
