/** Random texts that are terms, nearly terms, or no terms. The same seed gives the same texts. */

const TOKENS = [
  ..."{ } [ ] ( ) , | + - : / . # = < > #{ => << >> <<1>> {} [] {a,1} [b]".split(" "),
  ..."a 'b' 1 1.5 8 16#f $a fun m V integer and maybe".split(" "),
  '"s"',
  '~"x"',
  '"""\n a\n """',
  "%c\n",
  " ",
  "\n",
];
const TERMS = [
  '{a,[1,2|b],#{c=>"d"}}',
  '[<<1,"b":16/little>>,fun a:b/1,-1.5e3]',
  '{a,-(1),$b,\'c d\',"x" "y"}',
  '#{1=>{},[]=>~"q",<<>>=>16#ff}',
];
const SEGMENT_VALUES = (
  '1 -1 255 256 16#123456789abcdef0123 1.5 -0.0 "ab" "é" "ħ" "" <<1,2>> <<1:3>> (<<1,2,3>>) (1) -(1) $a ' +
  '"\\x{10ffff}" ~"z" ("x") 16#d7ff 1114111 1.0e300 a []'
).split(" ");
const SEGMENT_SIZES = ["", ..." :0 :1 :3 :8 :16 :32 :64 :12 :(4) :100 :7 :24 :(-1) :a".split(" ")];
const SEGMENT_TYPES = (
  "integer float binary bytes bits bitstring utf8 utf16 utf32 big little native signed unsigned " +
  "unit:1 unit:2 unit:8 unit:3 unit:16 unit:0 unit:257 foo"
).split(" ");

/** Up to seven tokens in any order. */
export function tokenTexts(seed: number, count: number): readonly string[] {
  const random = randomOf(seed);
  const token = () => pick(random, TOKENS) + pick(random, ["", "", " "]);
  return repeat(count, () => `${repeat(1 + random(7), token).join("")}.`);
}

/** Terms into which a token was put, or from which some characters were taken. */
export function mutatedTexts(seed: number, count: number): readonly string[] {
  const random = randomOf(seed);
  return repeat(count, () => {
    const text = pick(random, TERMS);
    const at = random(text.length + 1);
    const token = pick(random, ["", ...TOKENS]);
    return `${text.slice(0, at)}${token}${text.slice(at + random(4))}.`;
  });
}

/** Binaries of one or two segments with any value, size and types. */
export function segmentTexts(seed: number, count: number): readonly string[] {
  const random = randomOf(seed);
  const segment = () => {
    const types = repeat(pick(random, [0, 0, 1, 1, 2, 3]), () => pick(random, SEGMENT_TYPES));
    const suffix = types.length === 0 ? "" : `/${types.join("-")}`;
    return pick(random, SEGMENT_VALUES) + pick(random, SEGMENT_SIZES) + suffix;
  };
  return repeat(count, () => `<<${repeat(1 + random(2), segment).join(",")}>>.`);
}

/** A linear congruential generator: a function that gives integers below its argument. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor(((state >>> 8) / 0x100_0000) * below);
  };
}

export function pick<T>(random: (below: number) => number, from: readonly T[]): T {
  return from[random(from.length)] as T;
}

function repeat<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}
