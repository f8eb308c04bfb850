import type { ConfigOrigin, Ui } from "../../src/contract/index.ts";

interface ShownKey {
  readonly application: string;
  readonly key: string;
  readonly text: string;
  readonly origin: ConfigOrigin;
  readonly overridden: readonly ConfigOrigin[];
}

/** Draws each key with the place that gave it and those that it overrides. */
export function renderExplained(keys: readonly ShownKey[], ui: Ui): string {
  const rows = keys.map(({ application, key, text, origin, overridden }) => [
    application,
    key,
    text.replaceAll(/\s*\n\s*/g, " "),
    formatOrigin(origin),
    overridden.map(formatOrigin).join(", "),
  ]);
  return ui.table(rows, ["APPLICATION", "KEY", "VALUE", "FROM", "OVERRIDES"]);
}

function formatOrigin(origin: ConfigOrigin): string {
  return "plugin" in origin ? `plugin ${origin.plugin}` : `${origin.file}:${origin.line}`;
}
