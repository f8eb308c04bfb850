/**
 * Compares two versions of an application: negative if `a` is the older one, 0 if neither is.
 *
 * The numbers at the front (`1.10` of `1.10-rc1`) count first and compare as OTP's code server does: number by
 * number, and the shorter of two that are equal so far is the older. OTP gives no order to what follows them; here
 * a suffix after `+` makes a version newer and any other one (`-rc1`) makes it older, and suffixes compare number by
 * number and word by word.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [split(a), split(b)];
  const byNumbers = compareNumbers(left.numbers, right.numbers);
  if (byNumbers !== 0) return byNumbers;
  const byStage = stage(left.suffix) - stage(right.suffix);
  return byStage !== 0 ? byStage : compareSuffixes(left.suffix, right.suffix);
}

function split(version: string): { numbers: bigint[]; suffix: string } {
  const front = /^\d+(?:\.\d+)*/.exec(version)?.[0] ?? "";
  return { numbers: front === "" ? [] : front.split(".").map(BigInt), suffix: version.slice(front.length) };
}

function compareNumbers(a: readonly bigint[], b: readonly bigint[]): number {
  for (const [index, number] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    if (number !== other) return number < other ? -1 : 1;
  }
  return a.length - b.length;
}

function stage(suffix: string): number {
  if (suffix === "") return 0;
  return suffix.startsWith("+") ? 1 : -1;
}

function compareSuffixes(a: string, b: string): number {
  const [left, right] = [a, b].map((suffix) => suffix.match(/\d+|\D+/g) ?? []);
  for (const [index, part] of (left ?? []).entries()) {
    const other = right?.[index];
    if (other === undefined) return 1;
    if (part === other) continue;
    const numeric = /^\d/.test(part) && /^\d/.test(other);
    const smaller = numeric ? BigInt(part) < BigInt(other) : part < other;
    return smaller ? -1 : 1;
  }
  return (left?.length ?? 0) - (right?.length ?? 0);
}
