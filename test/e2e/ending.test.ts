import { openSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "bun:test";
import { dirname, join } from "node:path";
import { ENIT, runEnit } from "../support/run-enit.ts";
import { type TempDir, tempDir } from "../support/temp-dir.ts";
import { Transcript } from "../support/transcript.ts";

/** A directory with the plugin whose commands end in every way. A copy: what root loads, root alone may write. */
function probeDir(): TempDir {
  const dir = tempDir();
  writeFileSync(dir.join("probe.ts"), readFileSync(join(import.meta.dir, "../fixtures/plugins/probe.ts")));
  return dir;
}

function probeArgs(dir: TempDir, ...args: string[]): string[] {
  return ["--root", dir.join("root"), "--plugin-dir", dir.path, "probe", ...args];
}

function probe(dir: TempDir, ...args: string[]) {
  return runEnit(probeArgs(dir, ...args));
}

describe("a command ends", () => {
  test("by printing a stream item by item, in JSON a line each", async () => {
    using dir = probeDir();
    const ended = { stderr: "cleaned up\n", exitCode: 0 };
    expect(await probe(dir, "stream")).toEqual({ stdout: "number 1\nnumber 2\nnumber 3\n", ...ended });
    expect(await probe(dir, "stream", "--count", "2", "--json")).toEqual({
      stdout: '{"ok":true,"data":{"number":1}}\n{"ok":true,"data":{"number":2}}\n',
      ...ended,
    });
    expect(await probe(dir, "stream", "--count=1", "--fail", "--json")).toEqual({
      stdout:
        '{"ok":true,"data":{"number":1}}\n{"ok":false,"error":{"code":"dried_up","message":"cannot read \\"stream\\": it has dried up","hint":null,"data":{}}}\n',
      stderr: 'cleaned up\nenit: cannot read "stream": it has dried up\n',
      exitCode: 3,
    });
  });

  test("by printing bytes as they are", async () => {
    using dir = probeDir();
    const bytes = Bun.spawn([ENIT, ...probeArgs(dir, "bytes", "--quiet")], { stdout: "pipe" });
    expect(await bytes.stdout.bytes()).toEqual(new Uint8Array([131, 131, 131, 131]));
    expect(await probe(dir, "bytes", "--json")).toMatchObject({
      stdout: '{"ok":true,"data":"g4ODgw=="}\n',
      exitCode: 0,
    });
  });

  test("by becoming another program in the same process, after clean-up, with three descriptors", async () => {
    using dir = probeDir();
    const script = "echo pid $$ probe $PROBE home $HOME; exec ls /proc/self/fd";
    const child = Bun.spawn([ENIT, ...probeArgs(dir, "become", "--", "/bin/sh", "-c", script)], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    expect({ stdout, stderr, exitCode: await child.exited }).toEqual({
      // The last one is the directory that ls reads.
      stdout: `pid ${child.pid} probe yes home\n0\n1\n2\n3\n`,
      stderr: "cleaned up\n",
      exitCode: 0,
    });
  });

  test("with a reason where there is no such program", async () => {
    using dir = probeDir();
    const { stdout, stderr, exitCode } = await probe(dir, "become", "/nowhere/at/all");
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 3 });
    expect(stderr).toStartWith('cleaned up\nenit: cannot run "/nowhere/at/all": there is no such file');
  });

  test("as a defect of its plugin, its stack shown to who asks for it", async () => {
    using dir = probeDir();
    const message = 'enit: cannot finish "probe defect": the door is a window\n';
    const hint = 'This is a defect of the plugin "probe"; --verbose shows where it happened.\n';
    expect(await probe(dir, "defect")).toEqual({ stdout: "", stderr: `cleaned up\n${message}${hint}`, exitCode: 10 });
    const verbose = await probe(dir, "defect", "--verbose");
    expect(verbose.exitCode).toBe(10);
    expect(verbose.stderr).toContain(
      `${message}${hint}TypeError: the door is a window\n    at run (${dir.join("probe.ts")}:`,
    );
    const json = await probe(dir, "defect", "--json");
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, error: { code: "defect", data: { plugin: "probe" } } });
  });

  test.each([
    ['throw new EnitError("odd", "cannot open: odd", { kind: "odd" })', 'finish "faulty": cannot open: odd'],
    ["throw new EnitError(5, 'cannot open: five')", 'finish "faulty": cannot open: five'],
    ["return () => 1", 'show the result of "faulty": run returned a function'],
    ["return [1].values()", 'show the result of "faulty": run returned an iterator'],
    ["const data = {}; data.data = data; return data", 'show the result of "faulty": JSON.stringify cannot serialize'],
  ])("as a defect of its plugin that no type checker has seen: %s", async (code, message) => {
    using dir = tempDir();
    dir.write(
      "faulty.js",
      `import { EnitError } from "enit/plugin";
export default { name: "faulty", api: 1, commands: { faulty: { description: "", run: () => { ${code}; } } } };`,
    );
    const { stdout, exitCode } = await runEnit(["--root", dir.path, "--plugin-dir", dir.path, "faulty", "--json"]);
    expect(exitCode).toBe(10);
    const document: unknown = JSON.parse(stdout);
    expect(document).toMatchObject({ ok: false, error: { code: "defect", data: { plugin: "faulty" } } });
    expect(document).toHaveProperty("error.message", expect.stringContaining(`cannot ${message}`));
  });

  test("with clean-up also where nobody waited for what failed", async () => {
    using dir = probeDir();
    const { stdout, stderr, exitCode } = await probe(dir, "defect", "--stray");
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 10 });
    expect(stderr).toStartWith("cleaned up\nenit: cannot go on: nobody waits\n");
  });
});

