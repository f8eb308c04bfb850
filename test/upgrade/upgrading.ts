/**
 * Upgrades a release, and does something when it comes to a step: for what must happen just then. Run by `startUpgrading`.
 *
 *     bun upgrading.ts ROOT OTP_ROOT FILE|VERSION STEP kill|kill-vm|fill:FILE
 */
import { closeSync, openSync, writeSync } from "node:fs";
import { loadRelease, loadSettings } from "../../src/release/index.ts";
import { upgradeRelease, type UpgradeStep } from "../../src/upgrade/index.ts";
import { findRunningVm } from "../../src/vm/index.ts";

const [root = "", otpRoot = "", target = "", at = "", action = ""] = process.argv.slice(2);
const settings = await loadSettings({ flags: { root, settings: "/dev/null", otpRoot } });
const release = await loadRelease("relex", settings);

function act(): void {
  if (action === "kill") process.kill(process.pid, "SIGKILL");
  else if (action === "kill-vm") process.kill(findRunningVm(release.stateDir)?.pid ?? 0, "SIGKILL");
  else if (action.startsWith("fill:")) fill(action.slice("fill:".length));
}

/** Leaves no room in the file system of a file. */
function fill(file: string): void {
  const fd = openSync(file, "w");
  for (let size = 65536; size >= 1;) {
    try {
      writeSync(fd, new Uint8Array(size));
    } catch {
      size = Math.floor(size / 2);
    }
  }
  closeSync(fd);
}

function isAt(step: UpgradeStep): boolean {
  return step.kind === at || (step.kind === "instruction" && step.text.startsWith(at));
}

try {
  const result = await upgradeRelease(
    release,
    target.endsWith(".tar.gz") ? { kind: "tarball", file: target } : { kind: "version", version: target },
    {
      permanent: true,
      limits: { restartSeconds: 20 },
      settleSeconds: 0,
      onStep: (step) => {
        if (isAt(step)) act();
      },
      warn: (message) => console.error(message),
      signal: new AbortController().signal,
    },
  );
  console.log(`${result.from} -> ${result.to}`);
} catch (error) {
  console.log(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
