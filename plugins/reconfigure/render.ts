import type { Ui } from "../../src/contract/index.ts";
import type { DescribedChange } from "./describe-plan.ts";

interface Reconfiguration {
  readonly dryRun: boolean;
  readonly changed: boolean;
  readonly notLoaded: readonly string[];
  readonly applications: readonly DescribedChange[];
}

/** Draws a reconfiguration. The lines `reconfigure: ...` are those that scripts have read since the first enit. */
export function renderReconfiguration(data: Reconfiguration, ui: Ui): string {
  if (!data.changed) return "reconfigure: config unchanged";
  const changes = [
    ...data.applications.flatMap((change) => renderChange(change, ui)),
    ...data.notLoaded.map(
      (application) => `${ui.bold(application)}  (not loaded: it gets its new configuration when it is)`,
    ),
  ];
  return data.dryRun ? changes.join("\n") : ["reconfigure: config changes applied", ...changes].join("\n");
}

function renderChange(change: DescribedChange, ui: Ui): string[] {
  const answer = change.answer === null ? "" : `  (config_change/3: ${change.answer})`;
  return [
    `${ui.bold(change.application)}${answer}`,
    ...change.added.map((key) => ui.green(` + ${key.key} = ${key.new}`)),
    ...change.changed.map((key) => {
      const from = `  (was ${key.old}${key.restored ? "; back to the default" : ""})`;
      return ui.yellow(` ~ ${key.key} = ${key.new}`) + ui.dim(from);
    }),
    ...change.removed.map((key) => ui.red(` - ${key.key}`) + ui.dim(`  (was ${key.old})`)),
  ];
}
