import { describe, expect, test } from "bun:test";
import {
  type Term,
  atom,
  atomName,
  binary,
  bitstring,
  booleanValue,
  exportFun,
  float,
  integer,
  integerValue,
  isAtom,
  isBinary,
  isFloat,
  isInteger,
  isList,
  isMap,
  isNil,
  isPid,
  isReference,
  isTagged,
  isTuple,
  list,
  listElements,
  map,
  mapValue,
  nil,
  parseTerm,
  printTerm,
  propertyOf,
  string,
  stringValue,
  textValue,
  tuple,
} from "../../src/term/index.ts";

describe("constructors", () => {
  test("make what prints as it should", () => {
    const terms = [
      tuple(atom("a"), integer(-5), integer(1n << 70n), float(1), tuple()),
      list([integer(1), integer(2)], integer(3)),
      list([integer(1)], list([integer(2)])),
      list([integer(1)], list([integer(2)], atom("x"))),
      list([], atom("x").kind === "atom" ? nil : nil),
      string("aΩ"),
      binary("aΩ"),
      binary(Uint8Array.of(1, 2)),
      bitstring(Uint8Array.of(0xff), 3),
      map([[atom("b"), nil]]),
      exportFun("m", "f", 2),
    ];
    expect(terms.map((term) => printTerm(term, { format: "tw" }))).toEqual([
      "{a,-5,1180591620717411303424,1.0,{}}",
      "[1,2|3]",
      "[1,2]",
      "[1,2|x]",
      "[]",
      "[97,937]",
      "<<97,206,169>>",
      "<<1,2>>",
      "<<7:3>>",
      "#{b => []}",
      "fun m:f/2",
    ]);
  });

  test("make one object of one atom and of one small integer", () => {
    expect(atom("once")).toBe(atom("once"));
    expect(integer(7)).toBe(integer(7n));
  });

  test("clear the bits of a bitstring that do not count, and leave the caller's bytes alone", () => {
    const bytes = Uint8Array.of(0xff);
    expect(bitstring(bytes, 3).bytes).toEqual(Uint8Array.of(0xe0));
    expect(bytes[0]).toBe(0xff);
  });

  test.each<[string, () => Term]>([
    ["cannot make atom: it is longer than 255 characters", () => atom("😀".repeat(256))],
    ["cannot make atom: its name holds half of a surrogate pair", () => atom("\ud800")],
    ["cannot make integer: 1.5 is not a safe integer", () => integer(1.5)],
    ["cannot make integer: 9007199254740992 is not a safe integer", () => integer(2 ** 53)],
    ["cannot make float: NaN is not finite", () => float(Number.NaN)],
    ["cannot make float: Infinity is not finite", () => float(Number.POSITIVE_INFINITY)],
    ["cannot make bitstring: the last of 1 bytes cannot have 9 bits", () => bitstring(Uint8Array.of(1), 9)],
    ["cannot make bitstring: the last of 0 bytes cannot have 1 bits", () => bitstring(Uint8Array.of(), 1)],
    ["cannot make list: an improper list needs an element before its tail", () => list([], atom("a"))],
  ])("%s", (message, make) => {
    expect(make).toThrow(message);
  });

  test("take an atom of 255 characters beyond the first plane", () => {
    expect(atom("😀".repeat(255)).name.length).toBe(510);
  });
});

describe("questions", () => {
  const terms = [
    ...["a", "1", "1.0", "<<1>>", "<<1:1>>", "{}", "{a, 1}", "[]", "[1]", "[1 | 2]", "#{}"].map((text) =>
      parseTerm(text),
    ),
    { kind: "pid", node: "n", id: 1, serial: 0, creation: 0 },
    { kind: "reference", node: "n", words: [1], creation: 0 },
  ] as const satisfies readonly Term[];
  const whichAre = (question: (term: Term) => boolean) =>
    terms.filter((term) => question(term)).map((term) => printTerm(term));

  test("tell the kinds of terms apart", () => {
    expect(whichAre((term) => isAtom(term))).toEqual(["a"]);
    expect(whichAre(isInteger)).toEqual(["1"]);
    expect(whichAre(isFloat)).toEqual(["1.0"]);
    expect(whichAre(isBinary)).toEqual(["<<1>>"]);
    expect(whichAre((term) => isTuple(term))).toEqual(["{}", "{a,1}"]);
    expect(whichAre(isList)).toEqual(["[]", "[1]"]);
    expect(whichAre(isNil)).toEqual(["[]"]);
    expect(whichAre(isMap)).toEqual(["#{}"]);
    expect(whichAre(isPid)).toEqual(["<0.1.0>"]);
    expect(whichAre(isReference)).toEqual(["#Ref<0.1>"]);
  });

  test("ask for names and sizes", () => {
    expect(whichAre((term) => isAtom(term, "b"))).toEqual([]);
    expect(whichAre((term) => isTuple(term, 2))).toEqual(["{a,1}"]);
    expect(whichAre((term) => isTagged(term, "a"))).toEqual(["{a,1}"]);
    expect(whichAre((term) => isTagged(term, "a", 3))).toEqual([]);
    expect(isAtom(undefined)).toBe(false);
  });

  test("give values", () => {
    const read = (text: string) => parseTerm(text);
    expect(
      ['"aΩ"', "[]", "[1114112]", "[55296]", "[a]", "[$a | b]", "<<1>>"].map((text) => stringValue(read(text))),
    ).toEqual(["aΩ", "", ...Array<undefined>(5).fill(undefined)]);
    expect(['"s"', "at", '<<"Ω"/utf8>>', "<<255>>", "1"].map((text) => textValue(read(text)))).toEqual([
      "s",
      "at",
      "Ω",
      undefined,
      undefined,
    ]);
    expect(["5", "-9007199254740991", "9007199254740992", "1.0"].map((text) => integerValue(read(text)))).toEqual([
      5,
      -9007199254740991,
      undefined,
      undefined,
    ]);
    expect(["true", "false", "maybe"].map((text) => booleanValue(read(text)))).toEqual([true, false, undefined]);
    expect([atomName(read("x")), atomName(read('"x"'))]).toEqual(["x", undefined]);
    expect([listElements(read("[1]"))?.length, listElements(read("[1 | 2]"))]).toEqual([1, undefined]);
  });

  test("find properties", () => {
    const properties = parseTerm('[x, {a, 1, 2}, {a, 1}, {a, 2}, {<<"b">>, 3}]');
    expect(integerValue(propertyOf(properties, "a"))).toBe(1);
    expect(propertyOf(properties, "b")).toBeUndefined();
    expect(propertyOf(parseTerm("a"), "a")).toBeUndefined();
    expect(integerValue(mapValue(parseTerm('#{"a" => 1, a => 2}'), "a"))).toBe(2);
    expect(mapValue(parseTerm("#{}"), "a")).toBeUndefined();
    expect(mapValue(parseTerm("[]"), "a")).toBeUndefined();
  });
});
