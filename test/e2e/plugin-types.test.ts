import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "bun:test";
import { runEnit } from "../support/run-enit.ts";
import { tempDir } from "../support/temp-dir.ts";

const ROOT = join(import.meta.dir, "../..");

test("enit plugin types lets a type checker know every part of a plugin, and enit still loads it", async () => {
  using dir = tempDir();
  const target = dir.join("node_modules/enit");
  expect(await runEnit(["plugin", "types", dir.path])).toEqual({ stdout: `${target}\n`, stderr: "", exitCode: 0 });
  dir.write("shout.ts", readFileSync(join(ROOT, "test/fixtures/plugins/shout.ts"), "utf8"));
  dir.write(
    "typed.ts",
    `import { definePlugin } from "enit/plugin";
export default definePlugin({
  name: "typed",
  api: 1,
  hooks: {
    "vm:started": (ctx, { release }) => ctx.log.info(release.name),
    "upgrade:appup": (ctx, { up, down }) => ({ up: up.filter((each) => ctx.terms.isTuple(each)), down }),
    "config:resolve": () => "nothing",
  },
});
`,
  );
  dir.write("tsconfig.json", JSON.stringify({ compilerOptions: OPTIONS, include: ["*.ts"] }));
  const tsc = Bun.spawn([join(ROOT, "node_modules/.bin/tsc"), "-p", dir.path], { cwd: dir.path, stdout: "pipe" });
  const errors = (await tsc.stdout.text()).split("\n").filter((line) => line.includes("error"));
  expect(errors).toHaveLength(1);
  expect(errors[0]).toStartWith(
    "typed.ts(8,5): error TS2322: Type '() => string' is not assignable to type 'WaterfallHandler",
  );

  const loaded = await runEnit(["--root", dir.join("root"), "--plugin-dir", dir.path, "shout", "hello"]);
  expect(loaded).toEqual({ stdout: "HELLO\n", stderr: "", exitCode: 0 });
  // Again, in place of the older ones.
  expect(await runEnit(["plugin", "types", dir.path, "--json"])).toMatchObject({
    stdout: `${JSON.stringify({ ok: true, data: { directory: target } })}\n`,
    exitCode: 0,
  });
});

test("the whole plugins that the documentation shows have no type error, and are loaded", async () => {
  using dir = tempDir();
  await runEnit(["plugin", "types", dir.path]);
  const pages = ["README.md", "docs/plugins.md"].map((page) => readFileSync(join(ROOT, page), "utf8"));
  const names = pages.flatMap(wholePlugins).map((code) => {
    const [, name = ""] = /name: "(\w+)"/.exec(code) ?? [];
    dir.write(`${name}.ts`, code);
    return name;
  });
  expect(names).toEqual(["shout", "gate"]);
  dir.write("tsconfig.json", JSON.stringify({ compilerOptions: OPTIONS, include: ["*.ts"] }));
  const tsc = Bun.spawn([join(ROOT, "node_modules/.bin/tsc"), "-p", dir.path], { cwd: dir.path, stdout: "pipe" });
  expect(await tsc.stdout.text()).toBe("");
  const { stdout } = await runEnit(["--root", dir.join("root"), "--plugin-dir", dir.path, "plugin", "list"]);
  expect(stdout).toMatch(/^gate +- +--plugin-dir +loaded +hooks: /m);
  expect(stdout).toMatch(/^shout +- +--plugin-dir +loaded +commands: shout; hooks: /m);
});

/** The indented blocks of a page that are plugins from the import to the last bracket. */
function wholePlugins(page: string): string[] {
  const blocks = page.match(/^ {4}import .*\n(?:(?: {4}.*)?\n)+? {4}\}\);$/gm) ?? [];
  return blocks.map((block) => block.replaceAll(/^ {4}/gm, "")).filter((code) => /^ {2}name:/m.test(code));
}

test("enit plugin types leaves a package of somebody else alone", async () => {
  using dir = tempDir();
  const file = dir.write("node_modules/enit/package.json", '{ "name": "enit", "main": "ours.js" }');
  const run = await runEnit(["plugin", "types", dir.path]);
  expect(run).toMatchObject({ stdout: "", exitCode: 2 });
  expect(run.stderr).toContain(
    `cannot write the types to "${dir.join("node_modules/enit")}": another package is there`,
  );
  expect(readFileSync(file, "utf8")).toContain("ours.js");
});

/** Those of the page about plugins, without the types of Bun, which a temporary directory has not. */
const OPTIONS = { noEmit: true, strict: true, skipLibCheck: true, target: "esnext", module: "preserve", types: [] };
