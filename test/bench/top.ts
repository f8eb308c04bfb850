import { startEpmd, startNode, systemOtp, type TestNode } from "../support/otp.ts";
import { ENIT } from "../support/run-enit.ts";
import { tempDir } from "../support/temp-dir.ts";
import { type Comparison, median } from "./report.ts";

const SIZES = [100, 100_000];
const ROUNDS = 3;
/** Milliseconds in which the processor time of the VM is counted, after as many in which what watches it settles. */
const WINDOW = 10_000;
const NAME = "bench_top";

/** The processor time that watching costs a VM, counted in the VM. */
export async function benchTop(): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const size of SIZES) comparisons.push(await benchSize(size));
  return comparisons;
}

async function benchSize(size: number): Promise<Comparison> {
  const otp = systemOtp();
  using dir = tempDir();
  await using epmd = await startEpmd(otp);
  await using node = await startNode({ otp, name: NAME, epmdPort: epmd.port, args: ["+P", "1000000"] });
  dir.write(`var/lib/enit/${NAME}/release.enit`, `{release, ${NAME}, [{vsn, "1"}, {applications, [sasl]}]}.\n`);
  dir.write(`etc/enit/${NAME}/user.config`, `{node, [{cookie, "${node.cookie}"}]}.\n`);
  await node.text(`[spawn(fun() -> receive stop -> ok end end) || _ <- lists:seq(1, ${size})], ok`);

  const command = [ENIT, "--root", dir.path, "top", NAME, "--json"];
  const env = { PATH: process.env["PATH"], HOME: dir.path, ERL_EPMD_PORT: String(epmd.port) };
  const peers: readonly { readonly name: string; readonly during: (measure: () => Promise<void>) => Promise<void> }[] =
    [
      {
        name: "`enit top`",
        during: async (measure) => {
          const top = Bun.spawn({ cmd: command, env, stdin: "ignore", stdout: "ignore", stderr: "inherit" });
          await measure();
          top.kill("SIGINT");
          await top.exited;
        },
      },
      {
        name: "`observer_backend:etop_collect/1`, of which `etop` is made",
        during: async (measure) => {
          const once = "observer_backend:etop_collect(self()), receive _ -> ok end";
          await node.text(`register(etop, spawn(fun() -> (fun F() -> ${once}, timer:sleep(2000), F() end)() end))`);
          await measure();
          await node.text("exit(whereis(etop), kill)");
        },
      },
      { name: "nothing", during: (measure) => measure() },
    ];
  const shares = peers.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, { during }] of peers.entries()) await during(async () => void shares[i]?.push(await shareOf(node)));
  }
  return {
    title: `Load on a VM of ${size.toLocaleString("en")} idle processes that is watched`,
    how:
      `Processor time of the whole VM, counted by the VM over ${WINDOW / 1000} s, ${ROUNDS} rounds, a sample every 2 s, OTP ` +
      `${otp.major}. \`enit top\` has its default budget, 5% of one scheduler.`,
    unit: "% of a core",
    rows: peers.map(({ name }, i) => ({ name, median: median(shares[i] ?? []) })),
  };
}

async function shareOf(node: TestNode): Promise<number> {
  const runtime = "element(1, statistics(runtime))";
  const text = await node.text(`timer:sleep(${WINDOW}), B = ${runtime}, timer:sleep(${WINDOW}), ${runtime} - B`);
  return (Number(text) / WINDOW) * 100;
}
