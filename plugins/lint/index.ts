import { EnitError, definePlugin, readBehaviour } from "../../src/contract/index.ts";
import { renderLint } from "./render.ts";

export default definePlugin({
  name: "lint",
  api: 1,
  commands: {
    lint: {
      group: "Build",
      description: "Look for what would hurt in an upgrade between two releases",
      details:
        "Looks through the code of both releases, the appups and the relup for the known pitfalls of hot upgrades, and warns of each " +
        "with a code, what it is about, and what to do. OLD and NEW are directories or tarballs of a release. The relup of NEW " +
        "counts if it has a way from OLD; else the one that OTP would make of the appups. Nothing is run, no Erlang VM is " +
        "started. knit-build does the same for every upgrade that it makes. docs/lint.md explains every code.",
      examples: [
        ["lint relex-1.0.tar.gz relex-1.1.tar.gz", "warn of what would hurt"],
        ["lint old new --warnings-as-errors --ignore application-restarted:crypto", "in a pipeline"],
      ],
      args: {
        old: { type: "positional", required: true, valueHint: "OLD", description: "The older release" },
        new: { type: "positional", required: true, valueHint: "NEW", description: "The newer release" },
        ignore: {
          type: "string",
          multiple: true,
          valueHint: "CODE[:NAME]",
          description: "Do not warn of CODE, or only not of the module or application NAME",
        },
        behaviour: {
          type: "string",
          multiple: true,
          valueHint: "NAME=BASE",
          description: "What a behaviour is built on, as the option behaviours of a reltool.config",
        },
        warningsAsErrors: { type: "boolean", description: "Fail if there is anything to warn of" },
      },
      run: async (ctx, args) => {
        const report = await ctx.build.lint(args.old, args.new, {
          ignore: args.ignore,
          behaviours: args.behaviour.map(readBehaviour),
        });
        const { older, newer, warnings } = report;
        if (!args.warningsAsErrors || warnings.length === 0) return report;
        const lines = warnings.map(({ code, message }) => `  ${message} [${code}]`);
        const upgrade = `${newer.name} from ${older.version} to ${newer.version}`;
        throw new EnitError(
          "warnings_as_errors",
          `cannot upgrade ${upgrade}: there are warnings\n${lines.join("\n")}`,
          {
            hint: "docs/lint.md explains them; --ignore CODE:NAME silences one.",
            data: { warnings },
          },
        );
      },
      render: renderLint,
    },
  },
});
