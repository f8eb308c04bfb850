import type { Ui } from "../../src/contract/index.ts";
import { renderPlan } from "../upgrade/render.ts";
import type { ChangedApplication, UpdateData } from "./describe.ts";

/** Draws an update. */
export function renderUpdate(data: UpdateData, ui: Ui): string {
  const { release, from, to, applications, obstacles, plan } = data;
  if (!data.changed) return `nothing to update: release ${release} ${from} runs what is installed`;
  const changes = applications.map((each) => renderChange(each, ui));
  if (data.restarted)
    return [ui.green(`restarted release ${release} ${to} with what is installed`), ...changes].join("\n");
  if (!data.dryRun) return [renderDone(data, ui), ...changes].join("\n");
  if (plan !== null) return [...changes, "", renderPlan(release, plan, ui)].join("\n");
  const states = obstacles.map(({ message }) => ui.red(` ! ${message}`));
  return [...changes, "This cannot be done while it runs, only by a restart (--restart):", ...states].join("\n");
}

function renderDone({ release, from, to, node, pid, milliseconds, handlerMilliseconds }: UpdateData, ui: Ui): string {
  const handler = handlerMilliseconds === null ? "" : `, ${Math.round(handlerMilliseconds)} ms of them for installing`;
  const time = ui.quiet ? "" : ui.dim(`  ${Math.round(milliseconds ?? 0)} ms${handler}`);
  return `${ui.green(`updated release ${release} ${from} -> ${to}`)} [${node}] (pid ${pid})${time}`;
}

function renderChange({ application, from, to, appup, modules }: ChangedApplication, ui: Ui): string {
  if (from === null) return ui.green(` + ${application} ${to}`);
  if (to === null) return ui.red(` - ${application} ${from}`);
  const counts = (["changed", "added", "removed"] as const)
    .map((kind) => [kind, modules?.[kind].length ?? 0] as const)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${count === 1 ? "module" : "modules"} ${kind}`);
  const source = appup === null ? [] : [appup === "made" ? "appup made from the code" : "its own appup"];
  const details = [...counts, ...source].join(", ");
  return ui.yellow(` ~ ${application} ${from} -> ${to}`) + (details === "" ? "" : ui.dim(`  (${details})`));
}
