import { expect, test } from "bun:test";
import { type Term, parseTerm, tuple } from "../../src/term/index.ts";
import {
  RedbugPrinter,
  type TraceEnd,
  type TracedMessage,
  processKey,
  processesIn,
  readAgentMessage,
  tracedToJson,
} from "../../src/trace/index.ts";

const PID: Term = { kind: "pid", node: "relex@host", id: 85, serial: 0, creation: 1 };
const OTHER: Term = { kind: "pid", node: "relex@host", id: 86, serial: 0, creation: 1 };
const NAMES = new Map([
  [processKey(PID), parseTerm("{gen_server,init,1}")],
  [processKey(OTHER), parseTerm("rex")],
]);
const HEAD = "\n% 18:27:21 <0.85.0>({gen_server,init,1})\n% ";
const PRINTER = new RedbugPrinter();

/** A message with the elements between the process and the time; `self` and `other` are the two processes. */
function message(elements: string): TracedMessage {
  const given = parseTerm(`{trace_ts, self, ${elements}, {1795, 372041, 42}}`);
  if (given.kind !== "tuple") throw new Error("no tuple");
  const term = tuple(
    ...given.elements.map((each) => (isWord(each, "self") ? PID : isWord(each, "other") ? OTHER : each)),
  );
  return { kind: "message", term, names: NAMES };
}

function isWord(term: Term, word: string): boolean {
  return term.kind === "atom" && term.name === word;
}

function end(fields: Partial<TraceEnd> = {}): TraceEnd {
  return { kind: "end", reason: "timeout", value: undefined, messages: 4, counters: [], ...fields };
}

test.each([
  ["call, {m, f, [1, \"ab\", 'A b']}", "m:f(1, \"ab\", 'A b')\n"],
  ["call, {'M x', f, []}", "'M x':f()\n"],
  ["call, {m, f, 3}", "m:f/3\n"],
  ['call, {m, f, [1]}, [{a, b, 2, [{file, "a.erl"}, {line, 7}]}, {c, d, [x], []}]', "m:f(1)\n%   a:b/2\n%   c:d/1\n"],
  [`call, {m, f, [1]}, [<<"a:b/2">>, <<"m:'-f/1-fun-0-'/2">>]`, "m:f(1)\n%   a:b/2\n%   m:'-f/1-fun-0-'/2\n"],
  ["return_from, {m, f, 1}, {ok, 1}", "m:f/1 -> {ok,1}\n"],
  ["exception_from, {m, f, 1}, {error, badarg}", "m:f/1 -> {error,badarg}\n"],
  ["send, hi, other", "<0.86.0>(rex) <<< hi\n"],
  ["send, hi, a_name", "a_name <<< hi\n"],
  ["send_to_non_existing_process, hi, {a_name, b@c}", "{a_name,b@c} <<< hi\n"],
  ["'receive', {a, \"b\"}", '<<< {a,"b"}\n'],
])("RedbugPrinter prints %s as redbug does", (elements, text) => {
  expect(PRINTER.print(message(elements))).toBe(HEAD + text);
});

test("RedbugPrinter puts the further lines of a value below its first one", () => {
  const words = Array.from({ length: 20 }, (_, i) => `word_${i}`).join(",");
  const lines = PRINTER.print(message(`return_from, {m, f, 1}, [${words}]`)).split("\n");
  expect(lines[2]).toStartWith("% m:f/1 -> [word_0,");
  expect(lines[3]).toMatch(/^ {12}word_\d+,/);
});

test("RedbugPrinter prints the end, with what was counted, the most expensive first", () => {
  expect(PRINTER.print(end())).toBe("enit trace done, timeout - 4\n");
  expect(PRINTER.print(end({ reason: "msg_queue", value: 5001 }))).toBe("enit trace done, {msg_queue,5001} - 4\n");
  const counter = (name: string, calls: number, microseconds: number | undefined) => {
    return { module: "m", function: name, arity: 1, calls, microseconds };
  };
  const counted = [counter("few", 3, undefined), counter("many", 1_234_567, undefined)];
  expect(PRINTER.print(end({ counters: counted }))).toBe(
    "\n%  1.23M : m:many/1\n%      3 : m:few/1\nenit trace done, timeout - 4\n",
  );
  const timed = [counter("fast", 2000, 500), counter("slow", 3, 45_678)];
  expect(PRINTER.print(end({ counters: timed }))).toBe(
    "\n%      3 :  45.7K :  15.2K : m:slow/1\n%     2K :    500 :   0.25 : m:fast/1\nenit trace done, timeout - 4\n",
  );
});

test("tracedToJson() gives time and names as text", () => {
  const common = {
    time: "2026-11-22T18:27:21.000042Z",
    name: "{gen_server,init,1}",
    from: "<0.85.0>",
    node: "relex@host",
  };
  expect(tracedToJson(message("send, hi, other"))).toEqual({
    kind: "send",
    ...common,
    message: { atom: "hi" },
    to: { pid: { node: "relex@host", id: 86, serial: 0, creation: 1 } },
    toName: "rex",
  });
  const mfa = { module: "m", function: "f", arity: 1 };
  expect(tracedToJson(message('call, {m, f, [1]}, [{a, b, 2, [{file, "a.erl"}, {line, 7}]}]'))).toEqual({
    kind: "call",
    ...common,
    ...mfa,
    args: [1],
    stack: [{ call: "a:b/2", file: "a.erl", line: 7 }],
  });
  expect(tracedToJson(message("exception_from, {m, f, 1}, {error, 1}"))).toEqual({
    kind: "exception_from",
    ...common,
    ...mfa,
    class: "error",
    value: 1,
  });
  expect(tracedToJson(end({ reason: "rate", value: 5000 }))).toEqual({
    kind: "end",
    reason: "rate",
    value: 5000,
    messages: 4,
    counters: [],
  });
});

test("readAgentMessage() takes what the agent sends, and nothing else", () => {
  const read = (text: string) => readAgentMessage(parseTerm(text));
  expect(read("{enit_trace, message, {trace_ts, a}}")).toMatchObject({ kind: "message" });
  expect(read("{enit_trace, name, a, b}")).toMatchObject({ kind: "name", name: { name: "b" } });
  expect(read("{enit_trace, done, timeout, 3, [{{m, f, 1}, 2, none}]}")).toEqual({
    kind: "done",
    reason: "timeout",
    value: undefined,
    counters: [{ module: "m", function: "f", arity: 1, calls: 2, microseconds: undefined }],
  });
  expect(read("{enit_trace, done, {msg_queue, 7}, 3, []}")).toMatchObject({ reason: "msg_queue", value: 7 });
  expect(read("{enit_trace, done, {crashed, killed}, unknown, []}")).toMatchObject({ reason: "tracer_died" });
  for (const text of ["{enit_trace, message, x}", "{enit_trace, name, a}", "{enit_trace, other, 1}", "{x}", "x"]) {
    expect(read(text)).toBeUndefined();
  }
});

test("processesIn() finds who did something, and to whom it was sent", () => {
  expect(processesIn(message("call, {m, f, [1]}").term)).toEqual([PID]);
  expect(processesIn(message("send, hi, other").term)).toEqual([PID, OTHER]);
  expect(processesIn(message("send, hi, a_name").term)).toEqual([PID]);
});
