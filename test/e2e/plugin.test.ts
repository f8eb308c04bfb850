import { chmodSync, chownSync, copyFileSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { ENIT, runEnit } from "../support/run-enit.ts";
import { type TempDir, tempDir } from "../support/temp-dir.ts";

const SHOUT = readFileSync(join(import.meta.dir, "../fixtures/plugins/shout.ts"), "utf8");
const NOBODY = 65_534;

/** The code of a plugin with one command of its own name, which says where it is. */
function plugin(name: string, more = ""): string {
  return `import { definePlugin } from "enit/plugin";
export default definePlugin({ name: "${name}", api: 1, ${more}
  commands: { ${name}: { description: "Say ${name}", run: () => "${name} from " + import.meta.path } } });\n`;
}

/** Runs enit with the plugins of a directory alone, in a root of its own. */
function runWith(dir: TempDir, args: readonly string[], options: Parameters<typeof runEnit>[1] = {}) {
  return runEnit(["--root", dir.join("root"), "--plugin-dir", dir.path, ...args], options);
}

describe("a stranger's plugin", () => {
  test("as the design has it gives a command, whose data is drawn or printed as JSON", async () => {
    using dir = tempDir();
    dir.write("shout.ts", SHOUT);
    expect(await runWith(dir, ["shout", "hello"])).toEqual({ stdout: "HELLO\n", stderr: "", exitCode: 0 });
    expect(await runWith(dir, ["shout", "hello", "--json"])).toEqual({
      stdout: '{"ok":true,"data":{"said":"HELLO"}}\n',
      stderr: "",
      exitCode: 0,
    });
    expect(await runWith(dir, ["shout"])).toEqual({
      stdout: "",
      stderr: 'enit: cannot run "shout": WORD is missing\n"enit help shout" shows what it takes.\n',
      exitCode: 255,
    });
  });

  test("stands in the help, below the commands that are built in", async () => {
    using dir = tempDir();
    dir.write("shout.ts", SHOUT);
    const all = await runWith(dir, ["help"]);
    expect(all).toMatchObject({ stderr: "", exitCode: 0 });
    expect(all.stdout).toMatch(
      /\nenit itself:\n(.*\n)+\nCommands of the plugin shout:\n {2}shout +Say a word loudly\n/,
    );
    const one = await runWith(dir, ["shout", "-h"]);
    expect(one).toMatchObject({ stderr: "", exitCode: 0 });
    expect(one.stdout).toStartWith("Say a word loudly (plugin shout)\n\nUsage: enit shout WORD [FLAGS]\n");
    expect(await runWith(dir, ["help", "shout"])).toEqual(one);
  });

  test("stands in the help under the heading that it names", async () => {
    using dir = tempDir();
    dir.write("shout.ts", SHOUT.replace("description:", 'group: "Read files", description:'));
    const { stdout } = await runWith(dir, ["help"]);
    expect(stdout).toMatch(/\nRead files:\n( {2}.*\n)+ {2}shout +Say a word loudly\n\n/);
    const explained = await runWith(dir, ["help", "shout", "--json"]);
    expect(JSON.parse(explained.stdout)).toMatchObject({ data: { command: { name: "shout", group: "Read files" } } });
    dir.write("shout.ts", SHOUT.replace("description:", "group: 1, description:"));
    const { stderr } = await runWith(dir, ["shout", "hello"]);
    expect(stderr).toContain("commands.shout.group must be");
  });

  test("is found in every directory, in order, as a file or as a folder", async () => {
    using dir = tempDir();
    mkdirSync(dir.join("bin"));
    copyFileSync(ENIT, dir.join("bin/enit"));
    dir.write("bin/plugins/beside.ts", plugin("beside"));
    dir.write("root/usr/lib/enit/plugins/system.js", plugin("system"));
    dir.write("root/etc/enit/plugins/host/plugin.toml", folderToml("host"));
    dir.write("root/etc/enit/plugins/host/main.ts", plugin("host"));
    dir.write("root/etc/enit/enit.toml", `plugin_dirs = ["${dir.join("toml")}"]\n`);
    dir.write("env1/one.ts", plugin("one"));
    dir.write("env2/two.ts", plugin("two"));
    dir.write("toml/three.ts", plugin("three"));
    const options = {
      program: dir.join("bin/enit"),
      env: { ENIT_PLUGIN_PATH: `${dir.join("env1")}:${dir.join("env2")}` },
    };
    const list = await runEnit(["--root", dir.join("root"), "plugin", "list", "--json"], options);
    expect(list).toMatchObject({ stderr: "", exitCode: 0 });
    const { data } = JSON.parse(list.stdout) as {
      data: { plugins: { name: string; origin: string; state: string; file: string }[] };
    };
    const found = data.plugins.filter(({ origin }) => origin !== "built in");
    expect(found.map(({ name, origin, state, file }) => [name, origin, state, file])).toEqual([
      ["beside", "beside the binary", "loaded", dir.join("bin/plugins/beside.ts")],
      ["system", "system", "loaded", dir.join("root/usr/lib/enit/plugins/system.js")],
      ["host", "host", "ready", dir.join("root/etc/enit/plugins/host/main.ts")],
      ["one", "ENIT_PLUGIN_PATH", "loaded", dir.join("env1/one.ts")],
      ["two", "ENIT_PLUGIN_PATH", "loaded", dir.join("env2/two.ts")],
      ["three", "enit.toml", "loaded", dir.join("toml/three.ts")],
    ]);
    for (const { name, file } of found) {
      const run = await runEnit(["--root", dir.join("root"), name], options);
      expect(run).toEqual({ stdout: `${name} from ${file}\n`, stderr: "", exitCode: 0 });
    }
  });

  test("in a folder may have modules and packages of its own, and is not run before it is needed", async () => {
    using dir = tempDir();
    dir.write("tool/plugin.toml", folderToml("tool"));
    dir.write(
      "tool/main.ts",
      `import { definePlugin } from "enit/plugin";
import { mark } from "./lib/mark";
import pad from "left-padded";
mark();
export default definePlugin({ name: "tool", api: 1, commands: { tool: { description: "", run: () => pad("x") } } });`,
    );
    const ran = dir.join("ran");
    dir.write(
      "tool/lib/mark.ts",
      `export const mark = (): void => { require("node:fs").writeFileSync("${ran}", ""); };`,
    );
    dir.write("tool/node_modules/left-padded/package.json", '{"name": "left-padded", "main": "index.js"}');
    dir.write("tool/node_modules/left-padded/index.js", "module.exports = (text) => '  ' + text;");
    expect(await runWith(dir, ["-v"])).toMatchObject({ stderr: "", exitCode: 0 });
    expect(await runWith(dir, ["plugin", "list"])).toMatchObject({ stderr: "", exitCode: 0 });
    expect(await runWith(dir, ["help", "term"])).toMatchObject({ stderr: "", exitCode: 0 });
    expect(await Bun.file(ran).exists()).toBe(false);
    expect(await runWith(dir, ["tool"])).toEqual({ stdout: "  x\n", stderr: "", exitCode: 0 });
    expect(await Bun.file(ran).exists()).toBe(true);
  });

  test("finds its own table of enit.toml in its context", async () => {
    using dir = tempDir();
    dir.write("root/etc/enit/enit.toml", '[configured]\ncolor = "red"\n');
    dir.write(
      "configured.ts",
      `import { definePlugin } from "enit/plugin";
export default definePlugin({ name: "configured", api: 1,
  commands: { configured: { description: "", run: (ctx) => ctx.config } } });`,
    );
    expect(await runWith(dir, ["configured"])).toEqual({ stdout: "color: red\n", stderr: "", exitCode: 0 });
  });
});

describe("a plugin that cannot be used", () => {
  test("is reported once and disturbs nobody else", async () => {
    using dir = tempDir();
    dir.write("broken.ts", "export default {{{");
    dir.write("shout.ts", SHOUT);
    const run = await runWith(dir, ["shout", "hi"]);
    expect(run).toMatchObject({ stdout: "HI\n", exitCode: 0 });
    expect(run.stderr).toMatch(/^warning: cannot load plugin "broken" \(.*broken\.ts\): .*\n$/);
    expect(await runWith(dir, ["shout", "hi", "--quiet"])).toEqual({ stdout: "HI\n", stderr: "", exitCode: 0 });
  });

  test("cannot be found in a directory that is none, which is said", async () => {
    using dir = tempDir();
    const file = dir.write("shout.ts", SHOUT);
    const run = await runEnit(["--root", dir.join("root"), "--plugin-dir", file, "-v"]);
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toBe(`warning: there is no directory "${file}" to look for plugins in (--plugin-dir)\n`);
  });

  test("is not looked for with --no-plugins", async () => {
    using dir = tempDir();
    dir.write("broken.ts", "export default {{{");
    dir.write("shout.ts", SHOUT);
    expect(await runWith(dir, ["--no-plugins", "-v"])).toMatchObject({ stderr: "", exitCode: 0 });
    expect(await runWith(dir, ["shout", "hi", "--no-plugins"])).toEqual({
      stdout: "",
      stderr: 'enit: cannot run "enit": there is no command "shout"\n"enit help" shows what it takes.\n',
      exitCode: 255,
    });
  });

  test("gives the reason where its own command is wanted", async () => {
    using dir = tempDir();
    dir.write("tool/plugin.toml", folderToml("tool"));
    dir.write("tool/main.ts", 'throw new Error("no tools today");');
    const run = await runWith(dir, ["tool"]);
    expect(run).toEqual({
      stdout: "",
      stderr: `enit: cannot load plugin "tool" (${dir.join("tool/main.ts")}): 1:11: no tools today
1 | throw new Error("no tools today");
              ^\n`,
      exitCode: 2,
    });
  });

  test("because its command is taken is listed with the reason", async () => {
    using dir = tempDir();
    dir.write("thief.ts", plugin("thief").replace("{ thief: {", "{ status: {"));
    dir.write("typo.js", 'export default { name: "typo", api: 1, hooks: { "vm:start": () => {} } };');
    const run = await runWith(dir, ["plugin", "list"]);
    expect(run).toMatchObject({ stderr: "", exitCode: 0 });
    const reason = `cannot load plugin "thief" (${dir.join("thief.ts")}): commands.status is brought by the plugin "status" already, built in`;
    expect(run.stdout).toMatch(/^thief +- +--plugin-dir +refused +/m);
    expect(run.stdout).toContain(reason);
    expect(run.stdout).toContain("hooks.vm:start is unknown. Did you mean vm:started?\n");
  });

  test("stops what calls a hook that it brings", async () => {
    using dir = tempDir();
    dir.write("guard/plugin.toml", folderToml("guard", 'provides = { hooks = ["command:before"] }'));
    dir.write("guard/main.ts", 'throw new Error("no guard today");');
    const run = await runWith(dir, ["-v"]);
    expect(run).toMatchObject({ stdout: "", exitCode: 2 });
    expect(run.stderr).toContain(
      `enit: cannot load plugin "guard" (${dir.join("guard/main.ts")}): 1:11: no guard today\n`,
    );
  });
});

// Only root can make files of other users, and only root has something to lose.
describe.if(process.geteuid?.() === 0)("as root, a plugin that someone else could have written", () => {
  test("is refused, and accepted once nobody else can write it", async () => {
    using dir = tempDir();
    const file = dir.write("shout.ts", SHOUT);
    chmodSync(file, 0o666);
    const refused = await runWith(dir, ["shout", "hi", "--json"]);
    expect(refused.exitCode).toBe(255);
    expect(refused.stderr).toContain(
      `warning: cannot load plugin "shout" (${file}): ${file} can be written by everyone. As root,`,
    );
    chmodSync(file, 0o644);
    expect(await runWith(dir, ["shout", "hi"])).toEqual({ stdout: "HI\n", stderr: "", exitCode: 0 });
  });

  test("is refused for its directory, for what it imports, and for the other side of a link", async () => {
    using dir = tempDir();
    dir.write("far/linked.ts", plugin("linked"));
    symlinkSync(dir.join("far/linked.ts"), dir.join("linked.ts"));
    chmodSync(dir.join("far"), 0o777);
    dir.write("importer.ts", `import "./lib/helper.ts";\n${plugin("importer")}`);
    const helper = dir.write("lib/helper.ts", "");
    chownSync(helper, NOBODY, 0);
    dir.write("tool/plugin.toml", folderToml("tool"));
    dir.write("tool/main.ts", plugin("tool"));
    chmodSync(dir.join("tool"), 0o770);
    const run = await runWith(dir, ["plugin", "list", "--json"]);
    const { data } = JSON.parse(run.stdout) as { data: { plugins: { name: string; reason?: string }[] } };
    const reasons = Object.fromEntries(data.plugins.map(({ name, reason }) => [name, reason?.split("): ")[1]]));
    expect(reasons).toMatchObject({
      linked: `${dir.join("far")} can be written by everyone`,
      importer: `${helper} belongs to user 65534, not to root`,
      tool: `${dir.join("tool")} can be written by its group`,
    });
  });
});

describe("hooks of plugins", () => {
  const watcher = (name: string, more = ""): string => `import { definePlugin } from "enit/plugin";
export default definePlugin({ name: "${name}", api: 1, ${more}
  setup: (ctx) => { ctx.log.info("${name} is set up"); return () => ctx.log.info("${name} is cleaned up"); },
  hooks: {
    "command:before": (ctx, { command }) => ctx.log.info("${name} before " + command),
    "command:after": (ctx, { command, outcome }) =>
      ctx.log.info("${name} after " + command + ": " + (outcome.ok ? JSON.stringify(outcome.data) : outcome.error.code)),
  } });\n`;

  test("fire around every command, in order, between set-up and clean-up", async () => {
    using dir = tempDir();
    dir.write("a.ts", watcher("a", 'enforce: "post",'));
    dir.write("b.ts", watcher("b"));
    dir.write("c/plugin.toml", folderToml("c", 'provides = { hooks = ["command:before", "command:after"] }'));
    dir.write("c/main.ts", watcher("c", 'enforce: "pre",'));
    const names = ["a", "b", "c"];
    const version = (await runEnit(["-v"])).stdout.trim();
    const run = await runWith(dir, ["-v"]);
    expect(run).toMatchObject({ stdout: `${version}\n`, exitCode: 0 });
    expect(run.stderr.trimEnd().split("\n")).toEqual([
      ...names.map((name) => `${name} is set up`),
      ...["c", "b", "a"].map((name) => `${name} before version`),
      ...["c", "b", "a"].map((name) => `${name} after version: {"version":"${version}"}`),
      ...["c", "b", "a"].map((name) => `${name} is cleaned up`),
    ]);
  });

  test("hear of the failure of a command", async () => {
    using dir = tempDir();
    dir.write("a.ts", watcher("a"));
    const run = await runWith(dir, ["term", dir.join("nothing")]);
    expect(run).toMatchObject({ stdout: "", exitCode: 3 });
    expect(run.stderr).toContain("a after term: file_unreadable\n");
  });

  test("stop the command by throwing, with one report that names plugin and hook; clean-up runs all the same", async () => {
    using dir = tempDir();
    dir.write("a.ts", watcher("a"));
    dir.write(
      "guard.ts",
      `import { EnitError, definePlugin } from "enit/plugin";
export default definePlugin({ name: "guard", api: 1, hooks: { "command:before": () => {
  throw new EnitError("closed", "cannot enter: it is closed", { kind: "unsupported", hint: "Come again." });
} } });`,
    );
    expect(await runWith(dir, ["-v"])).toEqual({
      stdout: "",
      stderr: [
        "a is set up",
        "a before version",
        "a after version: hook_failed",
        "a is cleaned up",
        'enit: cannot go on after "command:before" of the plugin "guard": cannot enter: it is closed',
        "Come again.",
        "",
      ].join("\n"),
      exitCode: 126,
    });
  });
});

test("neither .env nor bunfig.toml nor tsconfig.json nor package.json of the working directory is read", async () => {
  using dir = tempDir();
  dir.write(
    "plugins/env.ts",
    plugin("env").replace(/run: .*/, 'run: () => ({ value: process.env.SECRET ?? "none" }) } } });'),
  );
  dir.write("work/.env", "SECRET=leaked\nENIT_ROOT=/leaked\n");
  dir.write("work/bunfig.toml", 'preload = ["./preload.ts"]\n');
  dir.write("work/preload.ts", 'throw new Error("preloaded");');
  dir.write("work/tsconfig.json", '{"compilerOptions": {"paths": {"enit/plugin": ["./preload.ts"]}}}');
  dir.write("work/package.json", '{"imports": {"enit/plugin": "./preload.ts"}, "name": "enit"}');
  const run = await runEnit(["--root", dir.join("root"), "--plugin-dir", dir.join("plugins"), "env"], {
    cwd: dir.join("work"),
  });
  expect(run).toEqual({ stdout: "value: none\n", stderr: "", exitCode: 0 });
});

function folderToml(name: string, provides = `provides = { commands = ["${name}"] }`): string {
  return `name = "${name}"\nversion = "1.0"\napi = 1\nentry = "main.ts"\n${provides}\n`;
}
