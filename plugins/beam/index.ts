import { definePlugin } from "../../src/contract/index.ts";
import { describeBeam } from "./describe.ts";
import { drawBeam } from "./render.ts";

export default definePlugin({
  name: "beam",
  api: 1,
  commands: {
    beam: {
      group: "Read files",
      description: "Tell what a BEAM file says of itself: module, MD5, attributes, exports, imports",
      details:
        "The MD5 is that of the code alone, as beam_lib:md5 and module_info(md5) give it. Compressed and stripped files " +
        "are read too. If an Erlang/OTP is found, it is told whether its emulator loads the file.",
      examples: [
        ["beam ebin/relex_app.beam", "tell all of one module"],
        ["beam ebin/*.beam --json", "the same of many, for scripts"],
      ],
      args: {
        files: { type: "positional", rest: true, required: true, valueHint: "FILE", description: "The BEAM files" },
      },
      run: (ctx, args) => ({ files: args.files.map((file) => describeBeam(ctx, file)) }),
      render: ({ files }, ui) => files.map((file) => drawBeam(file, ui)).join("\n"),
    },
  },
});
