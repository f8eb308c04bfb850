/**
 * The order of release versions: precedence as https://semver.org has it (version 2.0.0), for versions with any number of
 * numbers and a leading `v` too. What is no such version has no order among the others, and is sorted as text.
 */

export interface VersionOrder {
  /** Negative if `a` stands before `b`; for sorting, where every two versions have an order. */
  readonly compare: (a: string, b: string) => number;
  /** Whether `a` is newer than `b` for sure; not if one of them cannot be compared. */
  readonly isNewer: (a: string, b: string) => boolean;
}

/** Makes the order of versions; with `semantic` off, that of their characters. */
export function versionOrder(semantic: boolean): VersionOrder {
  if (!semantic) return { compare: compareText, isNewer: (a, b) => compareText(a, b) > 0 };
  const parsed = new Map<string, SemanticVersion | undefined>();
  const parse = (version: string): SemanticVersion | undefined => {
    if (!parsed.has(version)) parsed.set(version, parseVersion(version));
    return parsed.get(version);
  };
  const precedence = (a: string, b: string): number | undefined => {
    const [left, right] = [parse(a), parse(b)];
    return left === undefined || right === undefined ? undefined : comparePrecedence(left, right);
  };
  return {
    compare: (a, b) => {
      const order = precedence(a, b);
      if (order !== undefined) return order === 0 ? compareText(a, b) : order;
      // All that can be compared stands behind all that cannot, so that sorting is consistent.
      const [left, right] = [parse(a) !== undefined, parse(b) !== undefined];
      return left === right ? compareText(a, b) : left ? 1 : -1;
    },
    isNewer: (a, b) => (precedence(a, b) ?? 0) > 0,
  };
}

interface SemanticVersion {
  readonly numbers: readonly bigint[];
  /** Empty for a release. */
  readonly preRelease: readonly string[];
}

const VERSION = /^v?(\d+(?:\.\d+)*)(?:-([\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*))?(?:\+[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*)?$/;

function parseVersion(text: string): SemanticVersion | undefined {
  const match = VERSION.exec(text);
  if (match === null) return undefined;
  const [, numbers = "", preRelease] = match;
  return { numbers: numbers.split(".").map(BigInt), preRelease: preRelease?.split(".") ?? [] };
}

/** What stands behind a `+` does not count. */
function comparePrecedence(a: SemanticVersion, b: SemanticVersion): number {
  const length = Math.max(a.numbers.length, b.numbers.length);
  for (let i = 0; i < length; i++) {
    const [left, right] = [a.numbers[i] ?? 0n, b.numbers[i] ?? 0n];
    if (left !== right) return left < right ? -1 : 1;
  }
  if (a.preRelease.length === 0 || b.preRelease.length === 0) return b.preRelease.length - a.preRelease.length;
  for (const [i, left] of a.preRelease.entries()) {
    const right = b.preRelease[i];
    if (right === undefined) return 1;
    const order = compareIdentifiers(left, right);
    if (order !== 0) return order;
  }
  return a.preRelease.length - b.preRelease.length;
}

/** Numbers by value, before all others; the others as text. */
function compareIdentifiers(a: string, b: string): number {
  const [left, right] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (left !== right) return left ? -1 : 1;
  if (!left) return compareText(a, b);
  const [x, y] = [BigInt(a), BigInt(b)];
  return x === y ? 0 : x < y ? -1 : 1;
}

function compareText(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
