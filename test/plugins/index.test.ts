import { expect, test } from "bun:test";
import { BUILT_INS } from "../../plugins/index.ts";
import { validatePlugin } from "../../src/host/plugins/validate.ts";

test.each(BUILT_INS.map((builtIn) => [builtIn.name, builtIn] as const))(
  "the table of built-in plugins says of %s what it provides, and the host accepts it",
  async (name, builtIn) => {
    const { default: plugin } = await builtIn.load();
    expect(validatePlugin(plugin, { name })).toBe(plugin);
    expect({ commands: [], overlays: [], hooks: [], ...builtIn.provides }).toEqual({
      commands: Object.keys(plugin.commands ?? {}),
      overlays: Object.keys(plugin.overlays ?? {}),
      hooks: Object.keys(plugin.hooks ?? {}),
    });
  },
);

test("no two built-in plugins bring the same command", () => {
  const commands = BUILT_INS.flatMap(({ provides }) => provides.commands ?? []);
  expect(commands.toSorted()).toEqual([...new Set(commands)].sort());
});

test("each folder of plugins is in the table", async () => {
  const folders = await Array.fromAsync(new Bun.Glob("*/index.ts").scan(`${import.meta.dir}/../../plugins`));
  expect(BUILT_INS.map(({ name }) => `${name}/index.ts`).toSorted()).toEqual(folders.sort());
});
