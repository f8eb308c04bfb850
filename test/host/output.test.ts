import { describe, expect, test } from "bun:test";
import { EnitError } from "../../src/error/index.ts";
import { dataDocument, drawError, drawPlain, errorDocument } from "../../src/host/output/index.ts";
import { Console } from "../../src/host/output/console.ts";
import { makeProgress } from "../../src/host/output/progress.ts";
import { makeUi } from "../../src/host/output/ui.ts";
import { tempDir } from "../support/temp-dir.ts";

const ui = makeUi({ color: false, width: 40 });
const colored = makeUi({ color: true, width: 40 });

describe("ui", () => {
  test("table() aligns columns by what a terminal shows, and leaves no blanks at the ends of lines", () => {
    const rows = [
      ["cowboy", "2.1", 7],
      ["日本", undefined, null],
      ["é", "10.0.0", true],
    ];
    expect(ui.table(rows, ["NAME", "VERSION", "X"])).toBe(
      ["NAME    VERSION  X", "cowboy  2.1      7", "日本", "é       10.0.0   true"].join("\n"),
    );
    expect(colored.table([["a", colored.red("b"), "c"]], ["N", "LONG", "X"])).toBe(
      "\u001b[1mN\u001b[22m  \u001b[1mLONG\u001b[22m  \u001b[1mX\u001b[22m\na  \u001b[31mb\u001b[39m     c",
    );
  });

  test("fields() aligns values", () => {
    expect(ui.fields({ Release: "relex", Pid: 12 })).toBe("Release: relex\nPid:     12");
    expect(ui.fields([["A", undefined]])).toBe("A:");
  });

  test("list() and indent() keep further lines under the first", () => {
    expect(ui.list(["one", "two\nlines"])).toBe("* one\n* two\n  lines");
    expect(ui.indent("a\nb", 2)).toBe("  a\n  b");
  });

  test("tree() draws branches", () => {
    const nodes = [
      { label: "a", children: [{ label: "b", children: [{ label: "c" }] }, { label: "d" }] },
      { label: "e" },
    ];
    expect(ui.tree(nodes)).toBe("a\n|- b\n|  `- c\n`- d\ne");
  });

  test("wrap() breaks between words and indents what follows", () => {
    const text = "Show the commands, or one of them in full, with all of its flags";
    expect(ui.wrap(text, 4)).toBe("Show the commands, or one of them in\n    full, with all of its flags");
    expect(ui.wrap("")).toBe("");
  });

  test("colours only where it may", () => {
    expect([ui.red("x"), ui.bold(""), colored.red("x"), colored.bold("")]).toEqual([
      "x",
      "",
      "\u001b[31mx\u001b[39m",
      "",
    ]);
  });
});

describe("drawPlain()", () => {
  test.each([
    [undefined, ""],
    [null, ""],
    ["text", "text"],
    [12n, "12"],
    [false, "false"],
    [["a", 1], "* a\n* 1"],
    [[], ""],
    [
      [
        { name: "a", pid: 1 },
        { name: "bb", up: true },
      ],
      "name  pid  up\na     1\nbb         true",
    ],
    [
      { name: "relex", pid: null, apps: ["a", "b"], node: { up: true } },
      "name: relex\npid:\napps:\n  * a\n  * b\nnode:\n  up: true",
    ],
    [[{ deep: { x: 1 } }], "* deep:\n    x: 1"],
    [{ at: new Date(0), sizes: new Map([["a", 1]]) }, "at: 1970-01-01T00:00:00.000Z\nsizes:\n  a: 1"],
    [new Set(["a"]), "* a"],
  ])("draws %p", (data, expected) => {
    expect(drawPlain(data, ui)).toBe(expected);
  });

  test("leaves bytes as they are", () => {
    const bytes = new Uint8Array([131, 97, 1]);
    expect(drawPlain(bytes, ui)).toBe(bytes);
    expect(drawPlain({ bytes }, ui)).toBe("bytes:\n  g2EB");
  });
});

