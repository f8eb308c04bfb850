import { definePlugin, readBehaviour } from "../../src/contract/index.ts";
import { drawAppups, explainAppups } from "./render.ts";

export default definePlugin({
  name: "appup",
  api: 1,
  commands: {
    appup: {
      group: "Build",
      description: "Make the appups between two versions of an application or a release",
      details:
        "Prints what knit-build would put into the appup of each application that changed: the instructions from OLD to NEW and " +
        "back, made from the BEAM files. OLD and NEW are directories of an application, directories of a release, or tarballs of " +
        "one. Nothing is written, and no Erlang VM is started. docs/appup.md says how appups are made, and how modules " +
        "change what is made of them.",
      examples: [
        ["appup _build/old/lib/relex . > src/relex.appup", "make the appup of an application"],
        ["appup relex-1.0.tar.gz relex-1.1.tar.gz --explain", "say why each instruction is there"],
      ],
      args: {
        old: { type: "positional", required: true, valueHint: "OLD", description: "The older version" },
        new: { type: "positional", required: true, valueHint: "NEW", description: "The newer version" },
        explain: { type: "boolean", description: "Say for each instruction why it is there" },
        behaviour: {
          type: "string",
          multiple: true,
          valueHint: "NAME=BASE",
          description:
            "What a behaviour is built on, as the option behaviours of a reltool.config: my_server=gen_server",
        },
      },
      run: async (ctx, args) => {
        const preview = await ctx.build.appups(args.old, args.new, { behaviours: args.behaviour.map(readBehaviour) });
        for (const { message } of preview.warnings) ctx.log.warn(message);
        return { explain: args.explain, ...preview };
      },
      render: ({ explain, ...preview }, ui) => (explain ? explainAppups(preview, ui) : drawAppups(preview)),
    },
  },
});
