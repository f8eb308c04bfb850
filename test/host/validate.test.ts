import { describe, expect, test } from "bun:test";
import { validatePlugin } from "../../src/host/plugins/validate.ts";
import { failure } from "../support/failure.ts";
import shout from "../fixtures/plugins/shout.ts";

const SOURCE = { name: "shout", file: "/plugins/shout.ts" };
const RUN = (): number => 1;
const COMMAND = { description: "x", run: RUN };

function withArgs(args: unknown): unknown {
  return { name: "shout", api: 1, commands: { go: { ...COMMAND, args } } };
}

describe("validatePlugin()", () => {
  test("gives back a plugin as it is", () => {
    expect(validatePlugin(shout, SOURCE)).toBe(shout);
    expect(validatePlugin({ name: "shout", api: 1 }, SOURCE)).toEqual({ name: "shout", api: 1 });
  });

  test("names plugin, file and key in its errors", async () => {
    const error = await failure(() => validatePlugin({ name: "shout", api: 1, comands: {} }, SOURCE));
    expect(error).toMatchObject({
      code: "plugin_invalid",
      kind: "input",
      message: 'cannot load plugin "shout" (/plugins/shout.ts): comands is unknown',
      hint: "Did you mean commands?",
      data: { plugin: "shout", file: "/plugins/shout.ts", key: "comands" },
    });
  });

  test.each([
    [null, "its default export must be an object"],
    [[], "its default export must be an object"],
    [() => 1, "its default export must be an object"],
    [{ name: "shout" }, "api is missing, and this enit speaks api 1"],
    [{ name: "shout", api: 2 }, "api is 2, and this enit speaks api 1"],
    [{ name: "shout", api: "1" }, 'api is "1", and this enit speaks api 1'],
    [{ api: 1 }, "name must be a string"],
    [{ name: "Shout", api: 1 }, 'name "Shout" must be a lower-case word'],
    [{ name: "other", api: 1 }, 'name is "other", but it was found as "shout"'],
    [{ name: "shout", api: 1, version: 1 }, "version must be a string"],
    [{ name: "shout", api: 1, enforce: "first" }, 'enforce must be "pre" or "post"'],
    [{ name: "shout", api: 1, setup: {} }, "setup must be a function"],
    [{ name: "shout", api: 1, commands: [] }, "commands must be an object"],
    [{ name: "shout", api: 1, commands: { go: 1 } }, "commands.go must be an object"],
    [{ name: "shout", api: 1, commands: { Go: COMMAND } }, "commands.Go must be named by lower-case words"],
    [{ name: "shout", api: 1, commands: { go: { run: RUN } } }, "commands.go.description must be a string"],
    [{ name: "shout", api: 1, commands: { go: { description: "" } } }, "commands.go.run must be a function"],
    [{ name: "shout", api: 1, commands: { go: { ...COMMAND, arg: {} } } }, "commands.go.arg is unknown"],
    [{ name: "shout", api: 1, commands: { go: { ...COMMAND, render: "" } } }, "commands.go.render must be a function"],
    [withArgs({ a: {} }), "commands.go.args.a.type must be a string"],
    [
      withArgs({ a: { type: "text" } }),
      "commands.go.args.a.type must be one of boolean, string, number, enum, positional",
    ],
    [withArgs({ a: { type: "string", rest: true } }), "commands.go.args.a.rest is unknown"],
    [withArgs({ a: { type: "enum" } }), "commands.go.args.a.options must be a list of strings, one or more"],
    [
      withArgs({ a: { type: "enum", options: [] } }),
      "commands.go.args.a.options must be a list of strings, one or more",
    ],
    [withArgs({ a: { type: "string", description: 5 } }), "commands.go.args.a.description must be a string"],
    [withArgs({ a: { type: "number", min: "1" } }), "commands.go.args.a.min must be a number"],
    [withArgs({ a: { type: "string", multiple: "yes" } }), "commands.go.args.a.multiple must be a boolean"],
    [withArgs({ a: { type: "boolean", default: "yes" } }), "commands.go.args.a.default must be a boolean"],
    [withArgs({ a: { type: "number", default: "5" } }), "commands.go.args.a.default must be a number"],
    [withArgs({ a: { type: "positional", default: 5 } }), "commands.go.args.a.default must be a string"],
    [
      withArgs({ a: { type: "enum", options: ["x"], default: "y" } }),
      "commands.go.args.a.default must be one of the options",
    ],
    [
      withArgs({ a: { type: "string", multiple: true, default: "x" } }),
      "commands.go.args.a.default has no effect beside multiple: without a word the list is empty",
    ],
    [withArgs({ "--a b": { type: "boolean" } }), "commands.go.args.--a b must be named by a word such as dryRun"],
    [
      withArgs({ a: { type: "boolean", alias: ["b", "-c"] } }),
      'commands.go.args.a.alias is "-c", which is no letter and no word',
    ],
    [
      { name: "shout", api: 1, commands: { go: { ...COMMAND, examples: ["go now"] } } },
      "commands.go.examples must be a list of pairs, each of a command line and what it does",
    ],
    [withArgs({ a: { type: "string", alias: 1 } }), "commands.go.args.a.alias must be a string or a list of strings"],
    [withArgs({ json: { type: "boolean" } }), "commands.go.args.json is the flag --json, which enit itself has"],
    [
      withArgs({ a: { type: "string", alias: "root" } }),
      "commands.go.args.a is the flag --root, which enit itself has",
    ],
    [
      withArgs({ a: { type: "string", alias: "x" }, b: { type: "string", alias: "x" } }),
      "commands.go.args.b is the flag -x, which commands.go.args.a is already",
    ],
    [
      withArgs({ a: { type: "positional" }, b: { type: "positional", required: true } }),
      "commands.go.args.b is required but stands after one that is not",
    ],
    [
      withArgs({ a: { type: "positional", rest: true }, b: { type: "positional" } }),
      "commands.go.args.b stands after one that takes the rest",
    ],
    [{ name: "shout", api: 1, hooks: { "vm:start": RUN } }, "hooks.vm:start is unknown"],
    [{ name: "shout", api: 1, hooks: { "vm:started": {} } }, "hooks.vm:started must be a function"],
    [{ name: "shout", api: 1, overlays: { touch: { run: RUN } } }, "overlays.touch.args must be a list of strings"],
    [{ name: "shout", api: 1, overlays: { touch: { args: [] } } }, "overlays.touch.run must be a function"],
    [
      { name: "shout", api: 1, overlays: { touch: { args: ["file"], run: RUN } } },
      'overlays.touch.args[0] must be one of path, text, atom, integer, boolean, term, with "?" where it may be left out',
    ],
    [
      { name: "shout", api: 1, overlays: { touch: { args: ["path?", "path"], run: RUN } } },
      "overlays.touch.args[1] is required but stands after one that is not",
    ],
  ])("refuses %p", async (value, state) => {
    const error = await failure(() => validatePlugin(value, SOURCE));
    expect(error.message).toBe(`cannot load plugin "shout" (/plugins/shout.ts): ${state}`);
  });

  test("lets a command claim -h, -v and -q", () => {
    const args = { host: { type: "string", alias: "h" }, more: { type: "boolean", alias: ["v", "q"] } };
    expect(validatePlugin(withArgs(args), SOURCE).name).toBe("shout");
  });

  test("of any value gives a plugin or an error that names it", async () => {
    for (const value of [
      undefined,
      0,
      "",
      Symbol("x"),
      new Date(),
      new Map(),
      { name: "shout", api: 1, hooks: null },
    ]) {
      expect((await failure(() => validatePlugin(value, SOURCE))).message).toStartWith('cannot load plugin "shout"');
    }
  });
});
