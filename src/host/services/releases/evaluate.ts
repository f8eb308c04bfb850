import type { EvaluateOptions } from "../../../contract/index.ts";
import type { NodeConnection } from "../../../dist/index.ts";
import { EnitError } from "../../../error/index.ts";
import type { Release } from "../../../release/index.ts";
import { type Term, atomName, binary, integerValue, textValue } from "../../../term/index.ts";
import { callAgent } from "./agent.ts";
import { connect } from "./connect.ts";

/** Evaluates expressions as `ReleaseService.evaluate` does, by the node's own parser and evaluator. */
export async function evaluate(release: Release, expressions: string, options: EvaluateOptions): Promise<Term> {
  const failed = `cannot evaluate "${expressions}"`;
  await using node = await connect(release, options);
  const answer = await askForValue(node, release, expressions, options);
  // As the type `enit_eval:result()` has it.
  const [tag, first, second, third] = answer.kind === "tuple" ? answer.elements : [];
  if (first !== undefined && atomName(tag) === "ok") return first;
  if (atomName(tag) === "syntax") {
    throw new EnitError("expression_syntax", `${failed}: ${textValue(third) ?? "it does not parse"}`, {
      kind: "input",
      data: { line: integerValue(first) ?? 1, column: integerValue(second) ?? 1 },
    });
  }
  throw new EnitError("expression_failed", `${failed}: ${textValue(third) ?? "it failed"}`, {
    data: { class: atomName(first) ?? "error" },
  });
}

/** Asks for the value. That the node was called for it, and how, says nothing to who wrote an expression. */
async function askForValue(
  node: NodeConnection,
  release: Release,
  expressions: string,
  options: EvaluateOptions,
): Promise<Term> {
  try {
    return await callAgent(node, release, "enit_eval", "expressions", [binary(expressions)], options);
  } catch (error) {
    if (!(error instanceof EnitError) || error.code !== "call_timeout") throw error;
    throw new EnitError(error.code, `cannot evaluate "${expressions}": no result within ${options.timeout} ms`, {
      hint: error.hint,
      data: error.data,
      cause: error,
    });
  }
}
