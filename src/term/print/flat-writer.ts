import type { BitstringTerm, ListTerm, MapTerm, Term } from "../term.ts";
import { writeAtom } from "./atoms.ts";
import type { PrintStyle } from "./options.ts";
import { writeScalar } from "./write.ts";

const MAX_KNOWN_ATOMS = 4096;

/** Where a term stops being short. It also bounds the depth. */
const MAX_ROOM = 1000;

/**
 * Writes what most terms are, short and of plain characters, on one line in one go, without measuring first.
 *
 * It stops at whatever may look different in one style or another, and leaves that to the layout.
 */
export class FlatWriter {
  readonly #style: PrintStyle;
  readonly #atoms = new Map<string, string>();
  /** How many characters there is room for; negative once the term is known not to be for us. */
  #room = 0;

  constructor(style: PrintStyle) {
    this.#style = style;
  }

  /** The term as `~p` writes it, if it takes no more than `room` characters; `undefined` if it may take more, or is not plain. */
  write(term: Term, room: number): string | undefined {
    this.#room = Math.min(room, MAX_ROOM);
    const text = this.#term(term);
    return this.#room < 0 ? undefined : text;
  }

  #term(term: Term): string {
    switch (term.kind) {
      case "atom":
        return this.#atom(term.name);
      case "integer":
        return this.#take(writeInteger(term.value));
      case "tuple":
        return `{${this.#terms(term.elements, 2)}}`;
      case "list":
        return this.#list(term);
      case "bitstring":
        return this.#bitstring(term);
      case "map":
        return this.#map(term);
      case "export":
      case "fun":
        return this.#plain(writeScalar(term, this.#style));
      default:
        return this.#take(writeScalar(term, this.#style));
    }
  }

  #take(text: string): string {
    this.#room -= text.length;
    return text;
  }

  #plain(text: string): string {
    return isPlain(text) ? this.#take(text) : this.#giveUp();
  }

  #giveUp(): string {
    this.#room = -1;
    return "";
  }

  #atom(name: string): string {
    const known = this.#atoms.get(name);
    if (known !== undefined) return this.#take(known);
    const text = writeAtom(name, this.#style);
    if (!isPlain(text)) return this.#giveUp();
    if (this.#atoms.size < MAX_KNOWN_ATOMS) this.#atoms.set(name, text);
    return this.#take(text);
  }

  /** Terms between brackets, which take `brackets` characters. */
  #terms(terms: readonly Term[], brackets: number): string {
    // Each takes a character and, but for the last, a comma.
    this.#room -= brackets + Math.max(0, terms.length - 1);
    let text = "";
    for (const term of terms) {
      if (this.#room < 0) return "";
      text = text === "" ? this.#term(term) : `${text},${this.#term(term)}`;
    }
    return text;
  }

  #list({ elements, tail }: ListTerm): string {
    const [first] = elements;
    if (first === undefined) return this.#take("[]");
    if (tail !== undefined) return `[${this.#terms(elements, 3)}|${this.#term(tail)}]`;
    const string = first.kind === "integer" ? this.#string(elements) : undefined;
    return string ?? `[${this.#terms(elements, 2)}]`;
  }

  /** A list of characters as a string; `undefined` if it is none. */
  #string(elements: readonly Term[]): string | undefined {
    if (elements.length > this.#room) return this.#giveUp();
    let text = "";
    for (const element of elements) {
      if (element.kind !== "integer") return undefined;
      const code = Number(element.value);
      if (!isPlainCode(code)) return isNeverInString(code) ? undefined : this.#giveUp();
      text += String.fromCharCode(code);
    }
    return this.#take(`"${text}"`);
  }

  #bitstring({ bytes, lastBits }: BitstringTerm): string {
    if (bytes.length > this.#room || lastBits !== 8) return this.#giveUp();
    let text = "";
    for (const byte of bytes) {
      if (!isPlainCode(byte)) return this.#giveUp();
      text += String.fromCharCode(byte);
    }
    return this.#take(bytes.length === 0 ? "<<>>" : `<<"${text}">>`);
  }

  #map({ entries }: MapTerm): string {
    this.#room -= "#{}".length + Math.max(0, entries.length - 1) + entries.length * " => ".length;
    let text = "";
    for (const [key, value] of entries) {
      if (this.#room < 0) return "";
      const entry = `${this.#term(key)} => ${this.#term(value)}`;
      text = text === "" ? entry : `${text},${entry}`;
    }
    return `#{${text}}`;
  }
}

/** Twice as fast as the integer's own method where the value is safe. */
function writeInteger(value: bigint): string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? String(number) : value.toString();
}

/** Whether a character stands for itself in every string. */
function isPlainCode(code: number): boolean {
  return code >= 0x20 && code <= 0x7e && code !== 0x22 && code !== 0x5c;
}

/** Whether a list with this element is a string in no style. */
function isNeverInString(code: number): boolean {
  return code < 8 || (code > 13 && code < 0x20 && code !== 27) || (code >= 0x7f && code < 0xa0) || code > 0x10ffff;
}

function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7e) return false;
  return true;
}
