import { describe, expect, test } from "bun:test";
import { parseTerm } from "../../src/term/index.ts";
import { describeReason, readReason } from "../../src/upgrade/vm/reason.ts";

// Reasons as release_handler of OTP 25.2.3 gives them.
describe("describeReason()", () => {
  test.each([
    [
      `{code_change_failed, "<0.99.0>", shop_server, {1, []},
         {'EXIT', {cannot_convert, [
           {shop_server, code_change, 3, [{file, "src/shop_server.erl"}, {line, 13}]},
           {gen_server, system_code_change, 4, [{file, "gen_server.erl"}, {line, 1288}]}]}}}`,
      "code_change of shop_server failed in <0.99.0>: cannot_convert in shop_server:code_change/3 (src/shop_server.erl:13)",
    ],
    [
      `{code_change_failed, "<0.99.0>", shop_server, {1, []},
         {'EXIT', {function_clause, [{shop_server, code_change, [{1, []}, {state, 0}, []], []}]}}}`,
      "code_change of shop_server failed in <0.99.0>: function_clause in shop_server:code_change/3",
    ],
    [
      `{code_change_failed, "<0.99.0>", shop_server, {1, []}, {'EXIT', will_not}}`,
      "code_change of shop_server failed in <0.99.0>: {'EXIT',will_not}",
    ],
    [
      `{code_change_failed, "<0.99.0>", shop_server, {1, []}, will_not}`,
      "code_change of shop_server failed in <0.99.0>: will_not",
    ],
    [
      `{'EXIT', {timeout, {sys, change_code, ["<0.99.0>", shop_server, "2", [], 300]}}}`,
      "code_change of shop_server in <0.99.0> is not done in time",
    ],
    [
      `{'EXIT', {{badmatch, 1}, [{shop, stop, 0, [{file, "src/shop.erl"}, {line, 7}]}]}}`,
      "{badmatch,1} in shop:stop/0 (src/shop.erl:7)",
    ],
    [`{'EXIT', {timeout, unknown}}`, "{'EXIT',{timeout,unknown}}"],
    [`{no_such_release, "9"}`, "there is no version 9"],
    [`{something, "else"}`, `{something,"else"}`],
  ])("gives %s in words", (reason, words) => {
    expect(describeReason(parseTerm(reason))).toBe(words);
  });
});

describe("readReason()", () => {
  test.each([
    [`{no_such_release, "9"}`, "no_such_release", null, null],
    [`{old_processes, shop_server}`, "old_processes", "shop_server", null],
    [
      `{code_change_failed, "<0.99.0>", shop_server, {1, []}, {'EXIT', {badarith, []}}}`,
      "code_change_failed",
      "shop_server",
      "<0.99.0>",
    ],
    [`{'EXIT', {{badmatch, 1}, [{shop, stop, 0, []}]}}`, "badmatch", null, null],
    [
      `{'EXIT', {timeout, {sys, change_code, ["<0.99.0>", shop_server, "2", [], 300]}}}`,
      "timeout",
      "shop_server",
      "<0.99.0>",
    ],
    [`enospc`, "enospc", null, null],
    [`[{unknown}]`, null, null, null],
  ])("takes %s apart", (text, reason, module, process) => {
    const term = text.replaceAll(/, (?=.)/g, ",");
    expect(readReason(parseTerm(text))).toEqual({ reason, term, module, process });
  });
});
