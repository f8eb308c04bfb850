import { afterAll, describe, expect, test } from "bun:test";
import { otpInstallations } from "../support/otp.ts";
import { type EnitProcess, type ReleaseHost, releaseHost } from "../support/release-host.ts";
import { Transcript } from "../support/transcript.ts";

/** Waits until no trace of enit has an owner any more, and tells what is still traced. */
const REMAINING = `
  [receive {'DOWN', Monitor, _, _, _} -> ok after 20000 -> exit(still_there) end
   || Owner <- processes(), {current_stacktrace, Stack} <- [process_info(Owner, current_stacktrace)],
      lists:keymember(enit_trace, 1, Stack), Monitor <- [monitor(process, Owner)]],
  case erlang:function_exported(trace, session_info, 1) of
    true -> trace:session_info(all) -- [{legacy, default}];
    false -> [Pid || Pid <- [new_processes | processes()], {flags, [_ | _]} <- [erlang:trace_info(Pid, flags)]]
             ++ [Function || Function <- [{relex_server, handle_call, 3}, {relex_server, count, 0}],
                             {all, [_ | _]} <- [erlang:trace_info(Function, all)]]
  end`;

const hosts = await Promise.all(
  otpInstallations().map(async (otp) => {
    const host = await releaseHost(otp);
    host.define("relex");
    await host.json("start", "relex");
    return { otp, host };
  }),
);
afterAll(async () => {
  for (const { host } of hosts) await host[Symbol.asyncDispose]();
});

for (const { otp, host } of hosts) {
  describe(`enit trace on OTP ${otp.major}`, () => {
    test("prints calls, their stack and what they return in redbug's form, then why it ended", async () => {
      const pattern = "relex_server:handle_call(count, {_, _}, N) when N > 0 -> return, stack";
      const run = await traced(host, [pattern, "--msgs", "4"], 2);
      const head = String.raw`\n% \d\d:\d\d:\d\d <0\.\d+\.0>\(relex_server\)\n`;
      const call = (count: number): string =>
        String.raw`${head}% relex_server:handle_call\(count, \{<0[^\n]*, ${count}\)\n(?:%   [a-z_]+:[a-z_]+/\d\n)+` +
        String.raw`${head}% relex_server:handle_call/3 -> \{reply,${count},${count + 1}\}\n`;
      expect(run.stdout).toMatch(new RegExp(`^${call(1)}${call(2)}enit trace done, msg_count - 4\n$`));
      expect(run.stdout).toContain("%   gen_server:handle_msg/");
      expect(run.stderr).toMatch(/^tracing 1 function in \d+ processes of relex@/);
      expect(run.exitCode).toBe(0);
      expect(await remaining(host)).toBe("[]\n");
    });

    test("prints a document a message with --json", async () => {
      const pattern = "relex_server:handle_call -> return,stack";
      const run = await traced(host, [pattern, "--msgs", "2", "--procs", "relex_server", "--json"], 1);
      const data = run.stdout.split("\n", 3).map((line) => (JSON.parse(line) as { data: unknown }).data);
      const common = {
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) as string,
        from: expect.stringMatching(/^<0\.\d+\.0>$/) as string,
        name: "relex_server",
        node: expect.stringMatching(/^relex@/) as string,
        module: "relex_server",
        function: "handle_call",
        arity: 3,
      };
      expect(data[0]).toMatchObject({ kind: "call", ...common, args: [{ atom: "count" }, {}, 3] });
      expect(data[0]).toHaveProperty("stack.0.call", expect.stringMatching(/^gen_server:/));
      expect(data[1]).toEqual({ kind: "return_from", ...common, value: { tuple: [{ atom: "reply" }, 3, 4] } });
      expect(data[2]).toEqual({ kind: "end", reason: "msg_count", value: null, messages: 2, counters: [] });
    });

    test("counts calls and their time, and prints messages", async () => {
      const received = await traced(host, ["receive", "--procs", "relex_server", "--msgs", "1"], 1);
      const message = String.raw`\n% \d\d:\d\d:\d\d <0\.\d+\.0>\(relex_server\)\n% <<< \{'\$gen_call',\{<0[^%]*,\s*count\}\n`;
      expect(received.stdout).toMatch(new RegExp(`^${message}enit trace done, msg_count - 1\n$`));
      const trace = start(host, [
        "relex_server:handle_call -> count",
        "relex_server:handle_cast -> time",
        "--time",
        "60",
      ]);
      await trace.started;
      for (let i = 0; i < 2; i++) await host.json("call", "relex", "relex_server", "count");
      trace.child.kill("SIGINT");
      expect(await trace.stdout.whole()).toBe(
        "\n%      2 : relex_server:handle_call/3\nenit trace done, stopped - 0\n",
      );
    });

    test.each(["SIGKILL", "SIGINT", "SIGTERM"] as const)("leaves nothing traced behind after %s", async (signal) => {
      const trace = start(host, ["relex_server", "--msgs", "infinity", "--time", "infinity"]);
      await trace.started;
      expect(await host.enit("eval", "relex", tracing(otp.major))).toMatchObject({ stdout: "true\n" });
      trace.child.kill(signal);
      await trace.child.exited;
      expect(await remaining(host)).toBe("[]\n");
      if (signal === "SIGKILL") return;
      expect(await trace.stdout.whole()).toEndWith("enit trace done, stopped - 0\n");
      expect(await trace.child.exited).toBe(0);
    });

    test("says that the connection is lost, and leaves nothing traced", async () => {
      const trace = start(host, ["relex_server", "--time", "infinity"]);
      await trace.started;
      const us = "[erlang:disconnect_node(Node) || Node <- nodes(hidden), Node =/= node(group_leader())]";
      expect((await host.enit("eval", "relex", us)).stdout).toBe("[true]\n");
      expect(await trace.child.exited).toBe(1);
      expect(await trace.stdout.whole()).toBe("enit trace done, node_down - 0\n");
      expect(await trace.stderr.whole()).toContain("the connection is lost");
      expect(await remaining(host)).toBe("[]\n");
    });

    test("says that the tracer was killed", async () => {
      const trace = start(host, ["relex_server", "--time", "infinity"]);
      await trace.started;
      const kill = `[exit(Pid, kill) || Pid <- processes(),
        process_info(Pid, current_function) =:= {current_function, {enit_trace, watch, 1}}]`;
      expect((await host.enit("eval", "relex", kill)).stdout).toBe("[true]\n");
      expect(await trace.child.exited).toBe(1);
      expect(await trace.stdout.whole()).toBe("enit trace done, tracer_died - 0\n");
      expect(await remaining(host)).toBe("[]\n");
    });
  });
}

