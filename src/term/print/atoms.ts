import { isLowerCase, isNameCharacter } from "../text/characters.ts";
import { isReservedWord } from "../text/words.ts";
import { quote } from "./characters.ts";
import type { PrintStyle } from "./options.ts";

/** Writes an atom, in quotes where the scanner needs them. */
export function writeAtom(name: string, style: PrintStyle): string {
  return isPlain(name) && !isReservedWord(name, style.otp) ? name : quote(name, "'", style);
}

/**
 * Writes a name in a fun. The emulator does that for OTP, and puts every name with an `@` in quotes.
 *
 * It also leaves reserved words without quotes, and writes names beyond ASCII as the latin1 reading of their UTF-8; that
 * we do not follow, so that what we print can be read again.
 */
export function writeFunName(name: string, style: PrintStyle): string {
  return name.includes("@") ? quote(name, "'", style) : writeAtom(name, style);
}

function isPlain(name: string): boolean {
  if (!isLowerCase(name.charCodeAt(0))) return false;
  for (let i = 1; i < name.length; i++) if (!isNameCharacter(name.charCodeAt(i))) return false;
  return true;
}
