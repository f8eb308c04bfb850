import type { ConfigChangeAnswer, Context, ParameterChanges, ReconfigurePlan, Term } from "../../src/contract/index.ts";

/** What a reconfiguration changes in one application. */
export interface DescribedChange extends ParameterChanges {
  /** What came of `config_change/3`; `null` in a dry run. */
  readonly answer: string | null;
}

/** Puts a plan and the answers to it into words. */
export function describePlan(
  terms: Context["terms"],
  plan: ReconfigurePlan,
  answers: readonly ConfigChangeAnswer[],
): DescribedChange[] {
  const print = (term: Term): string => terms.printTerm(term, { format: "tp", width: 1000 });
  const answerOf = new Map(answers.map(({ application, answer }) => [application, answer]));
  return plan.applications.map(({ application, changed, added, removed }) => ({
    application,
    changed: changed.map((change) => ({ ...change, old: print(change.old), new: print(change.new) })),
    added: added.map((change) => ({ ...change, new: print(change.new) })),
    removed: removed.map((change) => ({ ...change, old: print(change.old) })),
    answer: answerOf.get(application) ?? null,
  }));
}
