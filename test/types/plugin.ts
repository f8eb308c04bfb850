import { expectTypeOf } from "bun:test";
import type { ArgsDef } from "citty";
import {
  type ArgumentDefinitions,
  type Context,
  type OverlayContext,
  type Ui,
  defineCommand,
  defineOverlay,
  definePlugin,
} from "enit/plugin";

/** What is checked here is checked by the type checker; nothing of it is run. */
const plugin = { name: "typed", api: 1 } as const;

// The values of arguments follow from their definitions.
definePlugin({
  ...plugin,
  commands: {
    all: {
      description: "",
      args: {
        flag: { type: "boolean" },
        level: { type: "enum", options: ["low", "high"] },
        mode: { type: "enum", options: ["fast", "slow"], default: "fast" },
        count: { type: "number" },
        limit: { type: "number", default: 3 },
        dir: { type: "string", multiple: true },
        host: { type: "string" },
        port: { type: "string", required: true },
        name: { type: "positional" },
        file: { type: "positional", default: "-" },
        files: { type: "positional", rest: true },
      },
      run: (ctx, args) => {
        expectTypeOf(ctx).toEqualTypeOf<Context>();
        expectTypeOf(args.flag).toEqualTypeOf<boolean>();
        expectTypeOf(args.level).toEqualTypeOf<"low" | "high" | undefined>();
        expectTypeOf(args.mode).toEqualTypeOf<"fast" | "slow">();
        expectTypeOf(args.count).toEqualTypeOf<number | undefined>();
        expectTypeOf(args.limit).toEqualTypeOf<number>();
        expectTypeOf(args.dir).toEqualTypeOf<readonly string[]>();
        expectTypeOf(args.host).toEqualTypeOf<string | undefined>();
        expectTypeOf(args.port).toEqualTypeOf<string>();
        expectTypeOf(args.name).toEqualTypeOf<string | undefined>();
        expectTypeOf(args.file).toEqualTypeOf<string>();
        expectTypeOf(args.files).toEqualTypeOf<readonly string[]>();
        // @ts-expect-error there is no such argument
        expectTypeOf(args.other).toBeString();
      },
    },
  },
});

// Definitions that are written for citty are definitions here.
const forCitty = {
  word: { type: "positional", required: true, description: "a word", valueHint: "WORD" },
  file: { type: "positional", default: "-" },
  host: { type: "string", alias: ["h", "hostname"], default: "localhost" },
  level: { type: "enum", options: ["low", "high"], required: true },
  force: { type: "boolean", alias: "f", default: false },
} satisfies ArgsDef;
expectTypeOf(forCitty).toExtend<ArgumentDefinitions>();

// The data of a command follows from run, wherever render gets it from.
function drawX(data: { readonly x: number }): string {
  return String(data.x);
}

definePlugin({
  ...plugin,
  commands: {
    sync: {
      description: "",
      args: { word: { type: "string" } },
      run: (_ctx, args) => ({ x: 1, word: args.word }),
      render: (data, ui) => {
        expectTypeOf(data).toEqualTypeOf<{ x: number; word: string | undefined }>();
        expectTypeOf(ui).toEqualTypeOf<Ui>();
        return "";
      },
    },
  },
});
definePlugin({
  ...plugin,
  commands: { a: { description: "", run: async () => ({ x: 1 }), render: (data) => drawX(data) } },
});
definePlugin({ ...plugin, commands: { a: { description: "", run: async (_ctx) => ({ x: 1 }), render: drawX } } });
definePlugin({ ...plugin, commands: { a: { description: "", run: () => new Uint8Array(1), render: (data) => data } } });
definePlugin({
  ...plugin,
  commands: {
    stream: {
      description: "",
      async *run() {
        yield { x: 1 };
      },
      render: (item) => {
        expectTypeOf(item).toEqualTypeOf<{ x: number }>();
        return "";
      },
    },
  },
});
definePlugin({
  ...plugin,
  // @ts-expect-error render wants other data than run returns
  commands: { a: { description: "", run: () => ({ x: "one" }), render: drawX } },
});
definePlugin({
  ...plugin,
  // @ts-expect-error render draws text or bytes
  commands: { a: { description: "", run: () => 1, render: () => 1 } },
});

// Several commands: arguments are inferred, data where defineCommand wraps the command.
definePlugin({
  ...plugin,
  commands: {
    one: defineCommand({
      description: "",
      args: { count: { type: "number", default: 3 } },
      run: (_ctx, args) => ({ count: args.count }),
      render: (data) => data.count.toFixed(),
    }),
    two: {
      description: "",
      args: { word: { type: "positional", required: true } },
      run: (_ctx, args) => args.word,
    },
    three: {
      description: "",
      run: () => 3,
      render: (data) => {
        expectTypeOf(data).toEqualTypeOf<unknown>();
        return "";
      },
    },
  },
});

// What is misspelt or missing is an error.
const command = { description: "", run: () => 1 } as const;
// @ts-expect-error a command needs a description
definePlugin({ ...plugin, commands: { a: { run: () => 1 } } });
// @ts-expect-error a command needs run
definePlugin({ ...plugin, commands: { a: { description: "" } } });
// @ts-expect-error rendr
definePlugin({ ...plugin, commands: { a: { ...command, rendr: () => "" } } });
// @ts-expect-error alas
definePlugin({ ...plugin, commands: { a: { ...command, args: { q: { type: "string", alas: "x" } } } } });
// @ts-expect-error text is no type of an argument
definePlugin({ ...plugin, commands: { a: { ...command, args: { q: { type: "text" } } } } });
// @ts-expect-error an enum needs options
definePlugin({ ...plugin, commands: { a: { ...command, args: { q: { type: "enum" } } } } });
// @ts-expect-error another version of the contract
definePlugin({ name: "typed", api: 2 });
// @ts-expect-error plugins have no method
definePlugin({ ...plugin, command: {} });

// Overlay operations: the values follow from the description of the arguments.
definePlugin({
  ...plugin,
  overlays: {
    stamp: {
      args: ["path", "integer", "text?", "term?"],
      run: ([path, mode, text, term], ctx) => {
        expectTypeOf(path).toEqualTypeOf<string>();
        expectTypeOf(mode).toEqualTypeOf<number>();
        expectTypeOf(text).toEqualTypeOf<string | undefined>();
        expectTypeOf(term).toEqualTypeOf<ReturnType<typeof ctx.terms.parseTerm> | undefined>();
        expectTypeOf(ctx.buildDirectory).toEqualTypeOf<string>();
      },
    },
    // @ts-expect-error file is no type of an argument
    wrong: { args: ["file"], run: () => {} },
  },
});

// One in a file of its own.
defineOverlay({
  args: ["path", "boolean?"],
  run: ([path, isWanted], ctx) => {
    expectTypeOf(path).toEqualTypeOf<string>();
    expectTypeOf(isWanted).toEqualTypeOf<boolean | undefined>();
    expectTypeOf(ctx).toEqualTypeOf<OverlayContext>();
  },
});
// @ts-expect-error file is no type of an argument
defineOverlay({ args: ["file"], run: () => {} });
