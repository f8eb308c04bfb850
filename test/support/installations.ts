import { existsSync, readdirSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** One Erlang/OTP installation that tests may use. */
export interface OtpInstallation {
  /** The OTP release: 25, 27, 29. */
  readonly major: number;
  /** The root directory, as `code:root_dir()` says it. */
  readonly root: string;
  /** The `erl` script. */
  readonly erl: string;
}

/** The OTP releases that `npm test` sets up in the cache directory, beside the system's own. */
const MATRIX = [27, 29];

/**
 * Lists the OTP installations at hand, the oldest first, one a major release: the system's (`erl` on PATH), those that
 * `npm test` has set up in the cache directory, and the roots named by `ENIT_TEST_OTP` (separated by colons).
 *
 * @throws Error if there is none, or if `ENIT_TEST_OTP` names something else.
 */
export function otpInstallations(): readonly OtpInstallation[] {
  const found = new Map<number, OtpInstallation>();
  const add = (installation: OtpInstallation | undefined): void => {
    if (installation !== undefined && !found.has(installation.major)) found.set(installation.major, installation);
  };
  add(systemInstallation());
  for (const root of (process.env["ENIT_TEST_OTP"] ?? "").split(":").filter((each) => each !== "")) {
    const installation = installationAt(root);
    if (installation === undefined) throw new Error(`ENIT_TEST_OTP: no Erlang/OTP in ${root}`);
    add(installation);
  }
  for (const major of MATRIX) add(installationAt(join(otpCacheDirectory(), `otp-${major}`)));
  if (found.size === 0) throw new Error("no Erlang/OTP found: run npm test, which sets it up");
  return [...found.values()].sort((a, b) => a.major - b.major);
}

/** The installation that `erl` on PATH belongs to: what enit itself uses unless told otherwise. */
export function systemOtp(): OtpInstallation {
  const installation = systemInstallation();
  if (installation === undefined) throw new Error("no erl on PATH: run npm test, which sets it up");
  return installation;
}

/** Where `npm test` keeps the OTP releases of the test matrix. */
function otpCacheDirectory(): string {
  return join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "enit");
}

function systemInstallation(): OtpInstallation | undefined {
  const erl = Bun.which("erl");
  return erl === null ? undefined : installationAt(dirname(dirname(realpathSync(erl))));
}

function installationAt(root: string): OtpInstallation | undefined {
  const erl = join(root, "bin", "erl");
  const releases = join(root, "releases");
  if (!existsSync(erl) || !existsSync(releases)) return undefined;
  const majors = readdirSync(releases)
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return majors.length === 0 ? undefined : { major: Math.max(...majors), root, erl };
}
