import { resolve } from "node:path";
import { type PluginInfo, type Provides, defineCommand, definePlugin } from "../../src/contract/index.ts";

export default definePlugin({
  name: "plugin",
  api: 1,
  commands: {
    "plugin list": defineCommand({
      group: "enit itself",
      description: "List plugins, where they come from and what they bring",
      run: (ctx) => ({ plugins: ctx.host.plugins() }),
      render: ({ plugins }, ui) =>
        ui.table(
          plugins.map((plugin) => [
            plugin.name,
            plugin.version ?? "-",
            plugin.origin,
            plugin.state === "refused" ? ui.red("refused") : plugin.state,
            describeRefusal(plugin) ?? describeProvides(plugin.provides),
          ]),
          ["NAME", "VERSION", "ORIGIN", "STATE", "BRINGS"],
        ),
    }),
    "plugin types": defineCommand({
      group: "enit itself",
      description: "Write the types of enit/plugin to a directory, for editors and type checkers",
      details:
        "They go to DIR/node_modules/enit, where TypeScript finds them for all plugins in DIR and below. They are those of " +
        "this enit: run it again after an update, and after npm install, which removes what it has not installed itself. enit " +
        "itself needs none of it to load a plugin.",
      examples: [["plugin types /etc/enit/plugins", "for the plugins of this host"]],
      args: {
        directory: { type: "positional", default: ".", valueHint: "DIR", description: "Where the plugins lie" },
      },
      run: async (ctx, args) => ({ directory: await ctx.host.installTypes(resolve(args.directory)) }),
      render: ({ directory }) => directory,
    }),
  },
});

function describeRefusal({ reason, hint }: PluginInfo): string | undefined {
  return reason === undefined || hint === undefined ? reason : `${reason}. ${hint}`;
}

function describeProvides(provides: Provides | undefined): string {
  const { commands = [], overlays = [], hooks = [] } = provides ?? {};
  const parts = [
    ["commands", commands],
    ["overlays", overlays],
    ["hooks", hooks],
  ] as const;
  return parts.flatMap(([part, names]) => (names.length === 0 ? [] : [`${part}: ${names.join(", ")}`])).join("; ");
}
