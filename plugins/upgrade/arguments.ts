import type { Context, UpgradeServiceOptions } from "../../src/contract/index.ts";
import { showSteps } from "./steps.ts";

/** The arguments of every command that changes the version of a running release. */
export const upgradeArguments = {
  permanent: {
    type: "boolean",
    default: true,
    description: "Have the next start take the version, too; --no-permanent leaves that as it is",
  },
  dryRun: { type: "boolean", alias: "n", description: "Show what would be done, and change nothing" },
  timeout: {
    type: "number",
    min: 0.1,
    valueHint: "SECONDS",
    description: "How long the installation may take; after that the VM is started anew with its permanent version",
  },
  settle: {
    type: "number",
    min: 0,
    default: 5,
    valueHint: "SECONDS",
    description: "How long processes may take to leave old code",
  },
  suspendTimeout: {
    type: "number",
    min: 1,
    integer: true,
    valueHint: "MS",
    description: "How long a process may take to suspend (5000)",
  },
  codeChangeTimeout: {
    type: "number",
    min: 1,
    integer: true,
    valueHint: "MS",
    description: "How long code_change of a process may take (5000)",
  },
} as const;

/** That of the commands that go to a version which is there. */
export const restartArgument = {
  restart: {
    type: "boolean",
    description: "Stop a packaged release and start the version where it cannot come to it while it runs",
  },
} as const;

interface UpgradeArguments {
  readonly permanent: boolean;
  readonly timeout: number | undefined;
  readonly settle: number;
  readonly suspendTimeout: number | undefined;
  readonly codeChangeTimeout: number | undefined;
  readonly restart?: boolean;
}

/** What the arguments ask of the service, with its steps shown as they happen. */
export function readUpgradeArguments(ctx: Context, args: UpgradeArguments): UpgradeServiceOptions & Disposable {
  const steps = showSteps(ctx);
  return {
    permanent: args.permanent,
    restart: args.restart ?? false,
    timeoutSeconds: args.timeout,
    settleSeconds: args.settle,
    suspendTimeout: args.suspendTimeout,
    codeChangeTimeout: args.codeChangeTimeout,
    signal: ctx.signal,
    onStep: steps.onStep,
    [Symbol.dispose]: () => steps[Symbol.dispose](),
  };
}
