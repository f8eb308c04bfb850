import { expect, test } from "bun:test";
import { parseToml } from "../../src/release/index.ts";
import { failure } from "../support/failure.ts";

test("parseToml() reads values, tables and dotted keys", async () => {
  const { values } = await parseToml('a = "x"\nb.c = [1, "two"]\n[t."u v"]\nw = true\n', "enit.toml");
  expect(values).toEqual({ a: "x", b: { c: [1, "two"] }, t: { "u v": { w: true } } });
});

test("parseToml() names file, line and column of what it cannot read", async () => {
  const cases: [text: string, line: number, column: number][] = [
    ["a = 1\n[x\n", 2, 3],
    ["a =\n", 1, 4],
    ["a = 1\nb = 'x\n", 2, 7],
  ];
  for (const [text, line, column] of cases) {
    const error = await failure(parseToml(text, "enit.toml"));
    expect(error).toMatchObject({ code: "toml_syntax", kind: "input", data: { file: "enit.toml", line, column } });
    expect(error.message).toStartWith(`cannot read "enit.toml:${line}:${column}": `);
    expect(error.message).not.toContain("\n");
  }
});

test("parseToml() refuses a key that stands twice", async () => {
  expect((await failure(parseToml("a = 1\na = 2\n", "enit.toml"))).data).toMatchObject({ line: 2 });
});

test("parseToml() keeps a key that is named like a property of every object", async () => {
  const { values } = await parseToml('"__proto__" = 1\nconstructor = 2\n', "enit.toml");
  expect(Object.keys(values)).toEqual(["__proto__", "constructor"]);
  expect(Object.getPrototypeOf(values)).toBe(Object.prototype);
});

test("parseToml() tells where keys and tables stand", async () => {
  const text = 'a = 1\n\n[plugins.x]\n  b = 2\n[[list]]\n[ "odd.name" . y ]\nc.d = 3\n';
  const { positionOf } = await parseToml(text, "enit.toml");
  const at = (line: number, column: number) => ({ file: "enit.toml", line, column });
  expect(positionOf("a")).toEqual(at(1, 1));
  expect(positionOf("plugins", "x")).toEqual(at(3, 1));
  expect(positionOf("plugins", "x", "b")).toEqual(at(4, 3));
  expect(positionOf("list")).toEqual(at(5, 1));
  expect(positionOf("odd.name", "y", "c", "d")).toEqual(at(7, 1));
  expect(positionOf("b")).toBeUndefined();
});
