import { MAX_INTEGER_BYTES } from "../limits.ts";
import { digitValue, isDigit } from "./characters.ts";
import type { Dialect } from "./dialect.ts";
import type { Source } from "./source.ts";

const DOT = 0x2e;
const HASH = 0x23;
const UNDERSCORE = 0x5f;

/** Where even a float of base 2 has ended. */
const MAX_EXPONENT = 1100;

export interface ScannedNumber {
  readonly value: bigint | number;
  readonly end: number;
}

/** Scans an integer or a float at `start`, where a digit stands: `1_000`, `16#ff`, `1.5e-3`, `16#f.8#e2`. */
export function scanNumber(source: Source, start: number, dialect: Dialect): ScannedNumber {
  const { text } = source;
  const whole = digitsEnd(text, start, 10);
  if (text.charCodeAt(whole) === HASH) return scanBased(source, start, whole, dialect);
  if (text.charCodeAt(whole) !== DOT || !isDigit(text.charCodeAt(whole + 1))) {
    return { value: toInteger(source, start, whole, 10), end: whole };
  }
  let end = digitsEnd(text, whole + 1, 10);
  const exponent = exponentEnd(text, end);
  if (exponent !== undefined) end = exponent;
  return { value: finite(source, start, Number(text.slice(start, end).replaceAll("_", ""))), end };
}

function scanBased(source: Source, start: number, hash: number, dialect: Dialect): ScannedNumber {
  const { text } = source;
  const base = Number(text.slice(start, hash).replaceAll("_", ""));
  if (base < 2 || base > 36)
    throw source.error(start, `the base of a number is 2 to 36, not ${text.slice(start, hash)}`);
  const end = digitsEnd(text, hash + 1, base);
  const empty = end === hash + 1;
  // OTP reads 16#.8, but not 10#.8.
  if (
    dialect.basedFloats &&
    !(empty && base === 10) &&
    text.charCodeAt(end) === DOT &&
    digitValue(text.charCodeAt(end + 1)) < base
  ) {
    return scanBasedFloat(source, start, hash, base, end);
  }
  if (empty) throw source.error(start, `a digit of base ${base} is missing after "#"`);
  return { value: toInteger(source, hash + 1, end, base), end };
}

function scanBasedFloat(source: Source, start: number, hash: number, base: number, dot: number): ScannedNumber {
  const { text } = source;
  const whole = text.slice(hash + 1, dot).replaceAll("_", "");
  let end = digitsEnd(text, dot + 1, base);
  const fraction = text.slice(dot + 1, end).replaceAll("_", "");
  let exponent = 0;
  if (text.charCodeAt(end) === HASH) {
    const exponentStart = end + 1;
    const exponentStop = exponentEnd(text, exponentStart);
    if (exponentStop === undefined) throw source.error(start, 'the exponent is missing after "#" in a float');
    exponent = Number(text.slice(exponentStart + 1, exponentStop).replaceAll("_", ""));
    end = exponentStop;
  }
  if (base === 10) return { value: finite(source, start, Number(`${whole}.${fraction}e${exponent}`)), end };
  const places = fraction.replace(/(?!^)0+$/, "");
  const mantissa = Number(parseDigits(source, start, whole + places, base));
  return { value: finite(source, start, mantissa * power(base, exponent - places.length)), end };
}

function finite(source: Source, start: number, value: number): number {
  if (Number.isFinite(value)) return value;
  throw source.error(start, "the float is too large");
}

/** The double next to a power. JavaScript's own multiplies step by step, and rounds each time. */
function power(base: number, exponent: number): number {
  if (exponent > MAX_EXPONENT) return Number.POSITIVE_INFINITY;
  return exponent < 0 ? base ** exponent : Number(BigInt(base) ** BigInt(exponent));
}

/** Where digits of this base end; a single underscore may stand between two of them. */
function digitsEnd(text: string, start: number, base: number): number {
  let at = start;
  if (!(digitValue(text.charCodeAt(at)) < base)) return at;
  at++;
  for (;;) {
    const code = text.charCodeAt(at);
    if (digitValue(code) < base) at++;
    else if (code === UNDERSCORE && digitValue(text.charCodeAt(at + 1)) < base) at += 2;
    else return at;
  }
}

/** Where an exponent `e+5` that begins at `start` ends; `undefined` if there is none. */
function exponentEnd(text: string, start: number): number | undefined {
  if (text[start] !== "e" && text[start] !== "E") return undefined;
  const digits = text[start + 1] === "+" || text[start + 1] === "-" ? start + 2 : start + 1;
  const end = digitsEnd(text, digits, 10);
  return end === digits ? undefined : end;
}

function toInteger(source: Source, start: number, end: number, base: number): bigint {
  return parseDigits(source, start, source.text.slice(start, end).replaceAll("_", ""), base);
}

function parseDigits(source: Source, offset: number, digits: string, base: number): bigint {
  if (digits.length * Math.log2(base) > MAX_INTEGER_BYTES * 8) {
    throw source.error(offset, `the integer takes more than ${MAX_INTEGER_BYTES} bytes`);
  }
  if (base === 10) return BigInt(digits);
  if (base === 16) return BigInt(`0x${digits}`);
  return parseHalves(digits, base);
}

/** Halving keeps the cost of long numbers close to that of one multiplication. */
function parseHalves(digits: string, base: number): bigint {
  if (digits.length <= 10) return BigInt(Number.parseInt(digits, base));
  const right = digits.length >> 1;
  const left = digits.length - right;
  return (
    parseHalves(digits.slice(0, left), base) * BigInt(base) ** BigInt(right) + parseHalves(digits.slice(left), base)
  );
}
