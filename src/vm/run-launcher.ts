import { writeSync } from "node:fs";
import { EnitError } from "../error/index.ts";
import { libc } from "../system/index.ts";
import { becomeVm, type LaunchOrder } from "./execute.ts";
import { type LaunchReport, REPORT_DESCRIPTOR } from "./launcher.ts";

/** What a launcher does: waits for its order and becomes the VM. Returns an exit code if it does not. */
export async function runLauncher(): Promise<number> {
  // Opened while there is nothing else to do.
  const [text] = await Promise.all([Bun.stdin.text(), libc()]);
  // Whoever started us is gone, or had no use for us.
  if (text === "") return 0;
  try {
    return await becomeVm(JSON.parse(text) as LaunchOrder);
  } catch (error) {
    writeSync(REPORT_DESCRIPTOR, JSON.stringify(reportOf(error)));
    return 1;
  }
}

function reportOf(error: unknown): LaunchReport {
  if (error instanceof EnitError) {
    const { code, message, kind, hint, data } = error;
    return { code, message, kind, hint, data };
  }
  const message = `cannot launch the VM: ${String(error)}`;
  return { code: "launch_failed", message, kind: "defect", hint: undefined, data: {} };
}
