import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { orderByNeeds } from "../../../src/knit/appup/order.ts";

describe("orderByNeeds()", () => {
  test("puts each name after those that it needs, unless they need it too", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(11), { maxLength: 4 }), { maxLength: 12 }), (graph) => {
        const names = graph.map((_, index) => `m${index}`);
        const needs = (name: string): string[] => (graph[Number(name.slice(1))] ?? []).map((index) => `m${index}`);
        const ordered = orderByNeeds(names, needs);
        expect(ordered.toSorted()).toEqual(names.toSorted());
        for (const [place, name] of ordered.entries()) {
          const early = needs(name).filter((needed) => ordered.indexOf(needed) > place);
          expect(early.filter((needed) => !reachable(needed, needs).has(name))).toEqual([]);
        }
      }),
    );
  });

  test("keeps the order given where nothing decides, and within a circle", () => {
    expect(orderByNeeds(["c", "a", "b"], () => [])).toEqual(["c", "a", "b"]);
    const circle = new Map([
      ["c", ["b"]],
      ["b", ["a"]],
      ["a", ["c"]],
      ["x", ["a", "not there"]],
    ]);
    expect(orderByNeeds(["x", "c", "a", "b"], (name) => circle.get(name) ?? [])).toEqual(["c", "a", "b", "x"]);
  });

  test("takes chains of any length", () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `m${index}`);
    const ordered = orderByNeeds(names, (name) => [`m${Number(name.slice(1)) + 1}`]);
    expect(ordered[0]).toBe("m19999");
  });
});

function reachable(start: string, needs: (name: string) => readonly string[]): Set<string> {
  const seen = new Set([start]);
  for (const name of seen) for (const needed of needs(name)) seen.add(needed);
  return seen;
}
