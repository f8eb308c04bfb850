import { describe, expect, test } from "bun:test";
import type { BuiltIn } from "../../src/host/index.ts";
import { type PluginDirectory, PluginRegistry } from "../../src/host/plugins/index.ts";
import { failure } from "../support/failure.ts";
import { type TempDir, tempDir } from "../support/temp-dir.ts";

const BUILT_INS: readonly BuiltIn[] = [
  {
    name: "status",
    provides: { commands: ["status"] },
    load: () =>
      Promise.resolve({ default: { name: "status", api: 1, commands: { status: { description: "", run: () => 1 } } } }),
  },
];

/** A plugin with one command of its own name. */
function pluginCode(name: string, more = "", command = name): string {
  return `import { definePlugin } from "enit/plugin";
export default definePlugin({ name: "${name}", api: 1, ${more}
  commands: { ${JSON.stringify(command)}: { description: "", run: () => 1 } } });`;
}

function openRegistry(...directories: PluginDirectory[]): Promise<PluginRegistry> {
  return PluginRegistry.open({ builtIns: BUILT_INS, directories, trust: false, warn: () => {} });
}

/** Plugins of one directory, by name: their states, or why they were refused. */
async function statesIn(dir: TempDir): Promise<Record<string, string>> {
  const registry = await openRegistry({ path: dir.path, origin: "test" });
  return Object.fromEntries(registry.describe().map(({ name, state, reason }) => [name, reason ?? state]));
}

