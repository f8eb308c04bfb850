import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ENIT } from "../support/run-enit.ts";
import { COOKIE, openBenchHost } from "./bench-host.ts";
import { type Peer, compareProcesses } from "./processes.ts";
import type { Comparison } from "./report.ts";

const ROUNDS = 30;

/** Asking a running node for its applications, beside the ways that Erlang has for it. */
export async function benchStatus(): Promise<Comparison[]> {
  await using host = await openBenchHost();
  const { otp, dir, env } = host;
  host.define("relex");
  await host.enit("start", "relex");
  try {
    const node = host.nodeOf("relex");
    const ask = `io:format("~p~n", [rpc:call('${node}', application, which_applications, [])])`;
    const script = dir.write(
      "ask.escript",
      `#!/usr/bin/env escript\n%%! -hidden -sname bench_escript -setcookie ${COOKIE}\nmain(_) -> ${ask}.\n`,
    );
    const erts = readdirSync(otp.root).find((name) => name.startsWith("erts-")) ?? "";
    const erlCall = join(otp.root, erts, "bin", "erl_call");
    const hidden = ["-noshell", "-hidden", "-sname", "bench_erl", "-setcookie", COOKIE];
    const peers: Peer[] = [
      { name: "`enit status --json`", command: [ENIT, "status", "relex", "--json"], env },
      {
        name: "`erl_call`",
        command: [erlCall, "-sname", node, "-c", COOKIE, "-a", "application which_applications []"],
        env,
      },
      { name: "`erl -noshell`", command: [otp.erl, ...hidden, "-eval", `${ask}, halt().`], env },
      { name: "an escript", command: [join(otp.root, "bin", "escript"), script], env },
    ];
    return [
      {
        title: "Status of a running release",
        how:
          `Whole processes, ${ROUNDS} rounds. The peers ask for the running applications alone; ` +
          "`enit status` reads the configuration, and asks for memory, uptime and connected nodes as well.",
        unit: "ms",
        rows: await compareProcesses(peers, ROUNDS),
      },
    ];
  } finally {
    await host.enit("stop", "relex", "--force");
  }
}
