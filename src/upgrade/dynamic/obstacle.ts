/** What keeps a VM from taking up an application while it runs. */
export interface Obstacle {
  /**
   * `emulator`: another Erlang/OTP. `core`: kernel, stdlib or sasl, which no running emulator changes. `no_sasl`: the release
   * has no `release_handler`. `same_version`: other code under the version that runs. `old_code_gone`: the code that runs lies
   * nowhere any more, so there would be no way back. `no_way`: instructions are missing, or want the emulator anew.
   */
  readonly kind: "emulator" | "core" | "no_sasl" | "same_version" | "old_code_gone" | "no_way";
  /** `undefined` where it concerns all of them. */
  readonly application: string | undefined;
  /** A whole clause. */
  readonly message: string;
}

export function obstacle(kind: Obstacle["kind"], application: string | undefined, message: string): Obstacle {
  return { kind, application, message };
}
