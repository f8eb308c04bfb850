import type { CommandInfo, FlagInfo, Ui } from "../../src/contract/index.ts";
import { drawFlags } from "./draw-flags.ts";

/** Draws all commands under their headings, which stand in the order of their first commands. */
export function drawOverview(
  data: { readonly program: string; readonly commands: readonly CommandInfo[]; readonly flags: readonly FlagInfo[] },
  ui: Ui,
): string {
  const { commands, flags, program } = data;
  const width = Math.max(...commands.map((command) => command.name.length));
  const drawGroup = (title: string, group: readonly CommandInfo[]): string =>
    [
      ui.bold(title),
      ...group.map(({ name, description }) => `  ${ui.cyan(name.padEnd(width))}  ${ui.wrap(description, width + 4)}`),
    ].join("\n");

  return [
    `${ui.bold("Usage:")} ${program} COMMAND [ARGUMENTS]`,
    ...[...Map.groupBy(commands, headingOf)].map(([heading, group]) => drawGroup(`${heading}:`, group)),
    [ui.bold("Flags of every command:"), drawFlags(flags, ui)].join("\n"),
    ui.dim(`"${program} help COMMAND" shows a command in full.`),
  ].join("\n\n");
}

function headingOf({ group, plugin }: CommandInfo): string {
  return group ?? `Commands of the plugin ${plugin}`;
}
