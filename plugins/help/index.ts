import { type CommandInfo, EnitError, definePlugin, nearestName } from "../../src/contract/index.ts";
import { drawCommand } from "./draw-command.ts";
import { drawOverview } from "./draw-overview.ts";

export default definePlugin({
  name: "help",
  api: 1,
  commands: {
    help: {
      group: "enit itself",
      description: "Show the commands, or one of them in full",
      args: { command: { type: "positional", rest: true, description: "A command" } },
      run: async (ctx, args) => {
        const { program } = ctx.host;
        const flags = ctx.host.flags();
        const name = args.command.join(" ");
        if (name === "") return { program, flags, commands: await ctx.host.commands(), command: null };
        const found = await ctx.host.commands(name);
        if (found.length === 0) throw unknown(name, await ctx.host.commands());
        const family = found.filter((each) => each.name !== name);
        return { program, flags, commands: family, command: found.find((each) => each.name === name) ?? null };
      },
      render: (data, ui) =>
        data.command === null ? drawOverview(data, ui) : drawCommand(data.program, data.command, data.flags, ui),
    },
  },
});

function unknown(name: string, commands: readonly CommandInfo[]): EnitError {
  const known = commands.map((each) => each.name);
  const nearest = nearestName(name, known);
  return new EnitError("unknown_command", `cannot explain "${name}": no such command`, {
    kind: "usage",
    hint: nearest === undefined ? `Known are ${known.join(", ")}.` : `Did you mean ${nearest}?`,
    data: { command: name },
  });
}
