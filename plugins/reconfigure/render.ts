import type { ParameterChanges, RestartNeed, Ui } from "../../src/contract/index.ts";
import type { DescribedChange } from "./describe-plan.ts";

interface Reconfiguration {
  readonly dryRun: boolean;
  readonly changed: boolean;
  readonly notLoaded: readonly string[];
  readonly applications: readonly DescribedChange[];
  readonly needsRestart: readonly RestartNeed[];
}

/** Draws a reconfiguration. The lines `reconfigure: ...` are those that scripts have read since the first enit. */
export function renderReconfiguration(data: Reconfiguration, ui: Ui): string {
  const needs = data.needsRestart.length === 0 ? [] : [renderNeeds(data.needsRestart, ui)];
  if (!data.changed) return ["reconfigure: config unchanged", ...needs].join("\n");
  const changes = [
    ...data.applications.flatMap((change) => renderChange(change, ui)),
    ...data.notLoaded.map(
      (application) => `${ui.bold(application)}  (not loaded: it gets its new configuration when it is)`,
    ),
    ...needs,
  ];
  return data.dryRun ? changes.join("\n") : ["reconfigure: config changes applied", ...changes].join("\n");
}

function renderChange(change: DescribedChange, ui: Ui): string[] {
  const answer = change.answer === null ? "" : `  (config_change/3: ${change.answer})`;
  return [`${ui.bold(change.application)}${answer}`, ...renderParameters(change, ui)];
}

/** Draws the parameters of an application that change, a line each. */
export function renderParameters(change: ParameterChanges, ui: Ui): string[] {
  return [
    ...change.added.map((key) => ui.green(` + ${key.key} = ${key.new}`)),
    ...change.changed.map((key) => {
      const from = `  (was ${key.old}${key.restored ? "; back to the default" : ""})`;
      return ui.yellow(` ~ ${key.key} = ${key.new}`) + ui.dim(from);
    }),
    ...change.removed.map((key) => ui.red(` - ${key.key}`) + ui.dim(`  (was ${key.old})`)),
  ];
}

/** What stays as it is until the release is started anew. */
function renderNeeds(needs: readonly RestartNeed[], ui: Ui): string {
  const signs = { added: "+", changed: "~", removed: "-" } as const;
  const lines = needs.map(({ kind, name, change }) => ` ${signs[change]} ${kind === "node" ? "node " : ""}${name}`);
  return [ui.yellow("needs a restart:"), ...lines].join("\n");
}
