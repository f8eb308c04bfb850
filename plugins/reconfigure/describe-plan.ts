import type { ConfigChangeAnswer, Context, ReconfigurePlan, Term } from "../../src/contract/index.ts";

/** What a reconfiguration changes in one application, its values as text in Erlang's syntax. */
export interface DescribedChange {
  readonly application: string;
  /** `restored`: the key left the files, and goes back to the default of its application. */
  readonly changed: readonly {
    readonly key: string;
    readonly old: string;
    readonly new: string;
    readonly restored: boolean;
  }[];
  readonly added: readonly { readonly key: string; readonly new: string; readonly restored: boolean }[];
  readonly removed: readonly { readonly key: string; readonly old: string }[];
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
