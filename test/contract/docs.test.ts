import { expect, test } from "bun:test";
import { HOOK_KINDS } from "../../src/host/hooks/kinds.ts";

test("docs/plugins.md names every hook with its kind, in the order of the contract", async () => {
  const text = await Bun.file(`${import.meta.dir}/../../docs/plugins.md`).text();
  const rows = text.matchAll(/^\| `([a-z]+:[a-z]+)` \| (series|waterfall) \|/gm);
  expect([...rows].map(([, name, kind]) => [name, kind])).toEqual(Object.entries(HOOK_KINDS));
});
