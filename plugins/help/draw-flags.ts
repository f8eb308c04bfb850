import type { FlagInfo, Ui } from "../../src/contract/index.ts";

/** Draws flags with their values, long names aligned behind short ones, and what they do. */
export function drawFlags(flags: readonly FlagInfo[], ui: Ui): string {
  const rows = flags.map((flag) => ({ left: drawNames(flag), right: describe(flag) }));
  const width = Math.min(34, Math.max(...rows.map((row) => row.left.length)));
  return rows
    .map(({ left, right }) => {
      const column = width + 4;
      const gap = left.length > width ? `\n${" ".repeat(column)}` : " ".repeat(column - 2 - left.length);
      return `  ${ui.cyan(left)}${gap}${ui.wrap(right, column)}`.trimEnd();
    })
    .join("\n");
}

function drawNames({ names, value }: FlagInfo): string {
  const hasShort = names.some((name) => !name.startsWith("--"));
  return (hasShort ? "" : "    ") + names.join(", ") + (value === undefined ? "" : ` ${value}`);
}

function describe(flag: FlagInfo): string {
  const extras = [
    flag.required ? "required" : "",
    flag.multiple ? "may be repeated" : "",
    flag.default === undefined ? "" : `default: ${flag.default}`,
  ].filter((extra) => extra !== "");
  return [flag.description ?? "", extras.length > 0 ? `(${extras.join(", ")})` : ""].join(" ").trim();
}
