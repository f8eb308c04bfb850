import { symlinkSync } from "node:fs";
import { describe, expect, test } from "bun:test";
import { version } from "../../package.json";
import { ENIT, runEnit } from "../support/run-enit.ts";
import { tempDir } from "../support/temp-dir.ts";

/** Runs enit in an empty root, so that what this machine has plays no part. */
async function run(...args: string[]) {
  using dir = tempDir();
  return await runEnit(["--root", dir.path, ...args]);
}

describe("a command line", () => {
  test("without a command shows the usage", async () => {
    const usage = await run();
    expect(usage).toMatchObject({ stderr: "", exitCode: 0 });
    expect(usage.stdout).toStartWith("Usage: enit COMMAND [ARGUMENTS]\n\nRun releases:\n  start  ");
    expect(await run("help")).toEqual(usage);
    expect(await run("-h")).toEqual(usage);
    expect(await run("--help")).toEqual(usage);
  });

  test.each([["-v"], ["-V"], ["--version"], ["version"], ["status --version"]])(
    "of %s shows the version",
    async (words) => {
      expect(await run(...words.split(" "))).toEqual({ stdout: `${version}\n`, stderr: "", exitCode: 0 });
    },
  );

  test("takes the host's flags before and behind the command", async () => {
    const document = { stdout: `{"ok":true,"data":{"version":"${version}"}}\n`, stderr: "", exitCode: 0 };
    expect(await run("--json", "version")).toEqual(document);
    expect(await run("version", "--json")).toEqual(document);
  });

  test.each([
    [["stauts"], 'cannot run "enit": there is no command "stauts"', "Did you mean status?"],
    [["frozzle"], 'cannot run "enit": there is no command "frozzle"', '"enit help" shows what it takes.'],
    [["plugin"], 'cannot run "plugin": one of list, types is missing', '"enit help plugin" shows what it takes.'],
    [["plugin", "lits"], 'cannot run "enit": there is no command "plugin lits"', "Did you mean plugin list?"],
    [["--jsn", "list"], 'cannot run "enit": there is no flag --jsn', "Did you mean --json?"],
    [["term", "--too", "json"], 'cannot run "term": there is no flag --too', "Did you mean --to?"],
    [["term", "--to"], 'cannot run "term": --to needs a value', '"enit help term" shows what it takes.'],
    [
      ["term", "--to", "xml"],
      'cannot run "term": --to must be one of text, etf, json, not "xml"',
      '"enit help term" shows what it takes.',
    ],
    [["term", "a", "b"], 'cannot run "term": "b" is one argument too many', '"enit help term" shows what it takes.'],
    [["script"], 'cannot run "script": NAME.rel is missing', '"enit help script" shows what it takes.'],
    [["list", "--root"], 'cannot run "list": --root needs a value', '"enit help list" shows what it takes.'],
    [["help", "stauts"], 'cannot explain "stauts": no such command', "Did you mean status?"],
  ])("of %j is refused", async (args, message, hint) => {
    expect(await run(...args)).toEqual({ stdout: "", stderr: `enit: ${message}\n${hint}\n`, exitCode: 255 });
  });

  test("that is refused gives its error as JSON too, wherever the flag stands", async () => {
    for (const args of [
      ["--json", "stauts"],
      ["stauts", "--json"],
    ]) {
      const { stdout, exitCode } = await run(...args);
      expect(exitCode).toBe(255);
      expect(JSON.parse(stdout)).toEqual({
        ok: false,
        error: {
          code: "unknown_command",
          message: 'cannot run "enit": there is no command "stauts"',
          hint: "Did you mean status?",
          data: { command: "stauts", nearest: "status" },
        },
      });
    }
  });

  test("explains each command in full", async () => {
    const explained = await run("term", "--help");
    expect(explained).toMatchObject({ stderr: "", exitCode: 0 });
    expect(await run("help", "term")).toEqual(explained);
    expect(await run("term", "-h", "--to", "json")).toEqual(explained);
    expect(explained.stdout).toContain("Usage: enit term [FILE] [FLAGS]\n");
    expect(explained.stdout).toContain("  FILE  The file to read; - is standard input (default: -)\n");
    expect(explained.stdout).toContain("  --to text|etf|json    What to print (default: text)\n");
    expect(explained.stdout).toContain("  enit term sys.config --to json\n      print a configuration as JSON\n");
  });

  test("explains a family of commands", async () => {
    const family = await run("plugin", "--help");
    expect(family).toMatchObject({ stderr: "", exitCode: 0 });
    expect(family.stdout).toContain("\n\nenit itself:\n  plugin list   List plugins");
    expect(await run("help", "plugin")).toEqual(family);
  });

  test("fits 80 columns where there is no terminal", async () => {
    for (const args of [["help"], ["help", "script"], ["help", "term"]]) {
      const { stdout } = await run(...args);
      expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
      expect(stdout).not.toContain("\u001b");
    }
  });
});

test("the name knit stands for knit-build, and bad usage ends with 1 as its users know it", async () => {
  using dir = tempDir();
  symlinkSync(ENIT, dir.join("knit"));
  const options = { program: dir.join("knit"), cwd: dir.path };
  expect(await runEnit(["--frozzle"], options)).toEqual({
    stdout: "",
    stderr: 'knit: cannot run "knit-build": there is no flag --frozzle\n"knit -h" shows what it takes.\n',
    exitCode: 1,
  });
  expect((await runEnit(["-h"], options)).stdout).toContain("\nUsage: knit [NAME=VALUE...]");
  const build = await runEnit([], options);
  expect(build).toMatchObject({ stdout: "", exitCode: 2 });
  expect(build.stderr).toStartWith(`knit: cannot build a release in "${dir.path}"`);
});

test("enit.toml is read where it exists; what it does not know is a warning with the nearest name", async () => {
  using dir = tempDir();
  dir.write("etc/enit/enit.toml", 'state_dri = "/tmp"\n');
  expect(await runEnit(["--root", dir.path, "-v"])).toEqual({
    stdout: `${version}\n`,
    stderr: `warning: ${dir.join("etc/enit/enit.toml")}:1:1: "state_dri" is no setting. Did you mean "state_dir"?\n`,
    exitCode: 0,
  });
});

test("an enit.toml that does not parse is shown with its line", async () => {
  using dir = tempDir();
  const file = dir.write("etc/enit/enit.toml", 'a = 1\nstate_dir = = "/tmp"\n');
  const { stdout, stderr, exitCode } = await runEnit(["--root", dir.path, "-v"]);
  expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
  expect(stderr).toStartWith(`enit: cannot read "${file}:2:13": `);
  expect(stderr).toContain('\n2 | state_dir = = "/tmp"\n                ^\n');
});
