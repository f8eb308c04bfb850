import { definePlugin, releaseArguments, settingFlags } from "../../src/contract/index.ts";
import { environmentOf } from "./environment.ts";
import { renderUnit } from "./unit.ts";

export default definePlugin({
  name: "systemd",
  api: 1,
  commands: {
    systemd: {
      group: "Run releases",
      description: "Print a systemd unit for a release",
      details:
        "The unit starts the release in the foreground, so that systemd watches the VM itself. With --user it is one for the service " +
        "manager of whoever runs enit, which ends when they log out unless loginctl enable-linger was said.",
      examples: [
        ["systemd relex > /etc/systemd/system/relex.service", "install the unit of relex"],
        ["systemd relex --user > ~/.config/systemd/user/relex.service", "install it without root privileges"],
      ],
      args: {
        ...releaseArguments,
        user: { type: "boolean", description: "Print a unit for systemctl --user" },
      },
      run: async (ctx, args) => {
        const release = await ctx.releases.load(args.release, { match: args.match, toLookAt: true });
        const { packaged, node } = release;
        if (process.geteuid?.() !== 0 && !args.user && node.runAsUser === undefined) {
          const instead = "--user prints a unit for systemctl --user, and run_as_user says who else is to run it";
          ctx.log.warn(`a unit of the system runs ${release.name} as root; ${instead}`);
        }
        return {
          file: `${release.name}.service`,
          unit: renderUnit(
            {
              name: release.name,
              stopTimeoutSeconds: release.node.stopTimeoutSeconds,
              flags: settingFlags(ctx.settings),
              environment: packaged === undefined ? environmentOf(process.env, node.otpRoot) : {},
              ofUser: args.user,
            },
            ctx.host.executable,
          ),
        };
      },
      render: ({ unit }) => unit,
    },
  },
});
