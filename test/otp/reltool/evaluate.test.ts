import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { EnitError } from "../../../src/error/index.ts";
import { type SpecItem, evaluateSpec } from "../../../src/otp/reltool/index.ts";
import { type TempDir, tempDir } from "../../support/temp-dir.ts";

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

describe("evaluateSpec()", () => {
  test("refuses a target that is no directory", async () => {
    using dir = tempDir();
    const made = evaluateSpec([], { sourceDir: dir.path, targetDir: dir.join("nowhere") });
    expect(await codeOf(made)).toBe("target_dir_missing");
  });

  test("gives a copy what its source may do, and what a file in its place could do already", async () => {
    using dir = makeSource();
    dir.write("target/run.sh", "before");
    chmodSync(dir.join("target/run.sh"), 0o600);
    chmodSync(dir.join("source/run.sh"), 0o555);
    chmodSync(dir.join("source/a.txt"), 0o400);
    await evaluate(dir, [
      { kind: "copy_file", name: "run.sh" },
      { kind: "copy_file", name: "a.txt" },
    ]);
    const fresh = statSync(dir.write("fresh", "")).mode & 0o777;
    expect(modeOf(dir, "run.sh")).toBe(0o755);
    expect(modeOf(dir, "a.txt")).toBe(0o400 | fresh);
    expect(readFileSync(dir.join("target/run.sh"), "utf8")).toBe("#!/bin/sh\n");
  });

  test("takes files of a directory with a source of its own from there, whatever is around it", async () => {
    using dir = makeSource();
    dir.write("elsewhere/inner/b.txt", "b");
    const inner: SpecItem = { kind: "create_dir", name: "inner", items: [{ kind: "copy_file", name: "b.txt" }] };
    const named: SpecItem = { kind: "copy_file", name: "c.txt", source: "inner/b.txt" };
    await evaluate(dir, [
      { kind: "create_dir", name: "lib/x-1", source: dir.join("elsewhere"), items: [inner, named] },
    ]);
    expect(readFileSync(dir.join("target/lib/x-1/inner/b.txt"), "utf8")).toBe("b");
    expect(readFileSync(dir.join("target/lib/x-1/c.txt"), "utf8")).toBe("b");
  });

  test("leaves nothing behind when a file is missing", async () => {
    using dir = makeSource();
    dir.write("target/mine.txt", "mine");
    const made = evaluate(dir, [
      { kind: "create_dir", name: "a/b/c", items: [{ kind: "write_file", name: "x", content: text("x") }] },
      { kind: "create_dir", name: "d", items: [{ kind: "copy_file", name: "gone", source: "gone" }] },
    ]);
    expect(await codeOf(made)).toBe("file_not_found");
    expect(readdirSync(dir.join("target"))).toEqual(["mine.txt"]);
  });

  test("leaves nothing behind when it cannot write", async () => {
    using dir = makeSource();
    dir.write("target/blocked", "a file where a directory should be");
    const made = evaluate(dir, [
      { kind: "write_file", name: "x", content: text("x") },
      { kind: "create_dir", name: "blocked", items: [] },
    ]);
    expect(await codeOf(made)).toBe("file_unwritable");
    expect(existsSync(dir.join("target/x"))).toBe(false);
  });

  test("stops at a signal, and leaves nothing behind", async () => {
    using dir = makeSource();
    const stop = new AbortController();
    const files = Array.from({ length: 500 }, (_, at): SpecItem => ({
      kind: "write_file",
      name: `${at}`,
      content: text("x"),
    }));
    let made = 0;
    const work = evaluateSpec([{ kind: "create_dir", name: "many", items: files }], {
      sourceDir: dir.join("source"),
      targetDir: dir.join("target"),
      signal: stop.signal,
      onFile: (count) => {
        made = count;
        if (count === 100) stop.abort(new Error("enough"));
      },
    });
    await expect(work).rejects.toThrow("enough");
    expect(made).toBeLessThan(500);
    expect(readdirSync(dir.join("target"))).toEqual([]);
  });

  test("refuses options of archives that would make none here", async () => {
    using dir = makeSource();
    const { parseTerm } = await import("../../../src/term/index.ts");
    for (const option of ["memory", '{cwd, "/"}', "{compress, some}", "{size, 1}"]) {
      const made = evaluate(dir, [{ kind: "archive", name: "x.ez", options: [parseTerm(option)], items: [] }]);
      expect(await codeOf(made)).toBe("archive_option");
    }
  });

  test("makes the same archive from the same input", async () => {
    using dir = makeSource();
    const archive: SpecItem = {
      kind: "archive",
      name: "x.ez",
      options: [],
      items: [{ kind: "copy_file", name: "a.txt" }],
    };
    await evaluate(dir, [archive, { ...archive, name: "y.ez" }]);
    expect(readFileSync(dir.join("target/x.ez")).equals(readFileSync(dir.join("target/y.ez")))).toBe(true);
  });
});

function makeSource(): TempDir {
  const dir = tempDir();
  mkdirSync(dir.join("target"));
  dir.write("source/run.sh", "#!/bin/sh\n");
  dir.write("source/a.txt", "a");
  return dir;
}

function evaluate(dir: TempDir, items: readonly SpecItem[]): Promise<void> {
  return evaluateSpec(items, { sourceDir: dir.join("source"), targetDir: dir.join("target") });
}

function modeOf(dir: TempDir, name: string): number {
  return statSync(dir.join("target", name)).mode & 0o777;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof EnitError) return error.code;
    throw error;
  }
  return "nothing is wrong";
}
