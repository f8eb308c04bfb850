import { definePlugin, releaseArguments, type UpgradeTarget } from "../../src/contract/index.ts";
import { readUpgradeArguments, restartArgument, upgradeArguments } from "./arguments.ts";
import { changeVersion } from "./change-version.ts";
import { renderOutcome } from "./render.ts";

export default definePlugin({
  name: "upgrade",
  api: 1,
  commands: {
    upgrade: {
      group: "Change what runs",
      description: "Bring a running release to another version without a restart",
      details:
        "Takes the tarball of an upgrade, as knit-build makes it, or a version that was unpacked before. OTP's release_handler " +
        "installs it in the VM; then modules, applications, processes, supervisors and configuration are compared with the " +
        "new release, and it is made permanent. What fails is undone, and the exit code is 1.",
      examples: [
        ["upgrade relex relex-1.1.tar.gz --dry-run", "show what would be done"],
        ["upgrade relex relex-1.1.tar.gz", "do it"],
        ["upgrade relex relex-1.1.tar.gz --no-permanent", "try it: a restart goes back"],
        ["upgrade relex 1.1", "make permanent what was tried"],
        [
          "upgrade relex relex-2.0.tar.gz --restart",
          "stop it and start the new version where there is no other way, as for a new Erlang",
        ],
      ],
      args: {
        release: releaseArguments.release,
        target: {
          type: "positional",
          required: true,
          valueHint: "FILE.tar.gz|VERSION",
          description: "A tarball, or a version that is unpacked",
        },
        match: releaseArguments.match,
        ...upgradeArguments,
        ...restartArgument,
      },
      run: async (ctx, args) => {
        const release = await ctx.releases.load(args.release, { match: args.match });
        using options = readUpgradeArguments(ctx, args);
        return await changeVersion(ctx, release, targetOf(args.target), options, args.dryRun);
      },
      render: (data, ui) => renderOutcome(data, ui),
    },
  },
});

/** A version has no slash, and does not end as the name of a tarball. */
function targetOf(text: string): UpgradeTarget {
  return /\/|\.(tar\.gz|tgz)$/.test(text) ? { kind: "tarball", file: text } : { kind: "version", version: text };
}
