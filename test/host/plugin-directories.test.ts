import { expect, test } from "bun:test";
import { symlinkSync } from "node:fs";
import { explainUnusable } from "../../src/host/plugin-directories.ts";
import { discoverPlugins } from "../../src/host/plugins/discover.ts";
import { tempDir } from "../support/temp-dir.ts";

test("a directory that cannot be read is told of whoever named it, and holds no plugins", async () => {
  using dir = tempDir();
  const path = dir.join("loop");
  symlinkSync("loop", path);
  for (const origin of ["system", "host", "--plugin-dir", "project"]) {
    expect(explainUnusable([{ path, origin }])).toEqual([
      `cannot look for plugins in "${path}" (${origin}): its symbolic links lead in a circle`,
    ]);
    expect(await discoverPlugins({ path, origin }, { trust: false })).toEqual([]);
  }
});

test("a directory that is none is told of only if somebody named it", () => {
  using dir = tempDir();
  const file = dir.write("file", "");
  for (const path of [dir.join("absent"), file]) {
    expect(explainUnusable([{ path, origin: "system" }])).toEqual([]);
    expect(explainUnusable([{ path, origin: "enit.toml" }])).toEqual([
      `there is no directory "${path}" to look for plugins in (enit.toml)`,
    ]);
  }
  expect(explainUnusable([{ path: dir.path, origin: "enit.toml" }])).toEqual([]);
});
