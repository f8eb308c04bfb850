import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { readTermFile, writeFileAtomically, writeFilesAtomically, writeTermFile } from "../../src/otp/index.ts";
import { atom, list, string, tuple } from "../../src/term/index.ts";
import { oracle, systemOtp } from "../support/otp.ts";
import { tempDir } from "../support/temp-dir.ts";
import { refusal } from "./support.ts";

describe("writeFileAtomically()", () => {
  test("replaces a file and leaves nothing beside it", () => {
    using dir = tempDir();
    const file = dir.write("a", "old");
    writeFileAtomically(file, "new", 0o600);
    expect(readFileSync(file, "utf8")).toBe("new");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(dir.path)).toEqual(["a"]);
  });

  test("says why it cannot write, and leaves nothing", () => {
    using dir = tempDir();
    const missing = refusal(() => writeFileAtomically(dir.join("none/a"), ""));
    expect(missing).toMatchObject({ code: "file_unwritable", kind: "io", data: { reason: "ENOENT" } });
    expect(missing.message).toBe(`cannot write "${dir.join("none/a")}": its directory does not exist`);
    mkdirSync(dir.join("taken"));
    expect(refusal(() => writeFileAtomically(dir.join("taken"), "")).message).toContain("it is a directory");
    expect(readdirSync(dir.path)).toEqual(["taken"]);
  });
});

test("writeFilesAtomically() changes none of the files if one cannot be written", () => {
  using dir = tempDir();
  const file = dir.write("a", "old");
  expect(() =>
    writeFilesAtomically([
      { path: file, content: "new" },
      { path: dir.join("none/b"), content: "" },
    ]),
  ).toThrow("none/b");
  expect(readFileSync(file, "utf8")).toBe("old");
  expect(readdirSync(dir.path)).toEqual(["a"]);
});

describe("readTermFile()", () => {
  test("gives the terms, and where they begin", () => {
    using dir = tempDir();
    const file = dir.write("a.config", "%% a comment\n[{a,\n  {b}}].\n {c}.");
    const { terms, positionOf } = readTermFile(file);
    expect(terms.map(positionOf)).toEqual([
      { file, line: 2, column: 1 },
      { file, line: 4, column: 2 },
    ]);
  });

  test("tells a file that is not there from one that cannot be read", () => {
    using dir = tempDir();
    expect(refusal(() => readTermFile(dir.join("none")))).toMatchObject({ code: "file_not_found", kind: "io" });
    expect(refusal(() => readTermFile(dir.path))).toMatchObject({ code: "file_unreadable", kind: "io" });
    chmodSync(dir.write("closed", ""), 0);
    if (process.getuid?.() !== 0) expect(() => readTermFile(dir.join("closed"))).toThrow("permission denied");
  });
});

test("writeTermFile() writes what file:consult/1 reads, beyond Latin-1 too", async () => {
  using dir = tempDir();
  await using vm = await oracle(systemOtp());
  const file = dir.join("a.config");
  writeTermFile(file, list([tuple(atom("\u043f"), string("\u263a"), string("\u00e9"))]));
  expect(await vm.text(`{ok, Terms} = file:consult("${file}"), Terms`)).toBe("[[{'\u043f',[9786],\"\u00e9\"}]]");
});
