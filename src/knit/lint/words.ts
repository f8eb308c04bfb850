const MOST_SHOWN = 5;

/** Names for a message: `a, b, c, d, e and 7 more`. */
export function shorten(names: readonly string[]): string {
  const rest = names.length - MOST_SHOWN;
  return rest > 1 ? `${names.slice(0, MOST_SHOWN).join(", ")} and ${rest} more` : names.join(", ");
}
