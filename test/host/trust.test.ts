import { chmodSync, chownSync, lchownSync, mkdirSync, symlinkSync } from "node:fs";
import { describe, expect, test } from "bun:test";
import { explainCodeDistrust, explainDistrust } from "../../src/host/plugins/trust.ts";
import { tempDir } from "../support/temp-dir.ts";

const NOBODY = 65_534;

// Only root can make files of other users, and only as root does the rule hold.
describe.if(process.geteuid?.() === 0)("explainDistrust()", () => {
  test("trusts what root alone can write, under a sticky directory too", () => {
    using dir = tempDir();
    expect(explainDistrust(dir.write("plugins/a.ts", ""))).toBeUndefined();
  });

  test("distrusts a file of another user", () => {
    using dir = tempDir();
    const file = dir.write("a.ts", "");
    chownSync(file, NOBODY, 0);
    expect(explainDistrust(file)).toBe(`${file} belongs to user 65534, not to root`);
  });

  test.each([
    [0o664, "its group"],
    [0o646, "everyone"],
    [0o666, "everyone"],
  ])("distrusts a file with mode %o", (mode, who) => {
    using dir = tempDir();
    const file = dir.write("a.ts", "");
    chmodSync(file, mode);
    expect(explainDistrust(file)).toBe(`${file} can be written by ${who}`);
  });

  test("distrusts a file below a directory that others can write, or that another user owns", () => {
    using dir = tempDir();
    const file = dir.write("plugins/deep/a.ts", "");
    chmodSync(dir.join("plugins"), 0o775);
    expect(explainDistrust(file)).toBe(`${dir.join("plugins")} can be written by its group`);
    chmodSync(dir.join("plugins"), 0o755);
    chownSync(dir.join("plugins"), NOBODY, 0);
    expect(explainDistrust(file)).toBe(`${dir.join("plugins")} belongs to user 65534, not to root`);
  });

  test("follows links, and looks at the directories on both sides", () => {
    using dir = tempDir();
    const file = dir.write("real/a.ts", "");
    mkdirSync(dir.join("links"));
    symlinkSync("../real/a.ts", dir.join("links/a.ts"));
    symlinkSync(dir.join("links"), dir.join("again"));
    expect(explainDistrust(dir.join("again/a.ts"))).toBeUndefined();
    chmodSync(dir.join("real"), 0o777);
    expect(explainDistrust(dir.join("again/a.ts"))).toBe(`${dir.join("real")} can be written by everyone`);
    chmodSync(dir.join("real"), 0o755);
    chmodSync(dir.join("links"), 0o777);
    expect(explainDistrust(dir.join("again/a.ts"))).toBe(`${dir.join("links")} can be written by everyone`);
    chmodSync(dir.join("links"), 0o755);
    lchownSync(dir.join("links/a.ts"), NOBODY, 0);
    expect(explainDistrust(dir.join("again/a.ts"))).toBe(
      `${dir.join("links/a.ts")} belongs to user 65534, not to root`,
    );
    expect(explainDistrust(file)).toBeUndefined();
  });

  test("ends at links that lead in a circle", () => {
    using dir = tempDir();
    symlinkSync(dir.join("b"), dir.join("a"));
    symlinkSync(dir.join("a"), dir.join("b"));
    expect(explainDistrust(dir.join("a"))).toContain("leads through too many links");
  });

  test("of code looks at all that it imports", () => {
    using dir = tempDir();
    const entry = dir.write(
      "a.ts",
      'import { b } from "./lib/b";\nimport { definePlugin } from "enit/plugin";\nimport "node:fs";',
    );
    dir.write("lib/b.ts", 'export const b = <number>1;\nexport const later = () => import("./c.js");');
    const deep = dir.write("lib/c.js", 'const dep = require("dep");');
    const dependency = dir.write("node_modules/dep/index.js", "module.exports = 1;");
    expect(explainCodeDistrust(entry)).toBeUndefined();
    chmodSync(dependency, 0o666);
    expect(explainCodeDistrust(entry)).toBe(`${dependency} can be written by everyone`);
    chmodSync(deep, 0o620);
    expect(explainCodeDistrust(entry)).toBe(`${deep} can be written by its group`);
  });
});
