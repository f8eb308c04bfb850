import { EnitError, definePlugin } from "../../src/contract/index.ts";
import { append, openLog } from "./log-file.ts";
import { renderBuild } from "./render.ts";

export default definePlugin({
  name: "knit-build",
  api: 1,
  commands: {
    "knit-build": {
      group: "Build",
      description: "Build a release, and the upgrade from older ones, from a reltool.config",
      details:
        "Makes NAME, the tree of the release, and releases/NAME-VERSION.tar.gz beside the reltool.config, which is looked for " +
        "in the working directory and in rel; and upgrades/NAME-VERSION.tar.gz, which takes the older releases whose tarballs are there " +
        "to this one and back, by OTP's release_handler. No Erlang VM is started. Every option of the configuration can be given as " +
        "NAME=VALUE, its value a string, or as NAME=!!TERM, its value an Erlang term. docs/knit.md has all options. " +
        "Invoked under the name knit, enit is this command.",
      examples: [
        ["knit-build", "build the release of this project"],
        ["knit-build force=true target_dir=/var/lib/relex", "build elsewhere, whatever is there"],
        ["knit-build version_min=1.2", "upgrade from no release that is older than 1.2"],
        ["knit-build -r rel/small.config 'overlay_vars=!!\"vars/small.config\"'", "with another configuration"],
      ],
      args: {
        verbosity: { type: "boolean", alias: "v", description: "Show details; as --verbose" },
        debug: { type: "boolean", alias: "d", description: "Show details; as --verbose" },
        logFile: {
          type: "string",
          alias: ["l", "log_file"],
          valueHint: "FILE",
          description: "Add all messages to FILE, also those that --quiet hides",
        },
        reltoolConfig: {
          type: "string",
          alias: ["r", "reltool_config"],
          valueHint: "FILE",
          description: "The reltool.config",
        },
        full: {
          type: "boolean",
          description: "Pack all applications into the upgrade, also those that every older release has",
        },
        allowSameVersion: {
          type: "boolean",
          description: "Warn of applications whose code changed without their version, in place of refusing them",
        },
        variables: {
          type: "positional",
          rest: true,
          valueHint: "NAME=VALUE",
          description: "Options of the configuration",
        },
      },
      run: async (ctx, args) => {
        const began = performance.now();
        const log = openLog(ctx.log, { details: args.verbosity || args.debug, file: args.logFile });
        try {
          const built = await ctx.build.release({
            configFile: args.reltoolConfig,
            variables: args.variables,
            full: args.full,
            allowSameVersion: args.allowSameVersion,
            log,
          });
          return { ...built, milliseconds: Math.round(performance.now() - began) };
        } catch (error) {
          // The screen gets it from the host.
          if (args.logFile !== undefined && error instanceof EnitError)
            append(args.logFile, `error: ${error.message}\n`);
          throw error;
        }
      },
      // As knit's users know it, -q leaves nothing but errors.
      render: (built, ui) => (ui.quiet ? "" : renderBuild(built, ui)),
    },
  },
});
