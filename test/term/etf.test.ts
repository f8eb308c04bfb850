import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { EnitError } from "../../src/error/index.ts";
import {
  type Term,
  atom,
  binary,
  decodeTerm,
  encodeTerm,
  equalTerms,
  exportFun,
  integer,
  list,
  map,
  tuple,
} from "../../src/term/index.ts";
import type { Oracle } from "../support/otp.ts";
import { bytesOf, evaluateList, termOracles, tupleOf } from "./oracles.ts";
import { pick, randomOf } from "./texts.ts";

// The oracles may have to share their cores.
setDefaultTimeout(60_000);

const oracles = await termOracles();
afterAll(async () => {
  for (const erl of oracles) await erl[Symbol.asyncDispose]();
});

/** The options that make `encodeTerm` write what this OTP writes. */
const formOf = (erl: Oracle) => ({ latin1Atoms: erl.otp.major < 26 });

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const u32 = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const utf8 = (text: string) => [...Buffer.from(text)];
const latin1 = (text: string) => [...Buffer.from(text, "latin1")];

/** A node name as an atom. */
const NODE = [100, 0, 3, ...latin1("a@b")];
const REMOTE_PID = [88, ...NODE, ...u32(1), ...u32(2), ...u32(3)];

/** Every form of every tag, and what stands at its limits, without the version byte. */
const FORMS: readonly (readonly [name: string, bytes: readonly number[]])[] = [
  ["SMALL_INTEGER_EXT", [97, 255]],
  ["INTEGER_EXT", [98, ...u32(0x8000_0000)]],
  ["INTEGER_EXT of a small one", [98, ...u32(7)]],
  ["FLOAT_EXT", [99, ...latin1("1.50000000000000000000e-03"), 0, 0, 0, 0, 0]],
  ["FLOAT_EXT of a negative one", [99, ...latin1("-2.50000000000000000000e+00"), 0, 0, 0, 0]],
  ["FLOAT_EXT of something else", [99, ...latin1("0x1p3"), ...Array<number>(26).fill(0)]],
  ["NEW_FLOAT_EXT", [70, 63, 248, 0, 0, 0, 0, 0, 0]],
  ["NEW_FLOAT_EXT of -0.0", [70, 128, 0, 0, 0, 0, 0, 0, 0]],
  ["NEW_FLOAT_EXT of infinity", [70, 127, 240, 0, 0, 0, 0, 0, 0]],
  ["NEW_FLOAT_EXT of NaN", [70, 127, 248, 0, 0, 0, 0, 0, 1]],
  ["ATOM_EXT", [100, 0, 2, 0xe4, 0x62]],
  ["ATOM_EXT of nothing", [100, 0, 0]],
  ["ATOM_EXT of 255", [100, 0, 255, ...Array<number>(255).fill(97)]],
  ["ATOM_EXT of 256", [100, 1, 0, ...Array<number>(256).fill(97)]],
  ["SMALL_ATOM_EXT", [115, 2, 0xff, 0x62]],
  ["ATOM_UTF8_EXT", [118, 0, 3, 0xe2, 0x82, 0xac]],
  ["ATOM_UTF8_EXT of 255 characters", [118, 3, 252, ...utf8("😀".repeat(255))]],
  ["ATOM_UTF8_EXT of 256 characters", [118, 4, 0, ...utf8("😀".repeat(256))]],
  ["ATOM_UTF8_EXT of 256 bytes", [118, 1, 0, ...utf8("ä".repeat(128))]],
  ["SMALL_ATOM_UTF8_EXT", [119, 2, 0xc3, 0xa4]],
  ["SMALL_ATOM_UTF8_EXT that is not UTF-8", [119, 1, 0xff]],
  ["SMALL_ATOM_UTF8_EXT of half a pair", [119, 3, 0xed, 0xa0, 0x80]],
  ["SMALL_ATOM_UTF8_EXT of a long form", [119, 2, 0xc0, 0x80]],
  ["PID_EXT", [103, ...NODE, ...u32(1), ...u32(2), 3]],
  ["NEW_PID_EXT", REMOTE_PID],
  ["NEW_PID_EXT on no atom", [88, 97, 1, ...u32(1), ...u32(2), ...u32(3)]],
  ["PORT_EXT", [102, ...NODE, ...u32(1), 3]],
  ["NEW_PORT_EXT", [89, ...NODE, ...u32(0xfff_ffff), ...u32(3)]],
  ["V4_PORT_EXT", [120, ...NODE, ...u32(1), ...u32(2), ...u32(3)]],
  ["V4_PORT_EXT of a small number", [120, ...NODE, ...u32(0), ...u32(2), ...u32(3)]],
  ["REFERENCE_EXT", [101, ...NODE, ...u32(7), 3]],
  ["NEW_REFERENCE_EXT", [114, 0, 3, ...NODE, 3, ...u32(1), ...u32(2), ...u32(3)]],
  ["NEWER_REFERENCE_EXT", [90, 0, 5, ...NODE, ...u32(9), ...u32(1), ...u32(2), ...u32(3), ...u32(4), ...u32(5)]],
  ["NEWER_REFERENCE_EXT of six words", [90, 0, 6, ...NODE, ...u32(9), ...Array<number>(24).fill(0)]],
  ["SMALL_TUPLE_EXT", [104, 2, 97, 1, 106]],
  ["SMALL_TUPLE_EXT of nothing", [104, 0]],
  ["LARGE_TUPLE_EXT", [105, ...u32(2), 97, 1, 106]],
  ["NIL_EXT", [106]],
  ["STRING_EXT", [107, 0, 2, 1, 255]],
  ["STRING_EXT of nothing", [107, 0, 0]],
  ["LIST_EXT", [108, ...u32(2), 97, 1, 100, 0, 1, 97, 106]],
  ["LIST_EXT of bytes", [108, ...u32(2), 97, 1, 97, 2, 106]],
  ["LIST_EXT with a tail", [108, ...u32(1), 97, 1, 97, 2]],
  ["LIST_EXT with a list as tail", [108, ...u32(1), 97, 1, 108, ...u32(1), 97, 2, 97, 3]],
  ["LIST_EXT with a string as tail", [108, ...u32(1), 97, 1, 107, 0, 1, 2]],
  ["LIST_EXT of nothing", [108, ...u32(0), 106]],
  ["LIST_EXT of nothing with a tail", [108, ...u32(0), 97, 1]],
  ["BINARY_EXT", [109, ...u32(3), 1, 2, 3]],
  ["BIT_BINARY_EXT", [77, ...u32(2), 3, 1, 255]],
  ["BIT_BINARY_EXT of whole bytes", [77, ...u32(1), 8, 255]],
  ["BIT_BINARY_EXT of nine bits", [77, ...u32(1), 9, 255]],
  ["BIT_BINARY_EXT of no bits", [77, ...u32(1), 0, 255]],
  ["SMALL_BIG_EXT", [110, 9, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ["SMALL_BIG_EXT of eight bytes", [110, 8, 0, 255, 255, 255, 255, 255, 255, 255, 255]],
  ["SMALL_BIG_EXT of a small one", [110, 2, 1, 5, 0]],
  ["SMALL_BIG_EXT of nothing", [110, 0, 0]],
  ["SMALL_BIG_EXT of minus zero", [110, 1, 1, 0]],
  ["LARGE_BIG_EXT", [111, ...u32(300), 0, ...Array<number>(300).fill(200)]],
  ["LARGE_BIG_EXT with zeros above", [111, ...u32(12), 1, 1, ...Array<number>(11).fill(0)]],
  ["EXPORT_EXT", [113, 100, 0, 1, 97, 100, 0, 1, 98, 97, 3]],
  ["EXPORT_EXT with a large form of its arity", [113, 100, 0, 1, 97, 100, 0, 1, 98, 98, ...u32(3)]],
  ["EXPORT_EXT without an arity", [113, 100, 0, 1, 97, 100, 0, 1, 98, 106]],
  ["MAP_EXT", [116, ...u32(1), 100, 0, 1, 98, 97, 1]],
  ["MAP_EXT of nothing", [116, ...u32(0)]],
  ["MAP_EXT with a key twice", [116, ...u32(2), 97, 1, 97, 2, 98, ...u32(1), 97, 2]],
  ["MAP_EXT with 1 and 1.0", [116, ...u32(2), 97, 1, 97, 2, 70, 63, 240, 0, 0, 0, 0, 0, 0, 97, 2]],
  ["MAP_EXT with a map twice as key", [116, ...u32(2), 116, ...u32(0), 97, 1, 116, ...u32(0), 97, 2]],
  ["the version byte inside", [131, 97, 1]],
  ["a tag that does not exist", [122, 0]],
];

describe.each(oracles.map((erl) => [erl.otp.major, erl] as const))("OTP %d", (otp, erl) => {
  test("encodeTerm() makes the same bytes of what decodeTerm() read", async () => {
    const written = await evaluateList(erl, `[term_to_binary(T) || T <- terms:generate(all, ${otp}, 2500)]`);
    const wrong = written
      .map(bytesOf)
      .filter((bytes) => hex(encodeTerm(decodeTerm(bytes), formOf(erl))) !== hex(bytes));
    expect(written.length).toBe(2500);
    expect(wrong.map(hex)).toEqual([]);
  });

  test("decodeTerm() reads or refuses every form as binary_to_term does", async () => {
    const inputs = FORMS.map(([, bytes]) => Uint8Array.of(131, ...bytes));
    const answers = await recode(erl, inputs);
    const wrong = FORMS.flatMap(([name], i) => {
      const ours = recodeHere(erl, inputs[i] as Uint8Array);
      return ours === answers[i] ? [] : [`${name}: OTP ${answers[i]}, we ${ours}`];
    });
    expect(answers.filter((answer) => answer !== "refused").length).toBeGreaterThan(50);
    expect(wrong).toEqual([]);
  });

  test("decodeTerm() reads or refuses changed bytes as binary_to_term does", async () => {
    const written = await evaluateList(erl, `[term_to_binary(T) || T <- terms:generate(data, ${otp + 100}, 4000)]`);
    const random = randomOf(otp);
    const changed = written.map((bytes) => change(random, bytesOf(bytes)));
    const answers = await recode(erl, changed);
    const wrong = changed.flatMap((bytes, i) => {
      const ours = recodeHere(erl, bytes);
      return ours === answers[i] ? [] : [`${hex(bytes)}: OTP ${answers[i]}, we ${ours}`];
    });
    expect(new Set(answers).size).toBeGreaterThan(200);
    expect(wrong).toEqual([]);
  });

  test("encodeTerm() writes what lies at the limits of each form as term_to_binary does", async () => {
    const terms: readonly (readonly [string, Term])[] = [
      ["lists:duplicate(65535, 7)", list(Array<Term>(65535).fill(integer(7)))],
      ["lists:duplicate(65536, 7)", list(Array<Term>(65536).fill(integer(7)))],
      ["[255, 256]", list([integer(255), integer(256)])],
      ["[1 | 2]", list([integer(1)], integer(2))],
      ["erlang:make_tuple(255, a)", tuple(...Array<Term>(255).fill(atom("a")))],
      ["erlang:make_tuple(256, a)", tuple(...Array<Term>(256).fill(atom("a")))],
      ["(1 bsl 2040) - 1", integer((1n << 2040n) - 1n)],
      ["-(1 bsl 2040)", integer(-(1n << 2040n))],
      ["1 bsl 31", integer(1n << 31n)],
      ["-(1 bsl 31)", integer(-(1n << 31n))],
      ["-(1 bsl 31) - 1", integer(-(1n << 31n) - 1n)],
      ["list_to_atom(lists:duplicate(255, 16#e4))", atom("ä".repeat(255))],
      ["list_to_atom(lists:duplicate(64, 16#1f600))", atom("😀".repeat(64))],
      ["fun lists:map/2", exportFun("lists", "map", 2)],
      ["#{a => 1}", map([[atom("a"), integer(1)]])],
    ];
    const written = await evaluateList(erl, `[term_to_binary(T) || T <- [${terms.map(([text]) => text).join(", ")}]]`);
    const ours = terms.map(([, term]) => hex(encodeTerm(term, formOf(erl))));
    expect(ours).toEqual(written.map((bytes) => hex(bytesOf(bytes))));
  });

  test("decodeTerm() reads what OTP compressed, and OTP what encodeTerm() compressed", async () => {
    const written = await evaluateList(
      erl,
      `T = terms:generate(data, 3, 300), [term_to_binary(T) | [term_to_binary(T, [{compressed, L}]) || L <- lists:seq(0, 9)]]`,
    );
    const [plain, ...compressed] = written.map(bytesOf);
    const term = decodeTerm(plain as Uint8Array);
    expect(compressed.map((bytes) => bytes[1])).toEqual([108, ...Array<number>(9).fill(80)]);
    expect(compressed.map((bytes) => equalTerms(decodeTerm(bytes), term))).toEqual(Array<boolean>(10).fill(true));

    const ours = [1, 6, 9].map((level) => encodeTerm(term, { compressed: level, ...formOf(erl) }));
    expect(ours.map((bytes) => bytes[1])).toEqual([80, 80, 80]);
    const read = await recode(erl, ours);
    expect(read).toEqual(Array<string>(3).fill(hex(plain as Uint8Array)));
  });

  test("encodeTerm() leaves uncompressed what would not get shorter, as OTP does", async () => {
    const terms = [atom("a"), binary(Uint8Array.from({ length: 100 }, (_, i) => (i * 89) & 255)), list([])];
    const input = encodeTerm(list(terms));
    const written = await evaluateList(erl, "[term_to_binary(T, [compressed]) || T <- Input]", input);
    expect(terms.map((term) => hex(encodeTerm(term, { compressed: 6, ...formOf(erl) })))).toEqual(
      written.map((bytes) => hex(bytesOf(bytes))),
    );
  });
});

/** What OTP makes of bytes: the bytes of the term that they are, in hexadecimal, or "refused". Trailing bytes are refused. */
async function recode(erl: Oracle, inputs: readonly Uint8Array[]): Promise<readonly string[]> {
  const answers = await evaluateList(
    erl,
    `[try binary_to_term(B, [used]) of
        {T, Used} when Used =:= byte_size(B) -> {ok, term_to_binary(T)};
        {_, _} -> {refused, trailing}
      catch error:badarg -> {refused, badarg}
      end || B <- Input]`,
    encodeTerm(list(inputs.map((bytes) => binary(bytes)))),
  );
  return answers.map((answer) => {
    const [verdict, bytes] = tupleOf(answer);
    return verdict?.kind === "atom" && verdict.name === "ok" ? hex(bytesOf(bytes)) : "refused";
  });
}

/** The same by our own means. */
function recodeHere(erl: Oracle, bytes: Uint8Array): string {
  try {
    return hex(encodeTerm(decodeTerm(bytes), formOf(erl)));
  } catch (error) {
    if (error instanceof EnitError) return "refused";
    throw error;
  }
}

/** Changes, takes out or puts in one to three bytes after the version byte. */
function change(random: (below: number) => number, bytes: Uint8Array): Uint8Array {
  let changed: readonly number[] = [...bytes];
  for (let i = random(3); i >= 0; i--) {
    const at = 1 + random(changed.length - 1);
    const byte = random(2) === 0 ? random(256) : pick(random, TAGS);
    changed = pick(random, [changed.with(at, byte), changed.toSpliced(at, 0, byte), changed.toSpliced(at, 1)]);
    if (changed.length < 3) break;
  }
  return Uint8Array.from(changed);
}

const TAGS = [
  70, 77, 82, 88, 89, 90, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 114, 115, 116, 118,
  119,
];
