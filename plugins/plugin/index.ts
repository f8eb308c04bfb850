import { type PluginInfo, type Provides, definePlugin } from "../../src/contract/index.ts";

export default definePlugin({
  name: "plugin",
  api: 1,
  commands: {
    "plugin list": {
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
    },
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
