/** A colour or the like, which takes no place; else one character with what combines with it. */
// oxlint-disable-next-line no-control-regex -- They are what it is about.
const PIECES = /\u001b\[[0-9;]*m|\P{Mark}\p{Mark}*/gu;

/** Cuts a line so that it fits the columns of a terminal. What would move the cursor becomes a question mark. */
export function fitLine(line: string, columns: number): string {
  let width = 0;
  let fitted = "";
  for (const [piece] of line.matchAll(PIECES)) {
    if (piece.length > 1 && piece.startsWith("\u001b[")) {
      fitted += piece;
      continue;
    }
    const shown = isControl(piece) ? "?" : piece;
    width += Bun.stringWidth(shown);
    if (width > columns) continue; // Colours that end behind the cut must end.
    fitted += shown;
  }
  return fitted;
}

/** C0, DEL and C1. */
function isControl(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return code < 32 || (code >= 127 && code < 160);
}
