import { expect, test } from "bun:test";
import { symlinkSync } from "node:fs";
import { discoverPlugins, type PluginDirectory } from "../../src/host/plugins/discover.ts";
import { tempDir } from "../support/temp-dir.ts";

/** What is told of a directory, and that it holds no plugins. */
async function warningsOf(directory: PluginDirectory): Promise<readonly string[]> {
  const warnings: string[] = [];
  expect(await discoverPlugins(directory, { trust: false, warn: (message) => warnings.push(message) })).toEqual([]);
  return warnings;
}

test("a directory that cannot be read is told of whoever named it, and holds no plugins", async () => {
  using dir = tempDir();
  const path = dir.join("loop");
  symlinkSync("loop", path);
  for (const origin of ["system", "host", "--plugin-dir", "project"]) {
    expect(await warningsOf({ path, origin })).toEqual([
      `cannot look for plugins in "${path}" (${origin}): its symbolic links lead in a circle`,
    ]);
  }
});

test("a directory that is none is told of only if somebody named it", async () => {
  using dir = tempDir();
  const file = dir.write("file", "");
  for (const path of [dir.join("absent"), file]) {
    expect(await warningsOf({ path, origin: "system" })).toEqual([]);
    expect(await warningsOf({ path, origin: "enit.toml" })).toEqual([
      `there is no directory "${path}" to look for plugins in (enit.toml)`,
    ]);
  }
  using empty = tempDir();
  expect(await warningsOf({ path: empty.path, origin: "enit.toml" })).toEqual([]);
});