describe("enit trace refuses", () => {
  const { host, otp } = hosts[0] ?? fail();
  test.each([
    ["lists:seq(1,", "            ^", "the end of the pattern, where an argument is expected", ""],
    ["relex_server:cont", "             ^", "the module relex_server has no cont", "Did you mean count?"],
    ["relex_server:count/2", "             ^", "the module relex_server has no count/2", "It has count/0."],
    ["relex_servr", "^", "there is no module relex_servr", "Did you mean relex_server?"],
    ["relex_server:count(nomod#r{})", "                   ^", "there is no module nomod", ""],
    ["pool:start/1", "^", "the module pool is not loaded", "--load loads it."],
    ["lists", "^", "it means all functions of lists, which everything calls", "--dangerous."],
    ["_", "^", "it means the functions of all modules", "--dangerous."],
    ["_:_/3", "^", "it means the functions of all modules", "--dangerous."],
  ])("%s", async (pattern, caret, state, hint) => {
    const run = await host.enit("trace", "relex", pattern);
    const [first, source, mark, last] = run.stderr.split("\n");
    expect([run.stdout, run.exitCode]).toEqual(["", 2]);
    expect(first).toBe(`enit: cannot trace "${pattern}": ${state}`);
    expect([source, mark]).toEqual([`1 | ${pattern}`, `    ${caret}`]);
    expect(last).toEndWith(hint);
  });

  test("processes that are not there, limits that are none, no pattern, a release that does not run", async () => {
    const name = await host.enit("trace", "relex", "relex_server", "--procs", "relex_servr");
    expect(name).toMatchObject({ stdout: "", exitCode: 1 });
    expect(name.stderr).toEndWith("no process is registered by this name\nDid you mean relex_server?\n");
    expect(await host.enit("trace", "relex", "relex_server", "--procs", "<1.2.3>")).toMatchObject({ exitCode: 255 });
    for (const limit of [
      ["--time", "0"],
      ["--msgs", "0"],
      ["--rate", "5"],
      ["--max-queue", "0"],
    ]) {
      expect(await host.enit("trace", "relex", "relex_server", ...limit)).toMatchObject({ stdout: "", exitCode: 255 });
    }
    expect(await host.enit("trace", "relex")).toMatchObject({ stdout: "", exitCode: 255 });
    host.define("other");
    const other = await host.enit("trace", "other", "lists:seq");
    expect(other.exitCode).toBe(1);
    expect(other.stderr).toContain("it does not run");
  });

  test.if(otp.major < 27)("to disturb a tracer that is at work", async () => {
    const tracer =
      "spawn(fun() -> register(my_tracer, self()), erlang:trace(whereis(relex_server), true, [call, {tracer, self()}]), receive stop -> ok end end)";
    await host.enit("eval", "relex", tracer);
    const run = await host.enit("trace", "relex", "relex_server", "--json");
    expect(JSON.parse(run.stdout)).toMatchObject({
      error: {
        code: "foreign_tracer",
        message: expect.stringMatching(/foreign tracer at work: <0\.\d+\.0> \(my_tracer\)$/) as string,
        data: { name: "my_tracer" },
      },
    });
    const kept = "{flags, Flags} = erlang:trace_info(whereis(relex_server), flags), my_tracer ! stop, Flags";
    expect((await host.enit("eval", "relex", kept)).stdout).toBe("[call]\n");
  });
});

