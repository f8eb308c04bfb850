const BLOCKS = "▁▂▃▄▅▆▇█";
const CHARACTERS = "_.-~=+*#";

/** Draws the last values as a curve of one line between the least and the greatest of them; what does not change is flat. */
export function drawCurve(values: readonly number[], width: number, unicode: boolean): string {
  const levels = unicode ? BLOCKS : CHARACTERS;
  const shown = width > 0 ? values.slice(-width) : [];
  const least = Math.min(...shown);
  const range = Math.max(...shown) - least;
  return shown
    .map((value) => levels[range === 0 ? 0 : Math.round(((value - least) / range) * (levels.length - 1))] ?? "")
    .join("");
}
