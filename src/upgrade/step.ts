/** What an upgrade does, as it does it. */
export type UpgradeStep =
  | { readonly kind: "reading"; readonly file: string }
  /** `release_handler` goes on with what was begun before. */
  | { readonly kind: "waiting" }
  | { readonly kind: "cleaning up"; readonly version: string }
  | { readonly kind: "copying"; readonly file: string }
  | { readonly kind: "unpacking"; readonly version: string }
  | { readonly kind: "rendering"; readonly version: string }
  | { readonly kind: "checking"; readonly version: string }
  | { readonly kind: "installing"; readonly from: string; readonly to: string }
  /** `release_handler` evaluates an instruction of the relup, in Erlang's syntax. */
  | { readonly kind: "instruction"; readonly text: string }
  | { readonly kind: "verifying"; readonly version: string }
  | { readonly kind: "making permanent"; readonly version: string }
  | { readonly kind: "going back"; readonly version: string }
  | { readonly kind: "stopping"; readonly version: string }
  | { readonly kind: "starting"; readonly version: string }
  /** The VM starts anew with its permanent release. */
  | { readonly kind: "restarting" };