describe("--debug_spec of the original enit", () => {
  const { host } = hosts[0] ?? fail();

  test("is a trace without a limit of time", async () => {
    const pattern = ["--debug_spec", "relex_server:handle_cast", "relex_server:handle_call"];
    const run = await traced(host, ["--msgs", "1", ...pattern], 1);
    expect(run.stderr).toMatch(/^tracing 2 functions in /);
    expect(run.stdout).toEndWith("enit trace done, msg_count - 1\n");
  });

  test("traces the release while it is reconfigured or asked, to standard error", async () => {
    host.define("relex", { user: "{relex_application, [{retries, 7}]}.\n" });
    const run = await host.enit("reconfigure", "relex", "--debug_spec", "enit_config:change -> return");
    expect(run.stdout).toStartWith("reconfigure: config changes applied\n");
    expect(run.stderr).toMatch(
      /\n% enit_config:change\(\[\{relex_application,.*\n% enit_config:change\/2 -> \[.*, stopped - 2\n$/s,
    );
    const status = await host.enit("status", "relex", "--debug_spec", "enit_status:get");
    expect(status.stdout).toStartWith("Release: relex\n");
    expect(status.stderr).toMatch(/\n% enit_status:get\(\)\nenit trace done, stopped - 1\n$/);
    expect(await remaining(host)).toBe("[]\n");
  });

  test("does nothing where nothing runs, and is refused if it does not parse", async () => {
    host.define("offline");
    expect(await host.enit("status", "offline", "--debug_spec", "m")).toMatchObject({ stderr: "", exitCode: 0 });
    const refused = await host.enit("reconfigure", "relex", "--debug_spec", "m:");
    expect([refused.stdout, refused.exitCode]).toEqual(["", 2]);
  });
});

test("a plugin traces by ctx.tracing, and ends the trace by taking no more of it", async () => {
  const { host } = hosts[0] ?? fail();
  const code = `
    import { definePlugin } from "enit/plugin";
    export default definePlugin({
      name: "spy", api: 1,
      commands: {
        spy: {
          description: "Waits for a call",
          run: async (ctx) => {
            const release = await ctx.releases.load("relex");
            const live = await ctx.tracing.start(release, ["relex_server:handle_call"], { seconds: 60, messages: "infinity" });
            const node = await ctx.releases.connect(release);
            await node.call("relex_server", "count", []);
            await node.close();
            for await (const item of live.items) return ctx.trace.tracedToJson(item);
          },
        },
      },
    });`;
  host.write("etc/enit/plugins/spy.ts", code);
  expect(await host.json("spy")).toMatchObject({ kind: "call", module: "relex_server", function: "handle_call" });
  expect(await remaining(host)).toBe("[]\n");
});

interface RunningTrace {
  readonly child: EnitProcess;
  readonly stdout: Transcript;
  readonly stderr: Transcript;
  /** Settles when it traces. */
  readonly started: Promise<string>;
}

function start(host: ReleaseHost, args: readonly string[]): RunningTrace {
  const child = host.spawn("trace", "relex", ...args);
  const stderr = new Transcript(child.stderr);
  return { child, stdout: new Transcript(child.stdout), stderr, started: stderr.until("tracing ") };
}

/** Traces while relex_server is called so many times. */
async function traced(host: ReleaseHost, args: readonly string[], calls: number) {
  const { child, stdout, stderr, started } = start(host, args);
  await started;
  for (let i = 0; i < calls; i++) await host.json("call", "relex", "relex_server", "count");
  return { stdout: await stdout.whole(), stderr: await stderr.whole(), exitCode: await child.exited };
}

async function remaining(host: ReleaseHost): Promise<string> {
  const { stdout, stderr } = await host.enit("eval", "relex", REMAINING);
  return stdout + stderr;
}

/** Whether something is traced in this VM. */
function tracing(major: number): string {
  return major >= 27
    ? "length(trace:session_info(all)) =:= 2"
    : "{traced, local} =:= erlang:trace_info({relex_server, handle_call, 3}, traced)";
}

function fail(): never {
  throw new Error("no OTP is installed");
}
