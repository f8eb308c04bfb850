import type { Ui, UpgradePlan } from "../../src/contract/index.ts";
import { renderParameters } from "../reconfigure/render.ts";

/** What `upgrade` and `rollback` give as data. */
export interface UpgradeOutcome {
  readonly release: string;
  readonly dryRun: boolean;
  readonly from: string;
  readonly to: string;
  readonly node: string | null;
  readonly pid: number | null;
  readonly permanent: boolean;
  readonly restarted: boolean;
  readonly milliseconds: number | null;
  readonly handlerMilliseconds: number | null;
  readonly plan: UpgradePlan | null;
}

const PURGES = [
  ["brutal_purge", "whoever is in it"],
  ["soft_purge", "once nobody is in it"],
] as const;

/** Draws what was done, or would be. */
export function renderOutcome(data: UpgradeOutcome, ui: Ui): string {
  if (data.plan !== null) return renderPlan(data.release, data.plan, ui);
  const { release, from, to, node, pid, permanent, milliseconds, handlerMilliseconds } = data;
  const lasting = permanent ? "permanent" : "not permanent: a restart goes back";
  const manner = data.restarted ? `${lasting}, restarted` : lasting;
  const done = from === to ? `release ${release} ${to} verified` : `release ${release} ${from} -> ${to}`;
  const handler = handlerMilliseconds === null ? "" : `, ${Math.round(handlerMilliseconds)} ms of them for installing`;
  return [
    `${ui.green(done)} [${node}] (pid ${pid}, ${manner})`,
    ...(ui.quiet ? [] : [ui.dim(`${Math.round(milliseconds ?? 0)} ms${handler}`)]),
  ].join("\n");
}

/** Draws what an upgrade would do. */
export function renderPlan(release: string, plan: UpgradePlan, ui: Ui): string {
  const lines = [`${ui.bold(`${release} ${plan.from} -> ${plan.to}`)} (${plan.direction}grade)`];
  const section = (title: string, items: readonly string[]): void => {
    if (items.length > 0) lines.push(`${title}:`, ...items.map((item) => `  ${item}`));
  };
  section(
    "Applications",
    plan.applications.map(({ name, from, to }) =>
      from === null
        ? ui.green(`+ ${name} ${to}`)
        : to === null
          ? ui.red(`- ${name} ${from}`)
          : `${name} ${from} -> ${to}`,
    ),
  );
  if (!plan.restartsEmulator) addEffects(plan, section, ui);
  section(
    "Parameters changed",
    (plan.parameters ?? []).flatMap((change) => [ui.bold(change.application)].concat(renderParameters(change, ui))),
  );
  if (plan.restartsEmulator) lines.push(ui.yellow("This cannot be done while it runs, only by a restart (--restart)."));
  else if (!plan.canGoBack) {
    lines.push(ui.yellow("The relup has no way back: what fails would be undone by a restart."));
  }
  return lines.join("\n");
}

/** Adds what it does to a VM that runs. */
function addEffects(plan: UpgradePlan, section: (title: string, items: readonly string[]) => void, ui: Ui): void {
  section("Started", plan.startedApplications);
  section("Stopped", plan.stoppedApplications);
  section("Modules loaded", plan.loaded.length === 0 ? [] : [ui.wrap(plan.loaded.join(", "), 2).trimStart()]);
  section("Modules removed", plan.removed.length === 0 ? [] : [ui.wrap(plan.removed.join(", "), 2).trimStart()]);
  section(
    "Processes suspended",
    plan.suspended.map(({ module, processes, codeChange }) => {
      const change = codeChange ? ", their state changed by code_change" : "";
      return `${module}: ${processes} ${processes === 1 ? "process" : "processes"}${change}`;
    }),
  );
  for (const [method, words] of PURGES) {
    const modules = plan.purged.filter((each) => each.method === method).map(({ module }) => module);
    section(`Old code purged, ${words}`, modules.length === 0 ? [] : [ui.wrap(modules.join(", "), 2).trimStart()]);
  }
  section("Processes restarted", plan.restarted);
  section(
    "Would end when code is purged",
    plan.killed.map(({ process, module, reason }) =>
      ui.yellow(`${process}: ${reason === "old code" ? "in old code of" : "executing"} ${module}`),
    ),
  );
}
