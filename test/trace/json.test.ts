import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseTerm } from "../../src/term/index.ts";
import { traceMessageToJson } from "../../src/trace/codec/json.ts";
import { toTraceMessage } from "../../src/trace/codec/message.ts";

/** The rows of docs/trace.md that show a message in Erlang beside its JSON. */
const ROWS = readFileSync(join(import.meta.dir, "../../docs/trace.md"), "utf8")
  .split("\n")
  .flatMap((line) => {
    const [, message, json] = /^\| `(\{.*\})` \| `(\{.*\})` \|$/.exec(line) ?? [];
    return message === undefined || json === undefined ? [] : [[message, json] as const];
  });

test("docs/trace.md shows messages of every shape", () => {
  expect(ROWS.length).toBe(21);
});

test.each(ROWS)("traceMessageToJson() makes of %s what docs/trace.md says", (message, json) => {
  const documented = JSON.parse(json) as Record<string, unknown>;
  const [, kind] = /^\{trace(?:_ts)?, P, '?(\w+)/.exec(message) ?? [];
  const common = kind === undefined ? {} : { kind, from: "'P'", node: null };
  expect(toJson(message.replace(", P,", ", 'P',"))).toEqual({ ...common, ...documented });
});

test("traceMessageToJson() tells the process as text, and its node", () => {
  const term = parseTerm("{trace, a, exit, normal}");
  if (term.kind !== "tuple") throw new Error("no tuple");
  const pid = { kind: "pid", node: "a@b", id: 85, serial: 0, creation: 3 } as const;
  const port = { kind: "port", node: "a@b", id: 6n, creation: 3 } as const;
  for (const [from, text] of [
    [pid, "<0.85.0>"],
    [port, "#Port<0.6>"],
  ] as const) {
    const elements = term.elements.with(1, from);
    expect(traceMessageToJson(toTraceMessage({ kind: "tuple", elements }))).toEqual({
      kind: "exit",
      from: text,
      node: "a@b",
      details: [{ atom: "normal" }],
    });
  }
});

test("traceMessageToJson() keeps calls and exceptions of other shapes as they are", () => {
  expect(toJson("{trace, p, call, {m, f}}")).toMatchObject({ call: { tuple: [{ atom: "m" }, { atom: "f" }] } });
  expect(toJson("{trace, p, call, {m, f, [a | b]}}")).toHaveProperty("call");
  expect(toJson("{trace, p, exception_from, {m, f, 0}, oops}")).toMatchObject({ value: { atom: "oops" } });
  expect(toJson("{trace, p, call}")).toMatchObject({ kind: "call", details: [] });
});

function toJson(text: string): Readonly<Record<string, unknown>> {
  return traceMessageToJson(toTraceMessage(parseTerm(text)));
}
