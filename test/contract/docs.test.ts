import { expect, test } from "bun:test";
import * as terms from "../../src/term/index.ts";
import { HOOK_KINDS } from "../../src/host/hooks/kinds.ts";

test("docs/plugins.md names every hook with its kind, in the order of the contract", async () => {
  const text = await page();
  const rows = text.matchAll(/^\| `([a-z]+:[a-z]+)` \| (series|waterfall) \|/gm);
  expect([...rows].map(([, name, kind]) => [name, kind])).toEqual(Object.entries(HOOK_KINDS));
});

test("docs/plugins.md names functions of ctx.terms that there are", async () => {
  const [, section = ""] = /^## Terms\n([^]*?)\n {4}/m.exec(await page()) ?? [];
  const cells = [...section.matchAll(/^\| (`.*?) \|/gm)].map(([, cell]) => cell).join(", ");
  const names = [...cells.matchAll(/`([a-z]\w+)/gi)].map(([, name]) => name ?? "");
  expect(names.length).toBeGreaterThan(20);
  const known = Object.keys(terms);
  expect(names.filter((name) => !known.includes(name))).toEqual([]);
});

function page(): Promise<string> {
  return Bun.file(`${import.meta.dir}/../../docs/plugins.md`).text();
}
