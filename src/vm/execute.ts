import { accessSync, constants, existsSync, openSync } from "node:fs";
import { describeSystemError, EnitError, systemCode } from "../error/index.ts";
import { executeProgram, libc } from "../system/index.ts";
import { assumeIdentity, type Identity } from "./identity.ts";
import type { LaunchPlan } from "./plan.ts";
import { type VmIdentification, writeVmRecord } from "./vm-record.ts";

/** All that a process must know to become a VM. Plain data: it travels to another process as JSON. */
export interface LaunchOrder {
  readonly plan: LaunchPlan;
  readonly identity: Identity;
  readonly stateDir: string;
  readonly identification: VmIdentification;
  /** Files that the VM reads at its start; whether it can is worth a message of our own. */
  readonly mustRead: readonly string[];
  /** Whether the VM gets our standard input, or none. */
  readonly stdin: "inherit" | "none";
  /** How many files the VM may have open; as `Program` of `src/system` has it. */
  readonly openFiles: number | undefined;
}

/**
 * Becomes the VM of a release.
 *
 * Before that it notes in the state directory who it is; a lock that is open here is held until then and free from the
 * exec on. Never returns; throws `launch_failed`, `not_permitted`.
 */
export async function becomeVm(order: LaunchOrder): Promise<never> {
  const { plan, identity, mustRead, openFiles } = order;
  writeVmRecord(order.stateDir, order.identification);
  if (order.stdin === "none") (await libc()).duplicate(openSync("/dev/null", "r"), 0);
  return becomeEmulator({ ...plan, identity, mustRead, openFiles });
}

/** An emulator that this process is to become. */
export type EmulatorStart = Pick<LaunchPlan, "executable" | "argv" | "env" | "cwd" | "user"> &
  Pick<LaunchOrder, "identity" | "mustRead" | "openFiles">;

/**
 * Becomes an emulator, as the user that it is to run as: the same process, with the descriptors 0, 1 and 2 and nothing
 * else of ours. Never returns; throws `launch_failed`, `not_permitted`.
 */
export async function becomeEmulator(start: EmulatorStart): Promise<never> {
  const { executable, argv, env, cwd, mustRead, openFiles } = start;
  assumeIdentity(await libc(), start.identity);
  for (const file of mustRead) await attempt(start, `read "${file}"`, () => accessSync(file, constants.R_OK));
  await attempt(start, `enter the directory "${cwd}"`, () => process.chdir(cwd));
  return attempt(start, `run "${executable}"`, () =>
    executeProgram({ path: executable, argv: [executable, ...argv], env, openFiles }),
  );
}

async function attempt<T>(start: EmulatorStart, action: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { executable, cwd, user } = start;
    const who = user === undefined ? "" : ` as user "${user}"`;
    const lacksLoader = systemCode(error) === "ENOENT" && action.startsWith("run ") && existsSync(executable);
    const state = lacksLoader ? "the loader that it names is not on this machine" : describeSystemError(error);
    throw new EnitError("launch_failed", `cannot ${action}${who}: ${state}`, {
      hint: lacksLoader ? "It was made for another Linux. To see which loader it is: ldd on that file." : undefined,
      data: { executable, cwd, user },
      cause: error,
    });
  }
}
