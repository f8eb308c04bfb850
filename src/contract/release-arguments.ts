import { EnitError } from "../error/index.ts";
import type { ArgumentDefinitions } from "./arguments.ts";
import type { ForegroundOptions, StartStep, StopOptions } from "./releases.ts";

/** The arguments of every command that takes a release. */
export const releaseArguments = {
  release: { type: "positional", required: true, description: "The release" },
  match: { type: "boolean", alias: "m", description: "Take RELEASE as a pattern, or the beginning of a name" },
} as const satisfies ArgumentDefinitions;

/** `--debug_spec` of the original enit, whose redbug it hands the patterns to: for `ctx.tracing.during`. */
export const debugArguments = {
  debugSpec: {
    type: "string",
    alias: "debug_spec",
    multiple: true,
    valueHint: "PATTERN",
    description: "Trace this in the release meanwhile, as enit trace does",
  },
} as const satisfies ArgumentDefinitions;

/** The arguments of every command that starts a release. */
export const startArguments = {
  startRetries: { type: "string", valueHint: "N|infinity", description: "How often to try again what failed" },
  startDelay: { type: "number", min: 0, valueHint: "SECONDS", description: "How long to wait before each new try" },
  syslog: { type: "boolean", alias: "s", description: "Have the node write to syslog as well" },
} as const satisfies ArgumentDefinitions;

/** The arguments of every command that stops a release. */
export const stopArguments = {
  stopTimeout: {
    type: "string",
    valueHint: "MS|infinity",
    description: "How many milliseconds to wait until it is gone",
  },
  force: { type: "boolean", alias: "f", description: "Kill the process when it does not stop in time" },
} as const satisfies ArgumentDefinitions;

/** Reads the values of `stopArguments`. Throws `bad_argument` where the time is none. */
export function readStopArguments(args: {
  readonly stopTimeout: string | undefined;
  readonly force: boolean;
}): Pick<StopOptions, "timeoutSeconds" | "force"> {
  const milliseconds = readCount("--stop-timeout", args.stopTimeout);
  return {
    timeoutSeconds: typeof milliseconds === "number" ? milliseconds / 1000 : milliseconds,
    force: args.force,
  };
}

/** Reads the values of `startArguments`. Throws `bad_argument` where the number of retries is none. */
export function readStartArguments(args: {
  readonly startRetries: string | undefined;
  readonly startDelay: number | undefined;
  readonly syslog: boolean;
}): ForegroundOptions {
  return {
    retries: readCount("--start-retries", args.startRetries),
    delaySeconds: args.startDelay,
    syslog: args.syslog,
  };
}

/** Says that an application did not start and will be tried again. */
export function describeRetry(step: StartStep & { kind: "retrying" }): string {
  const left = step.retriesLeft === "infinity" ? "no limit" : `${step.retriesLeft} left`;
  return `cannot start application "${step.application}": ${step.reason}; trying again in ${step.delaySeconds} s (${left})`;
}

function readCount(flag: string, text: string | undefined): number | "infinity" | undefined {
  if (text === undefined) return undefined;
  if (text === "infinity" || text === "unlimited") return "infinity";
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new EnitError("bad_argument", `cannot use "${text}" as ${flag}: it is no whole number and not "infinity"`, {
    kind: "usage",
  });
}