describe("a command is ended", () => {
  /** An enit that runs, what it says, and how it ends. */
  function spawnEnit(args: readonly string[]) {
    const child = Bun.spawn([ENIT, ...args], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
    const notes = new Transcript(child.stderr);
    const ending = async () => {
      const [stdout, stderr] = await Promise.all([child.stdout.text(), notes.whole()]);
      return { stdout, stderr, exitCode: await child.exited };
    };
    return { child, notes, ending };
  }

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("by %s, quietly and with clean-up", async (signal, exitCode) => {
    using dir = probeDir();
    const { child, notes, ending } = spawnEnit(probeArgs(dir, "wait"));
    await notes.until("waiting\n");
    child.kill(signal);
    expect(await ending()).toEqual({
      stdout: "",
      stderr: "waiting\naborted\ncleaned up\n",
      exitCode,
    });
  });

  test("by Ctrl-C also while the code of a plugin is loaded and waits for what never comes", async () => {
    using dir = tempDir();
    dir.write("stuck.js", 'console.log("loading"); setInterval(() => {}, 1000); await new Promise(() => {});');
    const { child, notes, ending } = spawnEnit(["--root", dir.path, "--plugin-dir", dir.path, "-v"]);
    // What it writes goes to standard error.
    await notes.until("loading\n");
    child.kill("SIGINT");
    expect(await ending()).toEqual({ stdout: "", stderr: "loading\n", exitCode: 130 });
  });

  test("at once by a second Ctrl-C where it does not listen to the first", async () => {
    using dir = probeDir();
    const { child, notes, ending } = spawnEnit(probeArgs(dir, "wait", "--deaf"));
    await notes.until("waiting\n");
    child.kill("SIGINT");
    await notes.until("aborted\n");
    child.kill("SIGINT");
    expect(await ending()).toEqual({ stdout: "", stderr: "waiting\naborted\n", exitCode: 130 });
  });

  test("quietly by a reader of its output that goes away", async () => {
    using dir = probeDir();
    const shell = `"$0" "$@" | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const child = Bun.spawn(
      ["bash", "-c", shell, ENIT, ...probeArgs(dir, "stream", "--count", "1000000000", "--quiet")],
      {
        stdout: "pipe",
        stderr: "pipe",
      },
    );
    const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    expect({ stdout, stderr }).toEqual({ stdout: "number 1\n141\n", stderr: "" });
  });

  test("with a reason by a disk that is full", async () => {
    using dir = probeDir();
    const child = Bun.spawn([ENIT, ...probeArgs(dir, "bytes")], { stdout: openSync("/dev/full", "w"), stderr: "pipe" });
    const stderr = await child.stderr.text();
    expect({ stderr, exitCode: await child.exited }).toEqual({
      stderr: 'cleaned up\nenit: cannot write "standard output": no space is left on the device\n',
      exitCode: 3,
    });
  });
});

describe("on a terminal", () => {
  /** Runs a command of the probe on a terminal of 100 columns, until it shows a word; gives all that it shows. */
  async function onTerminal(
    dir: TempDir,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    act?: { readonly at: string; readonly close: true },
  ): Promise<{ shown: string; exitCode: number }> {
    let shown = "";
    const child = Bun.spawn([ENIT, ...probeArgs(dir, ...args)], {
      env: { PATH: dirname("/bin/sh"), TERM: "xterm", ...env },
      terminal: {
        cols: 100,
        rows: 30,
        data: (terminal, data) => {
          shown += new TextDecoder().decode(data);
          if (act !== undefined && shown.includes(act.at)) terminal.close();
        },
      },
    });
    return { exitCode: await child.exited, shown };
  }

  test("data is coloured and fits it, and progress is shown and wiped", async () => {
    using dir = probeDir();
    const { shown, exitCode } = await onTerminal(dir, ["progress"]);
    expect(exitCode).toBe(0);
    expect(shown).toContain("[########################] 100% probing\r\u001b[K");
    expect(shown).toContain("\u001b[32mdone\u001b[39m 100\r\n");
  });

  test.each([{ NO_COLOR: "1" }, { TERM: "dumb" }])("with %j there is neither colour nor progress", async (env) => {
    using dir = probeDir();
    expect(await onTerminal(dir, ["progress"], env)).toEqual({ shown: "done 100\r\ncleaned up\r\n", exitCode: 0 });
  });

  test("that goes away a command ends as by SIGHUP", async () => {
    using dir = probeDir();
    const { exitCode } = await onTerminal(dir, ["wait"], {}, { at: "waiting", close: true });
    expect(exitCode).toBe(129);
  });
});
