import { expectTypeOf } from "bun:test";
import { defineCommand, definePlugin } from "enit/plugin";

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
