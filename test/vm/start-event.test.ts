import { expect, test } from "bun:test";
import { parseTerm } from "../../src/term/index.ts";
import { parseStartEvents } from "../../src/vm/start-event.ts";
import { applicationStartFailed } from "../../src/vm/start-failure.ts";

test("parseStartEvents() reads what it knows and passes over the rest", () => {
  const lines = `booting.
{starting,sasl}.
{started,sasl}.
{of_a_later_version,1}.
later.
{retrying,'my app',{not_yet,<<"<0.1.0>">>},<<"{not_yet,<0.1.0>}">>,infinity,1500}.
{retrying,relex,no,<<"no">>,2,0}.
{failed,relex,"λ",<<"\\"λ\\""/utf8>>}.
running.
`;
  expect(parseStartEvents(lines)).toEqual([
    { kind: "booting" },
    { kind: "starting", application: "sasl" },
    { kind: "started", application: "sasl" },
    {
      kind: "retrying",
      application: "my app",
      reason: parseTerm('{not_yet,<<"<0.1.0>">>}'),
      text: "{not_yet,<0.1.0>}",
      retriesLeft: "infinity",
      delaySeconds: 1.5,
    },
    { kind: "retrying", application: "relex", reason: parseTerm("no"), text: "no", retriesLeft: 2, delaySeconds: 0 },
    { kind: "failed", application: "relex", reason: parseTerm('"λ"'), text: '"λ"' },
    { kind: "running" },
  ]);
});

for (const [reason, words] of [
  ["{bad_return,{{m,start,[normal,[]]},{'EXIT',{undef,[]}}}}", 'application "app": its function m:start/2 crashed'],
  [
    "{bad_return,{{m,start,[normal,[]]},ok}}",
    'application "app": its function m:start/2 returned something else than a pid',
  ],
  ["{no_way,{m,start,[normal,[]]}}", 'application "app": its function m:start/2 gave an error'],
  [
    "{{shutdown,{failed_to_start_child,outer,{shutdown,{failed_to_start_child,inner,no_way}}}},{m,start,[normal,[]]}}",
    'application "app": its child "inner" did not start',
  ],
  ["{not_started,other}", 'application "app": it needs "other", which does not run'],
  ["terminated_after_start", 'application "app": it started and ended at once'],
  ["{anything,else}", 'application "app" failed'],
] as const) {
  test(`applicationStartFailed() puts into words: ${words}`, () => {
    const error = applicationStartFailed("relex", { application: "app", reason: parseTerm(reason), text: "TEXT" });
    expect(error.message).toBe(`cannot start "relex": ${words}: TEXT`);
  });
}
