import type { CommandInfo, FlagInfo, Ui } from "../../src/contract/index.ts";
import { drawFlags } from "./draw-flags.ts";

/** Draws all commands, built-in ones first, then those of other plugins by plugin. */
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

  const builtIn = commands.filter((command) => command.builtIn);
  const others = Map.groupBy(
    commands.filter((command) => !command.builtIn),
    (command) => command.plugin,
  );
  return [
    `${ui.bold("Usage:")} ${program} COMMAND [ARGUMENTS]`,
    ...(builtIn.length > 0 ? [drawGroup("Commands:", builtIn)] : []),
    ...[...others].map(([plugin, group]) => drawGroup(`Commands of the plugin ${plugin}:`, group)),
    [ui.bold("Flags of every command:"), drawFlags(flags, ui)].join("\n"),
    ui.dim(`"${program} help COMMAND" shows a command in full.`),
  ].join("\n\n");
}
