import type { LintReport, Ui } from "../../src/contract/index.ts";

/** Each warning with what it is about, and what to do. */
export function renderLint({ older, newer, warnings }: LintReport, ui: Ui): string {
  const upgrade = `${newer.name} ${older.version} -> ${newer.version}`;
  if (warnings.length === 0) return `${upgrade}: nothing found`;
  const count = warnings.length === 1 ? "1 warning" : `${warnings.length} warnings`;
  return [`${upgrade}: ${count}`, ...warnings.map((warning) => draw(warning, ui))].join("\n\n");
}

function draw(
  { code, application, module, directions, message, hint }: LintReport["warnings"][number],
  ui: Ui,
): string {
  const about = [application, module].filter((name) => name !== null).join(" ");
  const ways = directions.length === 1 ? ui.dim(`on the way ${directions.join()}`) : "";
  const head = [ui.yellow(code), ui.bold(about), ways].filter((part) => part !== "").join("  ");
  return [head, ...[message, hint].map((text) => `  ${ui.wrap(text, 2).trimStart()}`)].join("\n");
}
