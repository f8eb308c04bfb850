/**
 * Finds the known name that was most likely meant by an unknown one, for errors and warnings.
 *
 * Counts insertions, deletions, replacements and swapped neighbours, upper and lower case alike; at most a third of
 * the longer name may differ, and at least one change is allowed. Of equally near names the first wins.
 */
export function nearestName(unknown: string, known: Iterable<string>): string | undefined {
  const wanted = [...unknown.toLowerCase()];
  let best: string | undefined;
  let fewest = Infinity;
  for (const name of known) {
    const candidate = [...name.toLowerCase()];
    const allowed = Math.max(1, Math.floor(Math.max(wanted.length, candidate.length) / 3));
    if (Math.abs(wanted.length - candidate.length) > allowed) continue;
    const changes = countChanges(wanted, candidate);
    if (changes <= allowed && changes < fewest) {
      best = name;
      fewest = changes;
    }
  }
  return best;
}

/** The optimal string alignment distance. */
function countChanges(from: readonly string[], to: readonly string[]): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [row, letter] of from.entries()) {
    const current = [row + 1];
    for (const [column, other] of to.entries()) {
      const replaced = at(last, column) + (letter === other ? 0 : 1);
      let changes = Math.min(at(last, column + 1) + 1, at(current, column) + 1, replaced);
      if (row > 0 && column > 0 && letter === to[column - 1] && from[row - 1] === other) {
        changes = Math.min(changes, at(beforeLast, column - 1) + 1);
      }
      current.push(changes);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