describe("PluginRegistry", () => {
  test("finds files and folders in the order of directories and names; what does not exist holds none", async () => {
    using one = tempDir();
    using two = tempDir();
    one.write("zeta.js", 'export default { name: "zeta", api: 1 };');
    one.write("beta.ts", pluginCode("beta"));
    one.write("gamma/plugin.toml", 'name = "gamma"\nversion = "1.2"\napi = 1\nentry = "main.ts"\n');
    one.write("gamma/main.ts", 'throw new Error("not before it is needed");');
    one.write("notes.txt", "no plugin");
    one.write("lib/helper.ts", "no plugin either");
    two.write("alpha.ts", pluginCode("alpha"));
    const registry = await openRegistry(
      { path: one.path, origin: "first" },
      { path: one.join("nowhere"), origin: "none" },
      { path: two.path, origin: "second" },
    );
    expect(registry.describe().map(({ name, version, origin, state }) => [name, version, origin, state])).toEqual([
      ["status", undefined, "built in", "ready"],
      ["beta", undefined, "first", "loaded"],
      ["gamma", "1.2", "first", "ready"],
      ["zeta", undefined, "first", "loaded"],
      ["alpha", undefined, "second", "loaded"],
    ]);
    expect([...registry.commands()].map(([command, { name }]) => [command, name])).toEqual([
      ["status", "status"],
      ["beta", "beta"],
      ["alpha", "alpha"],
    ]);
  });

  test("knows what a folder brings without running its code, and loads it once", async () => {
    using dir = tempDir();
    dir.write(
      "lazy/plugin.toml",
      'name = "lazy"\nversion = "1"\napi = 1\nentry = "src/main.ts"\nprovides = { commands = ["lazy"], hooks = ["vm:started"] }',
    );
    dir.write(
      "lazy/src/main.ts",
      `import { helper } from "./helper";
globalThis.lazyLoads = (globalThis.lazyLoads ?? 0) + helper;\n${pluginCode("lazy", 'version: "2", hooks: { "vm:started": () => {} },')}`,
    );
    dir.write("lazy/src/helper.ts", "export const helper: number = 1;");
    const registry = await openRegistry({ path: dir.path, origin: "test" });
    const entry = registry.commands().get("lazy");
    if (entry === undefined) throw new Error("it was not found");
    expect(registry.withHook("vm:started")).toEqual([entry]);
    expect(globalThis).not.toHaveProperty("lazyLoads");
    const plugin = await registry.load(entry);
    expect(await registry.load(entry)).toBe(plugin);
    expect(plugin.name).toBe("lazy");
    expect(globalThis).toHaveProperty("lazyLoads", 1);
    expect(registry.describe().at(-1)).toMatchObject({
      name: "lazy",
      version: "1",
      state: "loaded",
      file: dir.join("lazy/src/main.ts"),
    });
  });

  test("refuses code that cannot be used, and says why", async () => {
    using dir = tempDir();
    dir.write("broken.ts", "export default 1;\nlet x = ;\nlet y: = 2;");
    dir.write("importer.ts", 'import "./lib/bad.ts";\nexport default {};');
    dir.write("lib/bad.ts", "let x = ;");
    dir.write("throws.ts", 'throw new Error("no luck");');
    dir.write("empty.ts", "export const nothing = 1;");
    dir.write("missing.ts", 'import "./nowhere.ts"; export default {};');
    dir.write("invalid.ts", 'export default { name: "invalid", api: 1, hook: {} };');
    dir.write("Upper.ts", "");
    dir.write("good.ts", pluginCode("good"));
    const states = await statesIn(dir);
    expect(states).toMatchObject({
      good: "loaded",
      broken: `cannot load plugin "broken" (${dir.join("broken.ts")}): 2:9: Unexpected ;`,
      importer: `cannot load plugin "importer" (${dir.join("importer.ts")}): ${dir.join("lib/bad.ts")}:1:9: Unexpected ;`,
      status: "ready",
      throws: `cannot load plugin "throws" (${dir.join("throws.ts")}): 1:11: no luck`,
      empty: `cannot load plugin "empty" (${dir.join("empty.ts")}): it has no default export`,
      invalid: `cannot load plugin "invalid" (${dir.join("invalid.ts")}): hook is unknown`,
      Upper: `cannot load plugin "Upper" (${dir.join("Upper.ts")}): its name must be a lower-case word`,
    });
    expect(states["missing"]).toContain("./nowhere.ts");
  });

  test.each([
    ["", "name must be a string"],
    ['name = "other"\n', 'name is "other", but its folder is called "folder"'],
    ['name = "folder"\napi = 7', "api is 7, and this enit speaks api 1"],
    ['name = "folder"\napi = 1', "entry must be a string"],
    ['name = "folder"\napi = 1\nentry = "../other.ts"', "entry must lie in the plugin's folder"],
    ['name = "folder"\napi = 1\nentry = "main.ts"', "version must be a string"],
    ['nam = "folder"', "nam is unknown"],
    ['name = "folder"\napi = 1\nentry = "main.ts"\nprovides = { command = [] }', "provides.command is unknown"],
    [
      'name = "folder"\napi = 1\nversion = "1"\nentry = "main.ts"\nprovides = { hooks = "x" }',
      "provides.hooks must be a list of names",
    ],
    [
      'name = "folder"\napi = 1\nversion = "1"\nentry = "main.ts"\nprovides = { hooks = ["vm:start"] }',
      'the hook "vm:start" is unknown',
    ],
    [
      'name = "folder"\napi = 1\nversion = "1"\nentry = "main.ts"\nprovides = { commands = ["Go"] }',
      'the command "Go" must be lower-case words',
    ],
  ])("refuses the plugin.toml %j", async (toml, state) => {
    using dir = tempDir();
    const file = dir.write("folder/plugin.toml", toml);
    expect((await statesIn(dir))["folder"]).toBe(`cannot load plugin "folder" (${file}): ${state}`);
  });

  test("names the place in a plugin.toml that does not parse", async () => {
    using dir = tempDir();
    const file = dir.write("folder/plugin.toml", 'name = "folder"\napi == 1');
    const reason = (await statesIn(dir))["folder"];
    expect(reason).toStartWith(`cannot load plugin "folder" (${file}): `);
    expect(reason).toContain(`${file}:2:`);
  });

  test.each([
    [
      'provides = { commands = ["folder", "more"] }',
      'its plugin.toml names commands "more", which its code does not bring',
    ],
    ["", 'its code brings commands "folder", which its plugin.toml does not name'],
  ])("refuses a folder whose plugin.toml says something else than its code: %j", async (provides, state) => {
    using dir = tempDir();
    dir.write("folder/plugin.toml", `name = "folder"\nversion = "1"\napi = 1\nentry = "main.ts"\n${provides}`);
    dir.write("folder/main.ts", pluginCode("folder"));
    const registry = await openRegistry({ path: dir.path, origin: "test" });
    const entry = registry.entries.find(({ name }) => name === "folder");
    if (entry === undefined) throw new Error("it was not found");
    expect((await failure(registry.load(entry))).message).toEndWith(state);
    expect(registry.commands().get("folder")).toBeUndefined();
  });

  test("refuses the later of two plugins of one name, one command or one overlay operation", async () => {
    using one = tempDir();
    using two = tempDir();
    const first = one.write("shout.ts", pluginCode("shout"));
    two.write("shout.ts", pluginCode("shout"));
    two.write("loud.ts", pluginCode("loud", "", "shout"));
    two.write("state.ts", pluginCode("state", "", "status"));
    const overlays = "overlays: { touch: { args: [], run: () => {} } },";
    two.write("x1.ts", pluginCode("x1", overlays));
    two.write("x2.ts", pluginCode("x2", overlays));
    const registry = await openRegistry({ path: one.path, origin: "one" }, { path: two.path, origin: "two" });
    const reasons = registry
      .describe()
      .flatMap(({ name, reason }) => (reason === undefined ? [] : [`${name}: ${reason}`]));
    expect(reasons).toEqual([
      `loud: cannot load plugin "loud" (${two.join("loud.ts")}): commands.shout is brought by the plugin "shout" already, ${first}`,
      `shout: cannot load plugin "shout" (${two.join("shout.ts")}): there is a plugin "shout" already, ${first}`,
      `state: cannot load plugin "state" (${two.join("state.ts")}): commands.status is brought by the plugin "status" already, built in`,
      `x2: cannot load plugin "x2" (${two.join("x2.ts")}): overlays.touch is brought by the plugin "x1" already, ${two.join("x1.ts")}`,
    ]);
    expect(registry.commands().get("shout")?.source.file).toBe(first);
  });

  test("loads files whose paths hold characters that mean something in URLs", async () => {
    using dir = tempDir();
    dir.write("50% #1/odd.ts", pluginCode("odd"));
    const registry = await openRegistry({ path: dir.join("50% #1"), origin: "test" });
    expect(registry.describe().at(-1)).toMatchObject({ name: "odd", state: "loaded" });
  });
});
