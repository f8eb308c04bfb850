import { definePlugin } from "../../src/contract/index.ts";
import { readSpec } from "./read-spec.ts";

export default definePlugin({
  name: "spec",
  api: 1,
  commands: {
    spec: {
      group: "Build",
      description: "Print the target specification of a reltool.config, as reltool:get_target_spec does",
      details:
        "The term tells of every file of the system that would be made where it comes from. No Erlang VM is started. " +
        "docs/reltool-differences.md lists where the result is not reltool's.",
      examples: [
        ["spec", "of the reltool.config here or in rel"],
        ["spec -r other.config --json", "of another one, the term as text in a JSON document"],
      ],
      args: {
        reltoolConfig: { type: "string", alias: "r", valueHint: "FILE", description: "The reltool.config" },
      },
      run: (ctx, args) => {
        const { file, otp, warnings, items } = readSpec(ctx, args.reltoolConfig);
        for (const { message } of warnings) ctx.log.warn(message);
        const spec = ctx.terms.printTerm(ctx.otp.specToTerm(items), { otp: otp.release });
        return { file, otp: otp.version, warnings, spec: `${spec}.` };
      },
      render: ({ spec }) => spec,
    },
  },
});
