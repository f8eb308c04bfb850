import { type CallOptions, type Context, EnitError, type NodeConnection, type Term } from "../../src/contract/index.ts";

/**
 * Evaluates Erlang expressions in a node, by its own scanner, parser and evaluator.
 *
 * @param source expressions with commas between them; the last dot may be left out.
 * @throws EnitError `expression_syntax` (kind `input`), and `call_failed` with what the expression threw.
 */
export async function evaluate(
  { terms }: Pick<Context, "terms">,
  node: NodeConnection,
  source: string,
  options: CallOptions,
): Promise<Term> {
  const call = (module: string, functionName: string, args: Term[]): Promise<Term> =>
    node.call(module, functionName, args, { signal: options.signal });
  const tokens = await call("erl_scan", "string", [terms.string(withDot(source))]);
  if (!terms.isAtom(elementsOf(tokens)[0], "ok")) throw await syntaxError(elementsOf(tokens)[1]);
  const parsed = await call("erl_parse", "parse_exprs", [elementOf(tokens, 1)]);
  if (!terms.isAtom(elementsOf(parsed)[0], "ok")) throw await syntaxError(elementsOf(parsed)[1]);
  const result = await node.call("erl_eval", "exprs", [elementOf(parsed, 1), terms.nil], options);
  return elementOf(result, 1);

  /** @param info `{Line, Module, Reason}`, as `Module:format_error/1` takes the reason. */
  async function syntaxError(info: Term | undefined): Promise<EnitError> {
    const [line, module, reason] = elementsOf(info);
    const words =
      reason === undefined
        ? undefined
        : await call("unicode", "characters_to_binary", [
            await call(terms.atomName(module) ?? "erl_parse", "format_error", [reason]),
          ]);
    const state = terms.textValue(words) ?? "it does not parse";
    return new EnitError("expression_syntax", `cannot evaluate "${source}": ${state}`, {
      kind: "input",
      data: { line: terms.integerValue(line) ?? 1 },
    });
  }
}

/** Adds the dot that ends Erlang expressions: on a line of its own, since the source may end in a comment. */
function withDot(source: string): string {
  return /\.\s*$/.test(source) ? `${source}\n` : `${source}\n.\n`;
}

function elementsOf(term: Term | undefined): readonly Term[] {
  return term?.kind === "tuple" ? term.elements : [];
}

function elementOf(term: Term, index: number): Term {
  const element = elementsOf(term)[index];
  if (element === undefined) throw new TypeError("the node answered with a term of another form");
  return element;
}
