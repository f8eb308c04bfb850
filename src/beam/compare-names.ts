/** Compares atoms as Erlang does: by code points, where JavaScript's own order goes by UTF-16 units. */
export function compareNames(a: string, b: string): number {
  if (a === b) return 0;
  const end = Math.min(a.length, b.length);
  let at = 0;
  while (at < end && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  if (at === end) return a.length - b.length;
  const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
  // A surrogate stands for a code point above all others; the lower half decides only between equal upper ones.
  const [high, other] = [isSurrogate(x), isSurrogate(y)];
  return high === other ? x - y : high ? 1 : -1;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
