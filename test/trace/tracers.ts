import { join } from "node:path";
import { type Oracle, type OtpInstallation, oracle, otpInstallations } from "../support/otp.ts";

/** A VM with `tracing.erl` in it, which makes traces and prints them as its `dbg` does. */
export async function startTracer(otp: OtpInstallation): Promise<Oracle> {
  const vm = await oracle(otp);
  const source = join(import.meta.dir, "tracing.erl");
  await vm.text(`{ok, M, B} = compile:file("${source}", [binary]), {module, M} = code:load_binary(M, "tracing", B)`);
  return vm;
}

/** Such a VM of each OTP at hand, the oldest first. */
export function startTracers(): Promise<readonly Oracle[]> {
  return Promise.all(otpInstallations().map(startTracer));
}

/** Evaluates a call that prints as `dbg` does, and gives the text; fails if `dbg` did not come to the end of the trace. */
export async function printedByDbg(vm: Oracle, call: string): Promise<string> {
  const text = await vm.bytes(`{Text, normal} = tracing:${call}, Text`);
  return new TextDecoder().decode(text);
}
