import { afterAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { type Oracle, type OtpInstallation, oracle, otpInstallations } from "../support/otp.ts";

const AGENT = join(import.meta.dir, "..", "..", "src", "agent");
const MODULES = [
  ...["enit_trace", "enit_trace_plan", "enit_trace_tracer", "enit_trace_vm"].map((name) => join(AGENT, `${name}.erl`)),
  join(import.meta.dir, "traced.erl"),
];
const CALLS = "patterns => [{add, [{'_', [], []}]}]";
const NOTHING = "{0,0}";

const vms = await Promise.all(otpInstallations().map(startVm));
afterAll(async () => {
  for (const each of vms) await each[Symbol.asyncDispose]();
});

for (const vm of vms) {
  const hasSessions = vm.otp.major >= 27;
  describe(`enit_trace on OTP ${vm.otp.major}`, () => {
    /** How a trace went, with what was set in the VM while it did; nothing may be set behind it. */
    const run = async (request: string, work: string, ack = "ack"): Promise<Trace> => {
      const text = await vm.text(
        `{Reason, Started, Events, During, After} = traced:run(#{${request}}, fun() -> ${work} end, ${ack}),
         #{reason => Reason, started => Started, events => Events, during => During, remaining => After}`,
      );
      const part = (name: string): string =>
        new RegExp(`${name} => (.*?)(?=,(?:during|events|reason|remaining|started) => |\\}$)`).exec(text)?.[1] ?? text;
      expect(part("remaining")).toBe(NOTHING);
      // One whose time is up at once may be over before anybody looks.
      if (part("reason") !== "{timeout,0,[]}") expect(part("during")).not.toBe(NOTHING);
      return { reason: part("reason"), started: part("started"), events: part("events") };
    };

    test("passes on calls, what they return and throw", async () => {
      const spec = "[{'_', [], [{exception_trace}]}]";
      const { reason, started, events } = await run(
        `patterns => [{add, ${spec}}, {fail, ${spec}}], messages => 4`,
        "traced:work(1), catch traced:fail(oops)",
      );
      expect(started).toBe("#{functions => 2,processes => 1}");
      expect(reason).toBe("{msg_count,4,[]}");
      expect(events).toBe(
        "[{call,{traced,add,[1,1]}},{return_from,{traced,add,2},2}," +
          "{call,{traced,fail,[oops]}},{exception_from,{traced,fail,1},{error,oops}}]",
      );
    });

    test("traces what any of several patterns means, also where they mean the same function", async () => {
      const patterns = [
        "{traced, '_', '_', local, [{[x], [], []}], []}",
        "{add, [{[1, '_'], [], []}]}",
        "{add, [{[2, '_'], [], [{exception_trace}]}]}",
        "{'_', '_', '_', global, [{[3, 3], [], []}], []}",
        "{traced, add, 2, local, none, [call_count]}",
      ];
      const { reason, events } = await run(
        `patterns => [${patterns.join(", ")}]`,
        "traced:work(4), traced:big(x), lists:max([3]), traced:add(3, 3), lists:nth(1, [7]), {stop, owner}",
      );
      expect(events).toBe(
        "[{call,{traced,add,[1,1]}},{call,{traced,add,[2,2]}},{return_from,{traced,add,2},4},{call,{traced,add,[3,3]}}," +
          "{call,{traced,big,[x]}},{call,{traced,add,[3,3]}}]",
      );
      expect(reason).toBe("{stopped,6,[{{traced,add,2},5,none}]}");
      const { started } = await run(`patterns => [${patterns.slice(0, 3).join(", ")}]`, "{stop, owner}");
      const functions = await vm.text("length(traced:module_info(functions))");
      expect(started).toBe(`#{functions => ${functions},processes => 1}`);
    });

    test("passes on the stack, whatever the process has in it", async () => {
      const { events } = await run(
        "patterns => [{big, [{'_', [], [{message, {current_stacktrace}}]}]}], size => 10000, messages => 1",
        "traced:deep(lists:seq(1, 100000))",
      );
      expect(events).toMatch(
        hasSessions
          ? /^\[\{call,\{traced,big,\[x\]\},\[\{traced,deep,1,\[\{file,"[^"]*traced.erl"\},\{line,\d+\}\]\},\{traced,run,3,/
          : /^\[\{call,\{traced,big,\[x\]\},\[<<"traced:deep\/1">>,<<"traced:run\/3">>,/,
      );
    });

    test("passes on messages, sent and received", async () => {
      await vm.text("register(traced_peer, spawn(fun() -> receive go -> self() ! hi, receive hi -> ok end end end))");
      const { reason, events } = await run(
        "flags => [send, 'receive', timestamp], processes => [{name, traced_peer}], messages => 3",
        "traced_peer ! go",
      );
      expect(reason).toBe("{msg_count,3,[]}");
      expect(events).toMatch(/^\[\{'receive',go\},\{send,hi,<[\d.]+>\},\{'receive',hi\}\]$/);
    });

    test("has numbers of arguments in place of them where that is wanted", async () => {
      const { events } = await run(`${CALLS}, flags => [call, timestamp, arity]`, "traced:work(1), {stop, owner}");
      expect(events).toBe("[{call,{traced,add,2}}]");
    });

    test.each([
      ["it is told to stop", "", "traced:work(2), {stop, owner}", /^\{stopped,2,\[\]\}$/],
      ["its time is up", ", time => 1", "ok", /^\{timeout,0,\[\]\}$/],
      ["there are enough messages", ", messages => 2", "traced:work(10)", /^\{msg_count,2,\[\]\}$/],
      ["messages come too fast", ", rate => {3, 60000}", "traced:work(10)", /^\{\{rate,3,60000\},3,\[\]\}$/],
      ["the tracer is killed", "", "{kill, tracer}", /^\{\{crashed,killed\},unknown,\[\]\}$/],
      ["enit is gone", "", "{kill, client}", /^killed$/],
      ["the owner is killed", "", "{kill, owner}", /^none$/],
    ])("leaves nothing set when %s", async (_, limit, work, wanted) => {
      expect((await run(CALLS + limit, work)).reason).toMatch(wanted);
      // New processes are set apart from those that there are.
      expect((await run(`${CALLS}, processes => [all] ${limit}`, work)).reason).toMatch(wanted);
      expect((await run(`${CALLS}, processes => [new] ${limit}, patterns => []`, "{kill, client}")).reason).toBe(
        "killed",
      );
    });

    test("leaves nothing set when owner and tracer are killed at once", async () => {
      for (const processes of ["[self()]", "[all]"]) {
        const set = await vm.text(`traced:killed(#{${CALLS}, processes => ${processes}})`);
        expect(set).toMatch(/^\{\{[1-9]\d*,\d+\},\{0,0\}\}$/);
      }
    });

    test("traces none of its own processes", async () => {
      const own = ["enit_trace", "enit_trace_tracer", "enit_trace_vm", "counters", "lists"];
      const patterns = own.map((module) => `{${module}, '_', '_', local, [{'_', [], []}], []}`).join(", ");
      // The namer has to find the name of a process that is not the owner's.
      const work = "traced:work(1), receive after 0 -> ok end, {stop, owner}";
      const { reason, events } = await run(
        `patterns => [${patterns}, {add, [{'_', [], []}]}], processes => [all], queue => 100000`,
        work,
      );
      expect(reason).toMatch(/^\{stopped,\d+,\[\]\}$/);
      expect(events).toContain("{call,{traced,add,[1,1]}}");
      expect(events).not.toContain("enit_trace");
      expect(events).not.toContain("counters");
    });

    test("stops when more messages wait for it, or for who takes none, than may", async () => {
      expect((await run(`${CALLS}, queue => 5`, "traced:work(1000)", "never")).reason).toMatch(
        /^\{\{msg_queue,\d+\},[0-5],\[\]\}$/,
      );
    });

    test("goes on when as many messages as may be on their way were taken late", async () => {
      expect(await vm.text(`traced:late(#{${CALLS}})`)).toBe("{stopped,16}");
    });

    test.each([
      ["lists:seq(1, 100)", "{arg_length,100}"],
      ["{x, [lists:duplicate(101, a) | b]}", "{arg_length,100}"],
      ["maps:from_list([{N, N} || N <- lists:seq(1, 200)])", "{arg_length,200}"],
      ["#{x => binary:copy(<<1>>, 101)}", "{arg_size,101}"],
    ])("stops at a message with %s", async (term, limit) => {
      const { reason } = await run(`patterns => [{big, [{'_', [], []}]}], size => 100`, `traced:big(${term})`);
      expect(reason).toBe(`{${limit},0,[]}`);
    });

    test("passes on what is as large as it may be, and stops at many parts that are", async () => {
      const part = "lists:duplicate(99, 1)";
      const big = "patterns => [{big, [{'_', [], []}]}], size => 100, messages => 2";
      expect((await run(big, `traced:big({${part}, ${part}}), traced:big(x)`)).reason).toBe("{msg_count,2,[]}");
      expect((await run(big, `traced:big(lists:duplicate(90, ${part}))`)).reason).toMatch(/^\{\{arg_size,\d+\},0,/);
    });

    test("counts calls and their time without a message", async () => {
      const counter = (kinds: string) => `patterns => [{traced, '_', '_', local, none, [${kinds}]}]`;
      const work = "traced:work(3), {stop, owner}";
      const { reason, events } = await run(counter("call_count"), work);
      expect(reason).toContain("{{traced,add,2},3,none}");
      expect(events).toBe("[]");
      const { reason: timed } = await run(counter("call_time, call_count"), work);
      expect(timed).toMatch(/\{\{traced,add,2\},3,\d+\}/);
      // Also when a limit ends it.
      const both = `patterns => [{add, [{'_', [], []}]}, {traced, add, 2, local, none, [call_count]}], messages => 2`;
      expect((await run(both, "traced:work(3)")).reason).toMatch(
        /^\{msg_count,2,\[\{\{traced,add,2\},[23],none\}\]\}$/,
      );
    });

    test("changes nothing that another tracer has set", async () => {
      const text = await vm.text(`traced:beside(#{${CALLS}})`);
      const calls = "[[1,2],[3,4],[5,6]],{flags,[call]},{traced,local}}";
      if (hasSessions) {
        expect(text).toMatch(/^\{\{\{stopped,1,\[\]\},.*\{call,\{traced,add,\[3,4\]\}\}/);
        expect(text).toEndWith(calls);
      } else {
        expect(text).toBe(`{{foreign_tracer,{erlang,apply,2}},[[1,2],[5,6]],{flags,[call]},{traced,local}}`);
      }
    });

    test.if(!hasSessions)("finds patterns that wait for a tracer, and another trace of enit", async () => {
      const pattern = await vm.text(
        `erlang:trace_pattern({traced, add, 2}, true, [local]), Refused = traced:refused(#{${CALLS}}),
         Kept = erlang:trace_info({traced, add, 2}, traced), erlang:trace_pattern({traced, add, 2}, false, [local]),
         {Refused, Kept}`,
      );
      expect(pattern).toBe("{{error,{foreign_tracer,{traced,add,2},{pattern,local}}},{traced,local}}");
      const second = await vm.text(
        `{Reason, _, _, _, _} = traced:run(#{${CALLS}, messages => 1},
           fun() -> {error, {foreign_tracer, _, enit_trace}} = traced:refused(#{${CALLS}}), traced:work(1) end), Reason`,
      );
      expect(second).toBe("{msg_count,1,[]}");
    });

    test("refuses what is not there", async () => {
      const refused = (request: string): Promise<string> => vm.text(`traced:refused(#{${request}})`);
      const pattern = (mfa: string, spec = "[{'_', [], []}]"): string => `patterns => [{${mfa}, local, ${spec}, []}]`;
      expect(await refused(pattern("traced, nothing, '_'"))).toMatch(/^\{error,\{no_function,1,traced,\[.*\{add,2\}/);
      expect(await refused(pattern("traced, add, 3"))).toMatch(/^\{error,\{no_function,1,traced,/);
      expect(await refused(pattern("'_', no_such_function, '_'"))).toBe("{error,{no_function,1,'_',[]}}");
      expect(await refused(pattern("no_such_module, f, 1"))).toMatch(/^\{error,\{no_module,1,\[/);
      expect(await refused(pattern("base64, encode, 1"))).toMatch(/^\{error,\{not_loaded,1,<<".*base64\.beam">>\}\}$/);
      expect(await refused(pattern("traced, add, 2", "[{'_', [{no_such_guard}], []}]"))).toMatch(
        /^\{error,\{bad_match_spec,1,\[<<".*no_such_guard/,
      );
      expect(await refused(`${CALLS}, processes => [{name, nobody}]`)).toMatch(/^\{error,\{no_process,nobody,\[/);
      expect(await refused(`${CALLS}, processes => [list_to_pid("<0.30000.0>")]`)).toMatch(
        /^\{error,\{no_process,<0\.\d+\.0>,\[\]\}\}$/,
      );
      expect(await vm.text("traced:state()")).toBe(NOTHING);
    });

    test("loads a module where that is allowed", async () => {
      const trace = "patterns => [{base64, encode, 1, local, [{'_', [], []}], []}], load => true, messages => 1";
      const { events } = await run(trace, "base64:encode(<<1>>)");
      expect(events).toMatch(/^\[\{call,\{base64,encode,\[/);
      await vm.text("code:delete(base64), code:purge(base64)");
    });

    test("knows the fields of records by debug information", async () => {
      expect(await vm.text("enit_trace:fields(erl_lint, lint)")).toMatch(/^\{ok,\[state,/);
      expect(await vm.text("enit_trace:fields(erl_lint, lnt)")).toMatch(/^\{error,\{no_record,\[.*lint/);
      expect(await vm.text("enit_trace:fields(no_such_module, x)")).toBe("{error,no_module}");
      expect(await vm.text("enit_trace:fields(traced, x)")).toBe("{error,no_debug_info}");
    });
  });
}

interface Trace {
  readonly reason: string;
  readonly started: string;
  readonly events: string;
}

async function startVm(otp: OtpInstallation): Promise<Oracle> {
  const vm = await oracle(otp);
  for (const file of MODULES) {
    await vm.text(`{ok, M, B} = compile:file("${file}", [binary]), {module, M} = code:load_binary(M, "none", B)`);
  }
  return vm;
}
