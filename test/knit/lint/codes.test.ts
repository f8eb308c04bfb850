import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LINT_CODES } from "../../../src/knit/lint/codes.ts";

const page = readFileSync(join(import.meta.dir, "../../../docs/lint.md"), "utf8");
const tests = ["coverage", "order", "state", "supervisors", "old-code", "release"]
  .map((name) => readFileSync(join(import.meta.dir, `${name}.test.ts`), "utf8"))
  .join();

test("docs/lint.md explains every code, in the order of the code, and no other", () => {
  const explained = [...page.matchAll(/^### `(.+)`$/gm)].map(([, code]) => code);
  expect(explained).toEqual(Object.keys(LINT_CODES));
});

test("every code has a test in which it fires", () => {
  const silent = Object.keys(LINT_CODES).filter((code) => !new RegExp(`"${code}[ "]`).test(tests));
  expect(silent).toEqual([]);
});
