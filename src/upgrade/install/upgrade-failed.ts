import { EnitError } from "../../error/index.ts";
import type { Term } from "../../term/index.ts";
import type { Problem } from "../problem.ts";
import type { InstallRequest } from "./install.ts";
import type { GoneBack } from "./undo.ts";
import { whereItFailed } from "./where-it-failed.ts";

/** Tells of a failure, with what was done about it. */
export async function failUpgrade(
  { vm, from, to, events = {} }: Pick<InstallRequest, "vm" | "from" | "to" | "events">,
  error: EnitError,
  problems: readonly Problem[],
  back: GoneBack,
  at?: Term,
): Promise<never> {
  const [old, version] = [from.release.version, to.release.version];
  const failure = new EnitError(
    "upgrade_failed",
    `cannot upgrade "${vm.release}" from ${old} to ${version}: ${stateOf(error)}; ${back.state}`,
    {
      hint: back.hint,
      data: {
        release: vm.release,
        node: vm.node,
        from: old,
        to: version,
        reason: error.code,
        handler: whereItFailed(error, at),
        problems,
        restored: back.restored,
        running: back.running,
        restarted: back.restarted,
      },
      cause: error,
    },
  );
  await events.failed?.(failure, back.restored);
  throw failure;
}

/** The part of a message that says what is the matter. */
function stateOf({ message }: EnitError): string {
  return message.replace(/^cannot [^:]*": /, "").replace(/^cannot verify [^:]*: /, "");
}
