import { type Term, TermPrinter, atomName, listElements } from "../../term/index.ts";
import type { TracePrintOptions } from "../codec/print.ts";
import { type CallCounter, type TraceEnd, type TracedMessage, processKey } from "./message.ts";
import { readStack } from "./stack.ts";
import { timeOf } from "./time.ts";

/**
 * Prints what was traced in the form of redbug: an empty line, `% HH:MM:SS <0.85.0>(name)` (UTC), and what happened; the end as
 * `enit trace done, REASON - COUNT`, behind what was counted.
 */
export class RedbugPrinter {
  readonly #pretty: TermPrinter;
  readonly #flat: TermPrinter;

  constructor(options: TracePrintOptions = {}) {
    this.#pretty = new TermPrinter({ ...options, format: "tp" });
    this.#flat = new TermPrinter({ ...options, format: "tw" });
  }

  /** The text of an item, line end included. */
  print(item: TracedMessage | TraceEnd): string {
    return item.kind === "end" ? this.#printEnd(item) : this.#printMessage(item);
  }

  #printMessage({ term, names }: TracedMessage): string {
    const [, from, event, first, second] = term.elements;
    const head = `\n% ${timeOf(term)?.clock ?? ""} ${this.#process(from, names)}\n% `;
    switch (atomName(event)) {
      case "call":
        return `${head}${this.#call(first)}\n${printStack(term.elements.length === 6 ? second : undefined)}`;
      case "return_from":
      case "exception_from":
        return `${head}${this.#value(`${this.#function(first)} -> `, second)}\n`;
      case "send":
      case "send_to_non_existing_process":
        return `${head}${this.#value(`${this.#process(second, names)} <<< `, first)}\n`;
      case "receive":
        return `${head}${this.#value("<<< ", first)}\n`;
      default:
        return `${head}${this.#flat.print(term)}\n`;
    }
  }

  #printEnd({ reason, value, messages, counters }: TraceEnd): string {
    const why = value === undefined ? reason : `{${reason},${value}}`;
    const table = counters.length === 0 ? "" : `\n${printCounters(counters)}`;
    return `${table}enit trace done, ${why} - ${messages}\n`;
  }

  #process(process: Term | undefined, names: TracedMessage["names"]): string {
    if (process === undefined) return "";
    const name = names.get(processKey(process));
    const text = this.#flat.print(process);
    return name === undefined ? text : `${text}(${this.#flat.print(name)})`;
  }

  /** `m:f(1, 2)`, or `m:f/2`. */
  #call(term: Term | undefined): string {
    const [module, name, args] = term?.kind === "tuple" ? term.elements : [];
    const list = listElements(args);
    if (list === undefined || module === undefined || name === undefined) return this.#function(term);
    const texts = list.map((each) => this.#pretty.print(each));
    return `${this.#flat.print(module)}:${this.#flat.print(name)}(${texts.join(", ")})`;
  }

  #function(term: Term | undefined): string {
    const parts = term?.kind === "tuple" ? term.elements.map((each) => this.#flat.print(each)) : [];
    return `${parts[0]}:${parts[1]}/${parts[2]}`;
  }

  /** A value behind a text, its further lines below its first one. */
  #value(text: string, term: Term | undefined): string {
    return term === undefined ? text : text + this.#pretty.print(term, text.length + 3);
  }
}

function printStack(term: Term | undefined): string {
  return readStack(term)
    .map(({ call }) => `%   ${call}\n`)
    .join("");
}

/** The most expensive first. */
function printCounters(counters: readonly CallCounter[]): string {
  const cost = ({ calls, microseconds }: CallCounter): number => microseconds ?? calls;
  return counters
    .toSorted((a, b) => cost(b) - cost(a))
    .map(({ module, function: name, arity, calls, microseconds }) => {
      const mfa = `${module}:${name}/${arity}`;
      const numbers = microseconds === undefined ? [calls] : [calls, microseconds, microseconds / calls];
      return `% ${numbers.map((each) => shorten(each).padStart(6)).join(" : ")} : ${mfa}\n`;
    })
    .join("");
}

/** At most six characters: `999`, `12.3`, `4.56K`, `789K`, `1.23M`. */
function shorten(value: number): string {
  const units = ["", "K", "M", "G", "T"];
  let rest = value;
  let unit = 0;
  while (rest >= 1000 && unit < units.length - 1) {
    rest /= 1000;
    unit++;
  }
  const digits = Number.isInteger(rest) || rest >= 100 ? 0 : rest >= 10 ? 1 : 2;
  return `${rest.toFixed(digits)}${units[unit]}`;
}
