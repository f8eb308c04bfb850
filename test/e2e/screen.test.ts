import { expect, test } from "bun:test";
import { runEnit } from "../support/run-enit.ts";
import { type TempDir, tempDir } from "../support/temp-dir.ts";
import { openShell, type Shell } from "../support/terminal.ts";

/** A stranger's plugin that takes the terminal over and shows the keys that it gets. */
const LIVE = `import { definePlugin } from "enit/plugin";
export default definePlugin({ name: "live", api: 1, commands: { live: {
  description: "Show keys",
  run: async (ctx) => {
    const screen = await ctx.openScreen({ hint: "Use a terminal." });
    if (screen === undefined) return { json: true };
    const leave = async () => await screen[Symbol.asyncDispose]();
    screen.draw(["ready", screen.ui.bold("x".repeat(500)), "\\u001b[2Jname"]);
    ctx.log.warn("a message that waits");
    for await (const event of screen.events) {
      if (event.kind === "resize") screen.draw(["resized"]);
      else if (event.key === "t") throw new Error("thrown");
      else if (event.key === "s") setTimeout(() => { throw new Error("stray"); });
      else if (event.key === "x") process.exit(7);
      else if (event.key === "q") break;
      else screen.draw(["key " + event.key]);
    }
    const left = leave();
    screen.draw(["too late"]);
    await left;
    screen.draw(["too late"]);
    return null;
  },
  render: (data) => data === null ? "done" : "json",
} } });\n`;

/** The terminal is as it was before. */
const LEFT = "\u001b[?25h\u001b[?1049l";

async function openLive(dir: TempDir): Promise<Shell> {
  dir.write("live.ts", LIVE);
  const terminal = openShell(dir.join("fifo"), ["--root", dir.join("root"), "--plugin-dir", dir.path, "live"], {});
  await terminal.until("\u001b[?1049h\u001b[?25l");
  await terminal.until("ready");
  return terminal;
}

test("a plugin draws lines and gets keys; messages wait until the terminal is free", async () => {
  using dir = tempDir();
  const terminal = await openLive(dir);
  // Lines are cut to 80 columns, and nothing in them moves the cursor.
  await terminal.until(`\u001b[1m${"x".repeat(80)}\u001b[22m`);
  await terminal.until("?[2Jname");
  terminal.type("k");
  await terminal.until("key k");
  terminal.type("\u001b[A");
  await terminal.until("key up");
  terminal.type("q");
  await terminal.until(LEFT);
  await terminal.until("a message that waits");
  await terminal.until("done");
  await terminal.ended(0);
  terminal.showSettings();
  expect(await terminal.exited).toBe(0);
  expect(terminal.screen()).not.toContain("too late");
  expect(terminal.screen().indexOf("a message")).toBeGreaterThan(terminal.screen().indexOf(LEFT));
});

test.each([
  ["t", "thrown", 10],
  ["s", "stray", 10],
  ["x", "", 7],
])("the terminal is restored when a plugin fails (%s)", async (key, message, exitCode) => {
  using dir = tempDir();
  const terminal = await openLive(dir);
  terminal.type(key);
  await terminal.until(LEFT);
  await terminal.ended(exitCode);
  expect(terminal.screen()).toContain(message);
  terminal.showSettings();
  await terminal.until(" icanon ");
  expect(await terminal.exited).toBe(exitCode);
});

test("without a terminal there is no screen, with --json none is wanted", async () => {
  using dir = tempDir();
  dir.write("live.ts", LIVE);
  const words = ["--root", dir.join("root"), "--plugin-dir", dir.path, "live"];
  expect(await runEnit(words)).toEqual({
    stdout: "",
    stderr: "enit: cannot show anything as it changes: standard output is no terminal\nUse a terminal.\n",
    exitCode: 255,
  });
  const dumb = openShell(dir.join("fifo"), words, { TERM: "dumb" });
  await dumb.until("cannot show anything as it changes: the terminal cannot do it (TERM is dumb)");
  await dumb.ended(255);
  dumb.showSettings();
  expect(await dumb.exited).toBe(255);
  expect(await runEnit([...words, "--json"])).toEqual({
    stdout: '{"ok":true,"data":{"json":true}}\n',
    stderr: "",
    exitCode: 0,
  });
});
