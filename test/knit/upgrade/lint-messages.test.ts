import { expect, test } from "bun:test";
import type { LintWarning } from "../../../src/knit/lint/index.ts";
import { lintMessages } from "../../../src/knit/upgrade/lint-messages.ts";

const warning = (module: string, more: Partial<LintWarning> = {}): LintWarning => ({
  code: "local-loop",
  application: "a",
  module,
  message: `${module} loops`,
  hint: `Mend ${module}.`,
  directions: ["up", "down"],
  from: ["1", "2"],
  ...more,
});

test("what to do is said once for each code, where it happens each time", () => {
  const lint = [
    warning("one"),
    warning("two", { code: "fun-stored", directions: ["up"], from: ["2"] }),
    warning("three", { directions: ["down"] }),
    warning("four", { from: ["1"] }),
  ];
  expect(lintMessages(lint, 2)).toEqual([
    { code: "local-loop", message: "one loops [local-loop]\n  Mend one." },
    { code: "fun-stored", message: "two loops, on the way up from 2 [fun-stored]\n  Mend two." },
    { code: "local-loop", message: "three loops, on the way down to 1, 2 [local-loop]" },
    { code: "local-loop", message: "four loops, between 1 and this version [local-loop]" },
  ]);
});
