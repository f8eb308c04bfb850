import type { NodeConnection } from "../../dist/index.ts";
import { listElements, mapValue, textValue, type Term } from "../../term/index.ts";

/** What a VM says of itself before an upgrade. */
export interface VmFacts {
  /** What `release_handler` is doing; `none`: it does not run. */
  readonly handler: "idle" | "busy" | "none";
  /** The root of the system, below which `release_handler` finds relative paths, and unpacks. */
  readonly root: string;
  readonly releasesDir: string;
  /** What of the places that `release_handler` writes the user of the VM may not write. */
  readonly unwritable: readonly string[];
  readonly ertsVersion: string;
  readonly otpRelease: string;
  /** `started` once it has booted. */
  readonly phase: string;
}

/** Milliseconds in which a VM that works answers. */
const PATIENCE = 10_000;

export async function readVmFacts(connection: NodeConnection, signal?: AbortSignal): Promise<VmFacts> {
  const facts = await connection.call("enit_upgrade", "facts", [], { timeout: PATIENCE, signal });
  const text = (key: string): string => textValue(mapValue(facts, key)) ?? "";
  return {
    handler: toHandlerState(mapValue(facts, "handler")),
    root: text("root"),
    releasesDir: text("releases_dir"),
    unwritable: (listElements(mapValue(facts, "unwritable")) ?? []).map((path) => textValue(path) ?? ""),
    ertsVersion: text("erts"),
    otpRelease: text("otp_release"),
    phase: text("phase"),
  };
}

function toHandlerState(term: Term | undefined): VmFacts["handler"] {
  const word = textValue(term);
  return word === "idle" || word === "none" ? word : "busy";
}
