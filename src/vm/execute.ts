import { accessSync, constants, openSync } from "node:fs";
import { EnitError } from "../error/index.ts";
import { assumeIdentity, type Identity } from "./identity.ts";
import { executeProgram, libc } from "../system/index.ts";
import type { LaunchPlan } from "./plan.ts";
import { describeSystemError } from "./system-error.ts";
import { type VmIdentification, writeVmRecord } from "./vm-record.ts";

/** All that a process must know to become a VM. Plain data: it travels to another process as JSON. */
export interface LaunchOrder {
  readonly plan: LaunchPlan;
  readonly identity: Identity;
  readonly stateDir: string;
  readonly identification: VmIdentification;
  /** A file that the VM reads at its start; whether it can is worth a message of our own. */
  readonly mustRead: string;
  /** Whether the VM gets our standard input, or none. */
  readonly stdin: "inherit" | "none";
}

/**
 * Becomes the VM: the same process, with the descriptors 0, 1 and 2 and nothing else of ours.
 *
 * Before that it notes in the state directory who it is; a lock that is open here is held until then and free from the
 * exec on. Returns never; throws `launch_failed`, `not_permitted`.
 */
export async function becomeVm(order: LaunchOrder): Promise<never> {
  const { plan, identity } = order;
  const c = await libc();
  writeVmRecord(order.stateDir, order.identification);
  if (order.stdin === "none") c.duplicate(openSync("/dev/null", "r"), 0);
  assumeIdentity(c, identity);
  const { executable, argv, env } = plan;
  await attempt(plan, `read "${order.mustRead}"`, () => accessSync(order.mustRead, constants.R_OK));
  await attempt(plan, `enter the directory "${plan.cwd}"`, () => process.chdir(plan.cwd));
  return attempt(plan, `run "${executable}"`, () =>
    executeProgram({ path: executable, argv: [executable, ...argv], env }),
  );
}

async function attempt<T>(plan: LaunchPlan, action: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const who = plan.user === undefined ? "" : ` as user "${plan.user}"`;
    throw new EnitError("launch_failed", `cannot ${action}${who}: ${describeSystemError(error)}`, {
      data: { executable: plan.executable, cwd: plan.cwd, user: plan.user },
      cause: error,
    });
  }
}
