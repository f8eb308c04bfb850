/** What is doubtful in a relup, but does not keep it from being made. */
export interface RelupWarning {
  readonly code: "erts_version_changed" | "appup_version_differs" | "emulator_before_r15";
  readonly message: string;
}
