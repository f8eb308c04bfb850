import { nearestName } from "../error/index.ts";

/** What to say to somebody who wrote a name that is not known. */
export function hintForUnknown(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? `Known are ${known.join(", ")}.` : `Did you mean "${nearest}"?`;
}
