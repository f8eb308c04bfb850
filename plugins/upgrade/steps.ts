import type { Context, Progress, UpgradeStep } from "../../src/contract/index.ts";

/** Tells of the steps of an upgrade: each on a line, and on a terminal the instructions of the relup as they are evaluated. */
export function showSteps(ctx: Context): Disposable & { readonly onStep: (step: UpgradeStep) => void } {
  let progress: Progress | undefined;
  let done = 0;
  const end = (): void => {
    progress?.end();
    progress = undefined;
  };
  return {
    onStep: (step) => {
      if (step.kind === "instruction") {
        progress ??= ctx.progress("evaluating");
        progress.update(++done, `evaluating ${step.text}`);
        ctx.log.debug(`evaluating ${step.text}`);
        return;
      }
      end();
      ctx.log.info(describeStep(step));
    },
    [Symbol.dispose]: end,
  };
}

function describeStep(step: Exclude<UpgradeStep, { kind: "instruction" }>): string {
  switch (step.kind) {
    case "reading":
    case "copying":
      return `${step.kind} ${step.file}`;
    case "waiting":
      return "waiting until release_handler is done with what was begun before";
    case "cleaning up":
      return `removing what is left of version ${step.version}`;
    case "unpacking":
      return `unpacking version ${step.version}`;
    case "rendering":
      return `writing the configuration of version ${step.version}`;
    case "checking":
      return `checking version ${step.version}`;
    case "installing":
      return `installing version ${step.to} in place of ${step.from}`;
    case "verifying":
      return `verifying version ${step.version}`;
    case "making permanent":
      return `making version ${step.version} permanent`;
    case "going back":
      return `going back to version ${step.version}`;
    case "stopping":
    case "starting":
      return `${step.kind} version ${step.version}`;
    case "restarting":
      return "waiting for the VM to start anew with its permanent version";
  }
}
