import { expectTypeOf } from "bun:test";
import { defineCommand, definePlugin } from "enit/plugin";

// The whole plugin of the design, as a stranger writes it.
export default definePlugin({
  name: "shout", api: 1,
  commands: {
    shout: {
      description: "Say a word loudly",
      args: { word: { type: "positional", required: true } },
      run: async (ctx, args) => ({ said: args.word.toUpperCase() }),
      render: (data) => data.said,
    },
  },
  overlays: {   // {touch, "etc/stamp"} in a reltool.config
    touch: { args: ["path"], run: async ([path], ctx) => { await ctx.write(path, ""); } },
  },
  hooks: {
    "vm:started": async (ctx, { release }) => { ctx.log.info(`${release.name} is up`); },
  },
});

definePlugin({
  name: "several",
  api: 1,
  commands: {
    one: defineCommand({
      description: "",
      args: {
        flag: { type: "boolean" },
        level: { type: "enum", options: ["low", "high"] },
        count: { type: "number", default: 3 },
        dir: { type: "string", multiple: true },
        name: { type: "positional" },
        files: { type: "positional", rest: true },
      },
      run: (_ctx, args) => {
        expectTypeOf(args.flag).toEqualTypeOf<boolean>();
        expectTypeOf(args.level).toEqualTypeOf<"low" | "high" | undefined>();
        expectTypeOf(args.count).toEqualTypeOf<number>();
        expectTypeOf(args.dir).toEqualTypeOf<readonly string[]>();
        expectTypeOf(args.name).toEqualTypeOf<string | undefined>();
        expectTypeOf(args.files).toEqualTypeOf<readonly string[]>();
        return 1 as const;
      },
      render: (data) => {
        expectTypeOf(data).toEqualTypeOf<1>();
        return "";
      },
    }),
    two: {
      description: "",
      args: { word: { type: "positional", required: true } },
      run: (_ctx, args) => {
        expectTypeOf(args).toEqualTypeOf<{ readonly word: string }>();
        return "x";
      },
      render: (data) => {
        expectTypeOf(data).toBeUnknown();
        return "";
      },
    },
  },
});
