import { type ListTerm, type Term, TermPrinter, type TupleTerm, isAtom, isTagged } from "../../term/index.ts";
import type { EventMessage, SeqMessage, TraceMessage } from "./message.ts";

export interface TracePrintOptions {
  /** Print as this OTP release does. Default: the newest. */
  readonly otp?: number;
  /** What is printable in strings, as with `erl +pc`. Default: `latin1`. */
  readonly printableRange?: "latin1" | "unicode";
}

/**
 * Prints messages as the handler of `dbg:trace_client/2` does on a terminal that takes Unicode.
 *
 * Terms are laid out as `~p` and `~tp` do, in lines of 80 characters. Source: what `dbg` of OTP 25, 27 and 29 prints; it
 * differs only in how terms are written, which `otp` decides.
 */
export class TracePrinter {
  readonly #plain: TermPrinter;
  readonly #unicode: TermPrinter;

  constructor(options: TracePrintOptions = {}) {
    this.#plain = new TermPrinter({ ...options, format: "p" });
    this.#unicode = new TermPrinter({ ...options, format: "tp" });
  }

  /** The text of a message, line end included; `""` for what `dbg` does not print. */
  print(message: TraceMessage): string {
    switch (message.kind) {
      case "event":
        return printEvent(message, this.#newLine());
      case "seq_trace":
        return printSeqMessage(message, this.#newLine(), this.#newLine());
      case "drop":
        return `*** Dropped ${message.count} messages.\n`;
      case "other":
      case "unreadable":
        return "";
    }
  }

  #newLine(): Line {
    return new Line(this.#plain, this.#unicode);
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

/** `dbg` prints the head and the rest by two calls, so that terms are laid out as if the line began behind the head. */
function printSeqMessage({ label, info, timestamp }: SeqMessage, head: Line, line: Line): string {
  head.text("SeqTrace ");
  if (timestamp !== undefined) head.plain(timestamp).text(" ");
  head.text("[").plain(label).text("]: ");
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
  #column = 1;
  #isBroken = false;
  readonly #plain: TermPrinter;
  readonly #unicode: TermPrinter;

  constructor(plain: TermPrinter, unicode: TermPrinter) {
    this.#plain = plain;
    this.#unicode = unicode;
  }

  /** Writes text of our own: no line ends, nothing beyond ASCII. */
  text(text: string): this {
    this.written += text;
    this.#column += text.length;
    return this;
  }

  /** Writes a term with `~p`. */
  plain(term: Term | undefined): this {
    return this.#term(term, this.#plain);
  }

  /** Writes a term with `~tp`. */
  term(term: Term | undefined): this {
    return this.#term(term, this.#unicode);
  }

  /** Writes `{M,F,Args}` as `m:f(1,2)`, `{M,F,Arity}` as `m:f/2`, anything else as it is; made apart, each part in column 1. */
  call(term: Term | undefined): this {
    if (term?.kind !== "tuple" || term.elements.length !== 3) return this.#apart(term);
    const [module, name, args] = term.elements;
    const call = new Line(this.#plain, this.#unicode).plain(module).text(":").term(name);
    if (args?.kind === "list") call.text("(").#args(args).text(")");
    else call.text("/").plain(args);
    return this.#insert(call.written, call.#column, call.#isBroken);
  }

  /** Writes the elements of a tuple from the fourth on, parted by spaces. */
  words({ elements }: TupleTerm, size: number): this {
    for (let i = 3; i < size; i++) {
      if (i > 3) this.text(" ");
      this.#apart(elements[i]);
    }
    return this;
  }

  end(): string {
    return `${this.written}\n`;
  }

  #args({ elements, tail }: ListTerm): this {
    for (const [index, element] of elements.entries()) {
      if (index > 0) this.text(",");
      this.#apart(element);
    }
    return tail === undefined ? this : this.text(",").#apart(tail);
  }

  #term(term: Term | undefined, printer: TermPrinter): this {
    if (term === undefined) return this;
    this.written += printer.print(term, this.#column);
    this.#column = printer.endColumn;
    if (printer.isBroken) this.#isBroken = true;
    return this;
  }

  /** Writes with `~s` what `~tp` made of a term in column 1. */
  #apart(term: Term | undefined): this {
    if (term === undefined) return this;
    const text = this.#unicode.print(term);
    return this.#insert(text, this.#unicode.endColumn, this.#unicode.isBroken);
  }

  /** Writes text that began in column 1 and ended before `endColumn`. */
  #insert(text: string, endColumn: number, isBroken: boolean): this {
    this.written += text;
    this.#column = isBroken ? endColumn : this.#column + endColumn - 1;
    if (isBroken) this.#isBroken = true;
    return this;
  }
}
