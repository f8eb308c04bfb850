import { afterAll, describe, expect, test } from "bun:test";
import { TracePrinter, readTraceFile } from "../../src/trace/index.ts";
import { tempDir } from "../support/temp-dir.ts";
import { printedByDbg, startTracers } from "./tracers.ts";

/** What the trace of every OTP holds, and with every kind of timestamp: `{call,monotonic}`. */
const STAMPED = (
  "call closed exception_from exit gc_major_end gc_major_start gc_minor_end gc_minor_start getting_linked " +
  "getting_unlinked in link open out out_exited 'receive' register return_from return_to send " +
  "send_to_non_existing_process spawn unregister seq_trace,print seq_trace,'receive' seq_trace,send"
).split(" ");
const STAMPS = ["monotonic", "strict_monotonic", "timestamp"];
const UNSTAMPED = ["spawned", "unlink"];

const vms = await startTracers();
afterAll(async () => {
  for (const each of vms) await each[Symbol.asyncDispose]();
});

for (const vm of vms) {
  const { major } = vm.otp;
  describe(`TracePrinter with the trace of OTP ${major}`, () => {
    test("prints what dbg prints, every kind of message with every kind of timestamp", async () => {
      using dir = tempDir();
      const file = dir.join("all.trace");
      await vm.text(`tracing:to_file("${file}")`);
      const events = await vm.text(`tracing:events("${file}")`);
      for (const event of STAMPED) for (const stamp of STAMPS) expect(events).toContain(`{${event},${stamp}}`);
      for (const event of UNSTAMPED) expect(events).toContain(`,${event},`);
      for (const printer of vms) {
        expect(await ours(file, printer.otp.major)).toBe(await printedByDbg(printer, `printed_file("${file}")`));
      }
    });

    test("prints what dbg prints of messages that no tracer sends", async () => {
      using dir = tempDir();
      const file = dir.join("odd.trace");
      await vm.text(`tracing:odd("${file}")`);
      expect(await ours(file, major)).toBe(await printedByDbg(vm, `printed_file("${file}")`));
    });
  });
}

async function ours(file: string, otp: number): Promise<string> {
  const printer = new TracePrinter({ otp });
  let text = "";
  for await (const batch of readTraceFile({ file })) {
    for (const message of batch) text += printer.print(message);
  }
  return text;
}
