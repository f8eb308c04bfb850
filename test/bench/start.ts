import { oracle } from "../support/otp.ts";
import { ENIT } from "../support/run-enit.ts";
import { APPLICATIONS, COOKIE, openBenchHost } from "./bench-host.ts";
import { compareProcesses } from "./processes.ts";
import type { Comparison } from "./report.ts";

const ROUNDS = 15;

/** `enit start` until everything runs, beside a bare emulator that boots and starts the same applications. */
export async function benchStart(): Promise<Comparison[]> {
  await using host = await openBenchHost();
  const { otp, dir, env } = host;
  host.define("relex");

  // The boot script that systools makes: the same applications, all of them started by it.
  await using erl = await oracle(otp, { cwd: dir.path });
  await erl.text(
    `Names = [kernel, stdlib, ${APPLICATIONS.join(", ")}],
     Applications = [begin application:load(N), {ok, V} = application:get_key(N, vsn), {N, V} end || N <- Names],
     Rel = {release, {"bare", "1"}, {erts, erlang:system_info(version)}, Applications},
     ok = file:write_file("bare.rel", io_lib:format("~p.~n", [Rel])),
     ok = systools:make_script("bare", [local])`,
  );
  const bare = ["-noinput", "-sname", "bench_bare", "-setcookie", COOKIE];
  const rows = await compareProcesses(
    [
      {
        name: "`enit start`",
        command: [ENIT, "start", "relex"],
        env,
        after: async () => void (await host.enit("stop", "relex")),
      },
      {
        name: "`erl -boot`, and halt",
        command: [otp.erl, "-boot", dir.join("bare"), ...bare, "-eval", "erlang:halt(0, [{flush, false}])"],
        env,
      },
    ],
    ROUNDS,
  );
  return [
    {
      title: "Start of a release until everything runs",
      how:
        `Whole processes, ${ROUNDS} rounds, a release of ${APPLICATIONS.join(", ")}. The bare emulator boots a script of ` +
        "the same applications and ends as soon as all are started; its memory is that of the VM.",
      unit: "ms",
      rows,
    },
  ];
}
