/**
 * Starts a release in a process of its own, for tests that kill it: `starter.ts MODE ROOT OTP_ROOT EPMD_PORT`.
 * Prints each event of a start in the background; in the foreground it becomes the VM.
 */
import { writeSync } from "node:fs";
import { EnitError } from "../../src/error/index.ts";
import { loadRelease, loadSettings } from "../../src/release/index.ts";
import { prepareForeground, startRelease } from "../../src/vm/index.ts";

const [mode, root = "", otpRoot = "", epmdPort = "", socket = ""] = process.argv.slice(2);
const flags = { root, settings: "/dev/null", otpRoot };
const settings = await loadSettings({ flags, env: { ERL_EPMD_PORT: epmdPort } });
const release = await loadRelease("relex", settings);
const say = (word: string): void => void writeSync(1, `${word}\n`);
try {
  if (mode === "foreground") await (await prepareForeground(release, socket === "" ? {} : { syslog: socket })).become();
  const changePlan = <T>(plan: T): T => (say("planned"), plan);
  await startRelease(release, { changePlan, onWait: () => say("waiting"), onEvent: ({ kind }) => say(kind) });
  say("done");
} catch (error) {
  if (!(error instanceof EnitError)) throw error;
  say(error.code);
  process.exitCode = 1;
}
