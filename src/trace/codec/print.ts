import {
  type ListTerm,
  type PrintOptions,
  type Term,
  type TupleTerm,
  isAtom,
  isTagged,
  printTerm,
} from "../../term/index.ts";
import type { EventMessage, SeqMessage, TraceMessage } from "./message.ts";

export interface TracePrintOptions {
  /** Print as this OTP release does. Default: the newest. */
  readonly otp?: number;
  /** What is printable in strings, as with `erl +pc`. Default: `latin1`. */
  readonly printableRange?: "latin1" | "unicode";
}

/**
 * Prints a message as the handler of `dbg:trace_client/2` does on a terminal that takes Unicode, line end included; `""` for
 * what it does not print.
 *
 * Terms are laid out as `~p` and `~tp` do, in lines of 80 characters. Source: what `dbg` of OTP 25, 27 and 29 prints; it
 * differs only in how terms are written, which `otp` decides.
 */
export function printTraceMessage(message: TraceMessage, options: TracePrintOptions = {}): string {
  switch (message.kind) {
    case "event":
      return printEvent(message, new Line(options));
    case "seq_trace":
      return printSeqMessage(message, options);
    case "drop":
      return `*** Dropped ${message.count} messages.\n`;
    case "other":
    case "unreadable":
      return "";
  }
}

function printEvent({ event, term, size, timestamp }: EventMessage, line: Line): string {
  const [, from, , fourth, fifth] = term.elements;
  // dbg leaves out the answers of its own server.
  if (event === "receive" && isTagged(fourth, "dbg", 2) && isAtom(fourth.elements[1], "ok")) return "";
  line.text("(").plain(from).text(") ");
  switch (event) {
    case "receive":
      line.text("<< ").term(fourth);
      break;
    case "send":
      line.plain(fifth).text(" ! ").term(fourth);
      break;
    case "call":
      line.text("call ").call(fourth);
      if (size === 5) line.text(" (").term(fifth).text(")");
      break;
    case "return_from":
      line.text("returned from ").call(fourth).text(" -> ").term(fifth);
      break;
    case "return_to":
      line.text("returning to ").call(fourth);
      break;
    default:
      if (event === "spawn" && size === 5) line.text("spawn ").plain(fourth).text(" as ").call(fifth);
      else line.plain(term.elements[2]).text(" ").words(term, size);
  }
  if (timestamp !== undefined) line.text(" (Timestamp: ").plain(timestamp).text(")");
  return line.end();
}

function printSeqMessage({ label, info, timestamp }: SeqMessage, options: TracePrintOptions): string {
  const head = new Line(options).text("SeqTrace ");
  if (timestamp !== undefined) head.plain(timestamp).text(" ");
  head.text("[").plain(label).text("]: ");
  // dbg prints the rest by a call of its own, so that terms are laid out as if the line began here.
  const line = new Line(options);
  const [serial, from, to, content] = info.kind === "tuple" ? info.elements.slice(1) : [];
  if (isTagged(info, "send", 5)) {
    line
      .text("(")
      .plain(from)
      .text(") ")
      .plain(to)
      .text(" ! ")
      .term(content)
      .text(" [Serial: ")
      .plain(serial)
      .text("]");
  } else if (isTagged(info, "receive", 5)) {
    line.text("(").plain(to).text(") << ").term(content);
    line.text(" [Serial: ").plain(serial).text(", From: ").plain(from).text("]");
  } else if (isTagged(info, "print", 5)) {
    line.text("-> ").term(content).text(" [Serial: ").plain(serial).text(", From: ").plain(from).text("]");
  } else {
    line.term(info);
  }
  return head.written + line.end();
}

/** What one call of `io:format` writes: terms begin in the column where the text before them has ended. */
class Line {
  written = "";
  /** How many characters stand on the last line. */
  #column = 0;
  readonly #plain: PrintOptions;
  readonly #unicode: PrintOptions;

  constructor(options: TracePrintOptions) {
    this.#plain = { ...options, format: "p" };
    this.#unicode = { ...options, format: "tp" };
  }

  text(text: string): this {
    this.written += text;
    const lineEnd = text.lastIndexOf("\n");
    this.#column = lineEnd < 0 ? this.#column + countCharacters(text) : countCharacters(text.slice(lineEnd + 1));
    return this;
  }

  /** Writes a term with `~p`. */
  plain(term: Term | undefined): this {
    return this.#write(term, this.#plain);
  }

  /** Writes a term with `~tp`. */
  term(term: Term | undefined): this {
    return this.#write(term, this.#unicode);
  }

  /** Writes `{M,F,Args}` as `m:f(1,2)`, `{M,F,Arity}` as `m:f/2`, anything else as it is; made apart, each part in column 1. */
  call(term: Term | undefined): this {
    if (term?.kind !== "tuple" || term.elements.length !== 3) return this.text(this.#apart(term, this.#unicode));
    const [module, name, args] = term.elements;
    const head = `${this.#apart(module, this.#plain)}:`;
    if (args?.kind === "list") {
      return this.text(`${head}${this.#apart(name, this.#unicode, head.length)}(${this.#args(args)})`);
    }
    const call = new Line(this.#plain).text(head).term(name).text("/").plain(args);
    return this.text(call.written);
  }

  /** Writes the elements of a tuple from the fourth on, parted by spaces. */
  words({ elements }: TupleTerm, size: number): this {
    let text = "";
    for (let i = 3; i < size; i++) text += (i === 3 ? "" : " ") + this.#apart(elements[i], this.#unicode);
    return this.text(text);
  }

  end(): string {
    return `${this.written}\n`;
  }

  #args({ elements, tail }: ListTerm): string {
    let text = "";
    for (const element of elements) text += (text === "" ? "" : ",") + this.#apart(element, this.#unicode);
    return tail === undefined ? text : `${text},${this.#apart(tail, this.#unicode)}`;
  }

  #write(term: Term | undefined, options: PrintOptions): this {
    return this.text(this.#apart(term, options, this.#column));
  }

  #apart(term: Term | undefined, options: PrintOptions, column = 0): string {
    return term === undefined ? "" : printTerm(term, { ...options, column: column + 1 });
  }
}

function countCharacters(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0xdc00 && code <= 0xdfff) count--;
  }
  return count;
}
