import { definePlugin, releaseArguments, settingFlags } from "../../src/contract/index.ts";
import { renderUnit } from "./unit.ts";

export default definePlugin({
  name: "systemd",
  api: 1,
  commands: {
    systemd: {
      group: "Run releases",
      description: "Print a systemd unit for a release",
      details: "The unit starts the release in the foreground, so that systemd watches the VM itself.",
      examples: [["systemd relex > /etc/systemd/system/relex.service", "install the unit of relex"]],
      args: releaseArguments,
      run: async (ctx, args) => {
        const release = await ctx.releases.load(args.release, { match: args.match, toLookAt: true });
        return {
          file: `${release.name}.service`,
          unit: renderUnit(
            {
              name: release.name,
              stopTimeoutSeconds: release.node.stopTimeoutSeconds,
              flags: settingFlags(ctx.settings),
            },
            ctx.host.executable,
          ),
        };
      },
      render: ({ unit }) => unit,
    },
  },
});
