import { type Context, definePlugin, releaseArguments } from "../../src/contract/index.ts";
import { renderUnit } from "./unit.ts";

export default definePlugin({
  name: "systemd",
  api: 1,
  commands: {
    systemd: {
      description: "Print a systemd unit for a release",
      details: "The unit starts the release in the foreground, so that systemd watches the VM itself.",
      examples: [["systemd relex > /etc/systemd/system/relex.service", "install the unit of relex"]],
      args: releaseArguments,
      run: async (ctx, args) => {
        const release = await ctx.releases.load(args.release, { match: args.match });
        return {
          file: `${release.name}.service`,
          unit: renderUnit(
            {
              name: release.name,
              stopTimeoutSeconds: release.node.stopTimeoutSeconds,
              flags: flagsOf(ctx.settings),
            },
            ctx.host.executable,
          ),
        };
      },
      render: ({ unit }) => unit,
    },
  },
});

/** The flags of the directories that were named for this call: what systemd runs has neither its flags nor its variables. */
const FLAGS = {
  definitionDir: "--definition-dir",
  hostDir: "--host-dir",
  stateDir: "--state-dir",
  otpRoot: "--otp-root",
  libDirs: "--lib-dir",
} as const;

function flagsOf(settings: Context["settings"]): string[] {
  return (Object.keys(FLAGS) as (keyof typeof FLAGS)[]).flatMap((name) => {
    const { kind } = settings.origins[name];
    if (kind !== "flag" && kind !== "variable") return [];
    return [settings[name] ?? []].flat().flatMap((path) => [FLAGS[name], path]);
  });
}
