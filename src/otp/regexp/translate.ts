/**
 * Regular expressions as Erlang's `re` means them (PCRE up to OTP 27, PCRE2 from 28 on, in Unicode mode), as JavaScript's.
 *
 * What JavaScript cannot say the same way is refused by name: atomic groups and possessive repetitions, recursion,
 * conditions, verbs, `\K \G \X \C \R \p`, look-behind of variable length, back references to groups that may not have
 * matched.
 */
import { unsupportedRegExp } from "./errors.ts";
import { charSetSource } from "./char-set.ts";
import { escapedClass } from "./classes.ts";
import { parseRegExp } from "./parse.ts";
import type { Assertion, Choices, Modes, Node } from "./syntax.ts";

/** Options of `re:compile/2`, all off unless given. */
export type RegExpOptions = Partial<Modes>;

/** The first OTP release with PCRE2, whose classes are ASCII in Unicode mode. */
const PCRE2_RELEASE = 28;

/**
 * Translates an expression for the `re` of this OTP release; `options` are those of `re:compile/2`.
 *
 * @throws EnitError `regexp_invalid` if `re` refuses it too, `regexp_unsupported` (data: `construct`) if only we do.
 */
export function translateRegExp(pattern: string, release: number, options: RegExpOptions = {}): RegExp {
  const modes = { caseless: false, multiline: false, dotall: false, extended: false, ungreedy: false, ...options };
  const latin1 = release < PCRE2_RELEASE;
  const choices = parseRegExp(pattern, { modes, latin1 });
  const emitter = new Emitter(pattern, latin1);
  return new RegExp(emitter.choices(choices, new Set()).source, "u");
}

/** The source of a part, how many characters it takes if that is sure, and the groups that have matched after it. */
interface Emitted {
  readonly source: string;
  readonly width: number | undefined;
  readonly matched: ReadonlySet<number>;
}

class Emitter {
  readonly #pattern: string;
  readonly #word: string;

  constructor(pattern: string, latin1: boolean) {
    this.#pattern = pattern;
    this.#word = charSetSource(escapedClass("w", latin1) ?? []);
  }

  /** `before`: the groups that have matched for sure when this part is reached. */
  choices(choices: Choices, before: ReadonlySet<number>): Emitted {
    const emitted = choices.map((nodes) => this.#sequence(nodes, before));
    const [first, ...others] = emitted;
    const width = others.every((each) => each.width === first?.width) ? first?.width : undefined;
    const matched = others.reduce((all, each) => all.intersection(each.matched), first?.matched ?? before);
    return { source: emitted.map((each) => each.source).join("|"), width, matched };
  }

  #sequence(nodes: readonly Node[], before: ReadonlySet<number>): Emitted {
    let [source, width, matched]: [string, number | undefined, ReadonlySet<number>] = ["", 0, before];
    for (const node of nodes) {
      const emitted = this.#node(node, matched);
      source += emitted.source;
      width = width === undefined || emitted.width === undefined ? undefined : width + emitted.width;
      matched = emitted.matched;
    }
    return { source, width, matched };
  }

  #node(node: Node, before: ReadonlySet<number>): Emitted {
    switch (node.kind) {
      case "set":
        return { source: charSetSource(node.set), width: 1, matched: before };
      case "assertion":
        return { source: this.#assertion(node.what), width: 0, matched: before };
      case "back":
        if (before.has(node.to)) return { source: `(?:\\${node.to})`, width: undefined, matched: before };
        throw unsupportedRegExp(this.#pattern, `a back reference to group ${node.to}, which may not have matched`);
      case "group":
        return this.#group(node, before);
      case "look":
        return this.#look(node, before);
      case "repeat":
        return this.#repeat(node, before);
    }
  }

  #group({ number, name, choices }: Node & { kind: "group" }, before: ReadonlySet<number>): Emitted {
    const inner = this.choices(choices, before);
    const opening = number === undefined ? "(?:" : name === undefined ? "(" : `(?<${name}>`;
    const matched = number === undefined ? inner.matched : new Set([...inner.matched, number]);
    return { source: `${opening}${inner.source})`, width: inner.width, matched };
  }

  #look({ behind, negative, choices }: Node & { kind: "look" }, before: ReadonlySet<number>): Emitted {
    const inner = this.choices(choices, before);
    if (behind) this.#checkWidths(choices, before);
    const opening = `(?${behind ? "<" : ""}${negative ? "!" : "="}`;
    return { source: `${opening}${inner.source})`, width: 0, matched: negative ? before : inner.matched };
  }

  /** The alternatives of a look-behind may differ in width, but each must have one. */
  #checkWidths(choices: Choices, before: ReadonlySet<number>): void {
    for (const nodes of choices) {
      if (this.#sequence(nodes, before).width === undefined) {
        throw unsupportedRegExp(this.#pattern, "a look-behind of variable length");
      }
    }
  }

  #repeat({ node, min, max, lazy }: Node & { kind: "repeat" }, before: ReadonlySet<number>): Emitted {
    const inner = this.#node(node, before);
    if (node.kind === "set" && node.repeated !== undefined && (min > 1 || (min === 1 && !Number.isFinite(max)))) {
      const rest = max === min ? "" : `${inner.source}${repetition(0, max - min)}${lazy ? "?" : ""}`;
      const source = `(?:${charSetSource(node.repeated)}{${min}}${rest})`;
      return { source, width: min === max ? min : undefined, matched: before };
    }
    const width = min === max && inner.width !== undefined ? inner.width * min : undefined;
    const source = `${inner.source}${repetition(min, max)}${lazy ? "?" : ""}`;
    return { source, width, matched: min === 0 ? before : inner.matched };
  }

  #assertion(what: Assertion): string {
    const word = this.#word;
    switch (what) {
      case "start":
        return "^";
      case "end":
        return "$";
      case "endOrLastNewline":
        return "(?=\\n?$)";
      case "lineStart":
        return "(?:^|(?<=\\n)(?=[^]))";
      case "lineEnd":
        return "(?=\\n|$)";
      case "boundary":
        return `(?:(?<=${word})(?!${word})|(?<!${word})(?=${word}))`;
      case "noBoundary":
        return `(?:(?<=${word})(?=${word})|(?<!${word})(?!${word}))`;
    }
  }
}

function repetition(min: number, max: number): string {
  if (Number.isFinite(max)) return `{${min},${max}}`;
  return min === 0 ? "*" : min === 1 ? "+" : `{${min},}`;
}
