import type { ArgumentDefinitions, ArgumentValues, Context } from "../../src/contract/index.ts";

/** The flags of both commands. */
export const TRACE_FLAGS = {
  msgs: { type: "number", integer: true, min: 1, description: "Stop after N messages" },
  time: { type: "number", min: 0, valueHint: "SECONDS", description: "Stop after this time" },
  pc: {
    type: "enum",
    options: ["latin1", "unicode"],
    default: "latin1",
    description: "What is printable in strings, as of erl +pc",
  },
  otp: { type: "number", integer: true, min: 25, valueHint: "RELEASE", description: "Print terms as this OTP does" },
} as const satisfies ArgumentDefinitions;

/** What the help of both commands says of their output. */
export const OUTPUT_DETAILS =
  "Each message is printed as dbg:trace_client prints it. With --json each is a document on a line of its own, which " +
  "docs/trace.md describes.";

type Flags = ArgumentValues<typeof TRACE_FLAGS>;

/** What the flags say of the output. */
export function itemOptions({ msgs, pc, otp }: Pick<Flags, "msgs" | "pc" | "otp">) {
  const printableRange = pc === "unicode" ? ("unicode" as const) : ("latin1" as const);
  return { msgs, printableRange, ...(otp === undefined ? {} : { otp }) };
}

/** A signal that is aborted by Ctrl-C and, if a time is given, when it is up. */
export function limitTime(
  ctx: Context,
  seconds: number | undefined,
): { readonly signal: AbortSignal; readonly isTimeUp: () => boolean } {
  if (seconds === undefined) return { signal: ctx.signal, isTimeUp: () => false };
  const timeout = AbortSignal.timeout(seconds * 1000);
  return { signal: AbortSignal.any([ctx.signal, timeout]), isTimeUp: () => timeout.aborted };
}
