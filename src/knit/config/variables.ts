import { EnitError } from "../../error/index.ts";
import { type Term, atom, isTagged, parseTerm, string, tuple } from "../../term/index.ts";

/** A variable of the command line. */
export interface Variable {
  readonly name: string;
  readonly value: Term;
}

/**
 * Reads `name=value` words. The value is a string, white space around it removed; behind `!!` stands an Erlang term, and `\!\!`
 * begins a string with `!!`.
 *
 * @throws EnitError `bad_variable` of the kind `usage`.
 */
export function readVariables(words: readonly string[]): Variable[] {
  return words.map((word) => {
    const [, name = "", value = ""] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
    if (name.trim() === "") throw badVariable(word, "it is not of the form name=value");
    return { name: name.trim(), value: readValue(value.trim(), word) };
  });
}

/** Puts variables in the place of the terms of the same name, those that are new at the end. */
export function applyVariables(terms: readonly Term[], variables: readonly Variable[]): readonly Term[] {
  const result = [...terms];
  for (const { name, value } of variables) {
    const index = result.findIndex((term) => isTagged(term, name, 2));
    result.splice(index < 0 ? result.length : index, 1, tuple(atom(name), value));
  }
  return result;
}

function readValue(text: string, word: string): Term {
  if (text.startsWith("!!")) {
    try {
      return parseTerm(text.slice(2));
    } catch (cause) {
      const state = cause instanceof EnitError ? cause.message.replace(/^.*?: /s, "") : String(cause);
      throw badVariable(word, `what stands behind !! is no Erlang term: ${state}`, cause);
    }
  }
  return string(text.startsWith("\\!\\!") ? `!!${text.slice(4)}` : text);
}

function badVariable(word: string, state: string, cause?: unknown): EnitError {
  return new EnitError("bad_variable", `cannot use the variable "${word}": ${state}`, {
    kind: "usage",
    hint: 'Options stand behind one another as NAME=VALUE, or NAME=!!TERM for an Erlang term. "knit -h" shows more.',
    data: { variable: word },
    ...(cause === undefined ? {} : { cause }),
  });
}