describe("JSON documents", () => {
  test("hold data, null where there is none", () => {
    expect(dataDocument({ a: [1] })).toBe('{"ok":true,"data":{"a":[1]}}\n');
    expect(dataDocument(undefined)).toBe('{"ok":true,"data":null}\n');
  });

  test("write what JSON does not know as docs/json.md says", () => {
    const data = {
      small: 12n,
      big: 2n ** 64n,
      negative: -(2n ** 53n),
      bytes: new Uint8Array([1, 255]),
      buffer: Buffer.from("hi"),
      map: new Map([["k", 1n]]),
      set: new Set(["x"]),
      left: undefined,
    };
    expect(JSON.parse(dataDocument(data))).toEqual({
      ok: true,
      data: {
        small: 12,
        big: "18446744073709551616",
        negative: "-9007199254740992",
        bytes: "Af8=",
        buffer: "aGk=",
        map: { k: 1 },
        set: ["x"],
      },
    });
  });

  test("hold errors with all their members", () => {
    const error = new EnitError("not_found", 'cannot find "x": it is gone', { hint: "Look.", data: { x: 1n } });
    expect(errorDocument(error)).toBe(
      '{"ok":false,"error":{"code":"not_found","message":"cannot find \\"x\\": it is gone","hint":"Look.","data":{"x":1}}}\n',
    );
    const data: Record<string, unknown> = {};
    data["itself"] = data;
    const circular: unknown = JSON.parse(errorDocument(new EnitError("c", "m", { data })));
    expect(circular).toEqual({ ok: false, error: { code: "c", message: "m", hint: null, data: {} } });
    expect(JSON.parse(errorDocument(new EnitError("c", "m")))).toEqual({
      ok: false,
      error: { code: "c", message: "m", hint: null, data: {} },
    });
  });
});

describe("drawError()", () => {
  const options = { program: "enit", verbose: false };

  test("shows message and hint", () => {
    const error = new EnitError("c", "cannot go: closed", { hint: "Open it." });
    expect(drawError(error, ui, options)).toBe("enit: cannot go: closed\nOpen it.\n");
  });

  test("shows the line of the source with a caret under the column, tabs and wide letters counted", () => {
    using dir = tempDir();
    const file = dir.write("x.app", 'first.\r\n\t{日, "x" y}.\r\n');
    const error = new EnitError("c", "cannot read", { data: { file, line: 2, column: 10 } });
    expect(drawError(error, ui, options)).toBe(`enit: cannot read\n2 | \t{日, "x" y}.\n    \t         ^\n`);
  });

  test.each([
    { file: "/nowhere", line: 1, column: 1 },
    { file: "/dev/null", line: 7, column: 1 },
    { file: 1, line: 1, column: 1 },
    { line: 1, column: 1 },
  ])("leaves the line out where there is none: %j", (data) => {
    expect(drawError(new EnitError("c", "cannot read", { data }), ui, options)).toBe("enit: cannot read\n");
  });

  test("shows stacks of the error and its causes to who asks for them", () => {
    const cause = new TypeError("deep down");
    const text = drawError(new EnitError("c", "cannot go", { cause }), ui, { ...options, verbose: true });
    expect(text).toStartWith("enit: cannot go\n");
    expect(text).toContain(import.meta.path);
    expect(text).toContain("caused by TypeError: deep down");
  });
});

test("a progress bar draws what was done on one line and wipes it at the end", () => {
  const notes: string[] = [];
  class Recorder extends Console {
    override note(text: string): void {
      notes.push(text);
    }
  }
  using progress = makeProgress(new Recorder(), "packing", { total: 4 }, 80);
  progress.update(1);
  progress.update(4, "packed");
  progress.end();
  progress.end();
  expect(notes).toEqual([
    "\r\u001b[K[######------------------]  25% packing",
    "\r\u001b[K[########################] 100% packed",
    "\r\u001b[K",
  ]);
});

test("a progress bar shows what came last, also if it came soon after the one before", async () => {
  const shown = Promise.withResolvers<void>();
  const notes: string[] = [];
  class Recorder extends Console {
    override note(text: string): void {
      notes.push(text);
      if (text.endsWith("starting c")) shown.resolve();
    }
  }
  using progress = makeProgress(new Recorder(), "starting", { total: 4 }, 80);
  progress.update(1, "starting a");
  progress.update(2, "starting b");
  progress.update(3, "starting c");
  await shown.promise;
  expect(notes).toEqual([
    "\r\u001b[K[######------------------]  25% starting a",
    "\r\u001b[K[##################------]  75% starting c",
  ]);
});
