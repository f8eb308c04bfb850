import type { CommandInfo, FlagInfo, PositionalInfo, Ui } from "../../src/contract/index.ts";
import { drawFlags } from "./draw-flags.ts";

/** Draws one command in full: usage, arguments, flags, examples. */
export function drawCommand(program: string, command: CommandInfo, hostFlags: readonly FlagInfo[], ui: Ui): string {
  const { positionals, flags, examples } = command;
  const parts = [
    command.description + (command.builtIn ? "" : ui.dim(` (plugin ${command.plugin})`)),
    `${ui.bold("Usage:")} ${drawUsage(program, command)}`,
  ];
  if (command.details !== undefined) parts.push(ui.wrap(command.details));
  const explained = positionals.filter((each) => each.description !== undefined);
  if (explained.length > 0) parts.push([ui.bold("Arguments:"), ...drawPositionals(explained, ui)].join("\n"));
  if (flags.length > 0) parts.push([ui.bold("Flags:"), drawFlags(flags, ui)].join("\n"));
  const taken = new Set(flags.flatMap((flag) => flag.names));
  const others = hostFlags.map((flag) => ({ ...flag, names: flag.names.filter((name) => !taken.has(name)) }));
  parts.push([ui.bold("Flags of every command:"), drawFlags(others, ui)].join("\n"));
  if (examples.length > 0) {
    parts.push(
      [
        ui.bold("Examples:"),
        ...examples.map(([line, effect]) => `  ${callName(program, line)}\n      ${ui.dim(effect)}`),
      ].join("\n"),
    );
  }
  return parts.join("\n\n");
}

function drawUsage(program: string, { name, positionals, flags }: CommandInfo): string {
  const required = flags
    .filter((flag) => flag.required)
    .map((flag) => `${flag.names.at(-1) ?? ""} ${flag.value ?? ""}`.trim());
  const words = positionals.map((each) => {
    const word = each.rest ? `${each.name}...` : each.name;
    return each.required ? word : `[${word}]`;
  });
  return [callName(program, name), ...required, ...words, "[FLAGS]"].join(" ");
}

function drawPositionals(positionals: readonly PositionalInfo[], ui: Ui): string[] {
  const width = Math.max(...positionals.map((each) => each.name.length));
  return positionals.map(({ name, description = "", default: value }) => {
    const text = value === undefined ? description : `${description} (default: ${value})`;
    return `  ${ui.cyan(name.padEnd(width))}  ${ui.wrap(text, width + 4)}`;
  });
}

/** How a command is called: under the name `knit`, `knit-build` is left out. */
function callName(program: string, line: string): string {
  return program === "knit" ? line.replace(/^knit-build/, "knit") : `${program} ${line}`;
}
