/** From here on not every integer is a float, and OTP writes an exponent. */
const EXACT_INTEGERS_END = 2 ** 53;

/** Writes a float with the fewest digits that read back as it, in the shorter of both notations: `0.001`, `1.0e-4`. */
export function writeFloat(value: number): string {
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  if (value < 0) return `-${writeFloat(-value)}`;
  // What has a fraction and no leading zeros behind the point is never longer this way, and most floats are such.
  if (value >= 0.1 && value < EXACT_INTEGERS_END && !Number.isInteger(value)) return String(value);
  const [mantissa = "", exponentText = "0"] = value.toExponential().split("e");
  const digits = mantissa.replace(".", "");
  const exponent = Number(exponentText);
  const scientific = `${digits.slice(0, 1)}.${digits.slice(1) || "0"}e${exponent}`;
  if (value >= EXACT_INTEGERS_END) return scientific;
  const decimal = writeDecimal(digits, exponent + 1);
  return decimal.length <= scientific.length ? decimal : scientific;
}

/** Writes digits with the decimal point after the first `places` of them. */
function writeDecimal(digits: string, places: number): string {
  if (places <= 0) return `0.${"0".repeat(-places)}${digits}`;
  const padded = digits.padEnd(places, "0");
  return `${padded.slice(0, places)}.${padded.slice(places) || "0"}`;
}
