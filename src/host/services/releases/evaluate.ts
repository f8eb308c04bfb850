import type { EvaluateOptions } from "../../../contract/index.ts";
import { EnitError } from "../../../error/index.ts";
import type { Release } from "../../../release/index.ts";
import { type Term, atomName, binary, integerValue, textValue } from "../../../term/index.ts";
import { callAgent } from "./agent.ts";
import { connect } from "./connect.ts";
import { inTime } from "./in-time.ts";

/** Evaluates expressions as `ReleaseService.evaluate` does, by the node's own parser and evaluator. */
export async function evaluate(release: Release, expressions: string, options: EvaluateOptions): Promise<Term> {
  const failed = `cannot evaluate "${expressions}"`;
  const { timeout, onOutput } = options;
  // That the node was called for it, and how, says nothing to who wrote an expression.
  const tooLate = (): EnitError =>
    new EnitError("call_timeout", `${failed}: no result within ${timeout} ms`, {
      hint: "The node may be busy; what was called goes on there.",
      data: { node: release.node.nodeName, timeout },
    });
  const answer = await inTime(options, tooLate, async (signal) => {
    await using node = await connect(release, { signal });
    return await callAgent(node, release, "enit_eval", "expressions", [binary(expressions)], { signal, onOutput });
  });
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
