import { hostname } from "node:os";
import { type OtpInstallation, startEpmd, systemOtp } from "../support/otp.ts";
import { runEnit } from "../support/run-enit.ts";
import { type TempDir, tempDir } from "../support/temp-dir.ts";

/** What the releases of the benchmarks run: some of what a service on Erlang usually has. */
export const APPLICATIONS = ["sasl", "runtime_tools", "crypto", "asn1", "public_key", "ssl", "inets"];
export const COOKIE = "benchmark";

/** A host of its own in a temporary directory, with its own epmd. */
export interface BenchHost extends AsyncDisposable {
  readonly otp: OtpInstallation;
  readonly dir: TempDir;
  readonly env: Readonly<Record<string, string>>;
  /** Defines a release with the applications above. */
  readonly define: (release: string) => void;
  /** The node that a release runs on. */
  readonly nodeOf: (release: string) => string;
  /** Runs `enit` and fails if it does. */
  readonly enit: (...args: string[]) => Promise<string>;
}

export async function openBenchHost(): Promise<BenchHost> {
  await using cleanup = new AsyncDisposableStack();
  const otp = systemOtp();
  const dir = cleanup.use(tempDir());
  const epmd = cleanup.use(await startEpmd(otp));
  const env = { ENIT_ROOT: dir.path, ERL_EPMD_PORT: String(epmd.port), HOME: dir.path };
  const all = cleanup.move();
  return {
    otp,
    dir,
    env,
    define: (release) => {
      const applications = APPLICATIONS.join(", ");
      dir.write(
        `var/lib/enit/${release}/release.enit`,
        `{release, ${release}, [{vsn, "1"}, {applications, [${applications}]}]}.\n`,
      );
      dir.write(`etc/enit/${release}/user.config`, `{node, [{cookie, "${COOKIE}"}]}.\n`);
    },
    nodeOf: (release) => `${release}@${hostname().split(".")[0]}`,
    enit: async (...args) => {
      const { exitCode, stdout, stderr } = await runEnit(args, { env });
      if (exitCode !== 0) throw new Error(`enit ${args.join(" ")} ended with ${exitCode}: ${stderr}`);
      return stdout;
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
