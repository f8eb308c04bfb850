import type { NodeConnection } from "../../dist/index.ts";
import { EnitError } from "../../error/index.ts";
import {
  atom,
  atomName,
  integer,
  integerValue,
  isTagged,
  isTuple,
  list,
  printTerm,
  string,
  type Term,
  tuple,
} from "../../term/index.ts";
import { readSeen, type Seen } from "../verify/processes.ts";
import { handlerError, knownReleases, runningRelease } from "../vm/handler.ts";
import type { UpgradeVm } from "../vm/link.ts";
import { isStopping, reconnect } from "./reconnect.ts";

/** How long things may take; what is left out has the default of OTP. */
export interface InstallLimits {
  /** Milliseconds that a process has to suspend, and to change its code. */
  readonly suspendMs?: number | undefined;
  readonly codeChangeMs?: number | undefined;
  /** How long `release_handler` may take in all. Default: no limit. */
  readonly seconds?: number | undefined;
  /** How long a VM that starts anew may take. */
  readonly restartSeconds: number;
}

/** What came of an installation. */
export type InstallOutcome =
  | {
      readonly kind: "installed";
      readonly connection: NodeConnection;
      /** What was seen of it; `undefined` where nobody could watch. */
      readonly seen: readonly Seen[] | undefined;
      /** What `release_handler` took; `undefined` where the connection was lost meanwhile. */
      readonly milliseconds: number | undefined;
    }
  /** Refused before the point of no return: the code is as it was. */
  | (Failure & { readonly kind: "refused"; readonly connection: NodeConnection })
  /** Failed after it: the VM is on its way down, to start anew with the permanent release. */
  | (Failure & { readonly kind: "restarting" })
  /** Not done in time, and it goes on. */
  | (Failure & { readonly kind: "hanging"; readonly connection: NodeConnection })
  /** The process of the VM is gone. */
  | (Failure & { readonly kind: "ended" });

interface Failure {
  readonly error: EnitError;
  /** The instruction that `release_handler` evaluated last; `undefined` where it came to none, or nobody could watch. */
  readonly at?: Term | undefined;
}

export interface RunInstallOptions {
  readonly limits: InstallLimits;
  /** Called with each instruction as it is evaluated. */
  readonly onInstruction: (text: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Has `release_handler` install a release, whatever comes in between: it answers late or never, the connection is lost, the
 * VM starts anew or ends. Throws what `signal` is aborted with; `release_handler` goes on then.
 */
export async function runInstall(
  vm: UpgradeVm,
  connection: NodeConnection,
  version: string,
  options: RunInstallOptions,
): Promise<InstallOutcome> {
  let at: Term | undefined;
  const outcome = await attempt(vm, connection, version, options, (instruction) => {
    at = instruction;
    options.onInstruction(printTerm(instruction, { format: "tp", width: 0 }));
  });
  return outcome.kind === "installed" ? outcome : { ...outcome, at };
}

async function attempt(
  vm: UpgradeVm,
  connection: NodeConnection,
  version: string,
  options: RunInstallOptions,
  onInstruction: (instruction: Term) => void,
): Promise<InstallOutcome> {
  const { limits, signal } = options;
  let told: EnitError | undefined;
  const forget = connection.onMessage((message) => {
    const [tag, content] = eventOf(message);
    if (content === undefined) return;
    if (tag === "instruction") onInstruction(content);
    if (tag === "done") told = failureOf(content, version, connection.node);
  });
  try {
    const args = [string(version), handlerOptions(limits), connection.self];
    const timeout = limits.seconds === undefined ? undefined : limits.seconds * 1000;
    const answer = await connection.call("enit_install", "run", args, { timeout, signal });
    return await readAnswer(connection, version, answer);
  } catch (error) {
    if (!(error instanceof EnitError)) throw error;
    if (error.code === "call_timeout") return { kind: "hanging", connection, error: hanging(vm, version, limits) };
    if (error.code === "connection_closed") {
      return await findOut(vm, connection.creation, version, options, { told, cause: error });
    }
    // The VM is going down, and takes the call with it.
    if (error.code === "call_failed" && (await isStopping(connection))) {
      return { kind: "restarting", error: told ?? installFailed(version, "the VM is going down", error) };
    }
    throw error;
  } finally {
    forget();
  }
}

function handlerOptions({ suspendMs, codeChangeMs }: InstallLimits): Term {
  const given = (key: string, value: number | undefined): Term[] =>
    value === undefined ? [] : [tuple(atom(key), integer(value))];
  return list([
    // OTP's default too: the VM starts anew within its process, so that no heart is needed.
    tuple(atom("error_action"), atom("restart")),
    // Of each application, as some change without a change of their modules.
    tuple(atom("update_paths"), atom("true")),
    ...given("suspend_timeout", suspendMs),
    ...given("code_change_timeout", codeChangeMs),
  ]);
}

/** `{enit_install, {Tag, Content}}` */
function eventOf(message: Term): [tag: string, content: Term | undefined] {
  const [, event] = isTagged(message, "enit_install", 2) ? message.elements : [];
  const [tag, content] = isTuple(event, 2) ? event.elements : [];
  return [atomName(tag) ?? "", content];
}

function failureOf(result: Term | undefined, version: string, node: string): EnitError | undefined {
  return isTagged(result, "error", 2) ? handlerError("install", version, result.elements[1], node) : undefined;
}

/** The error of an installation that did not come to its end. */
export function installFailed(version: string, state: string, cause: unknown): EnitError {
  return new EnitError("install_failed", `cannot install "${version}": ${state}`, { cause });
}

async function readAnswer(connection: NodeConnection, version: string, answer: Term): Promise<InstallOutcome> {
  const [result, microseconds, seen] = isTuple(answer, 3) ? answer.elements : [];
  const error = failureOf(result, version, connection.node);
  if (error === undefined) {
    const milliseconds = (integerValue(microseconds) ?? 0) / 1000;
    return { kind: "installed", connection, seen: readSeen(seen), milliseconds };
  }
  return (await isStopping(connection)) ? { kind: "restarting", error } : { kind: "refused", connection, error };
}

/**
 * The connection was lost: looks what has become of the VM, and of the installation. `told` is what `release_handler` said
 * before that, if it did.
 */
async function findOut(
  vm: UpgradeVm,
  creation: number,
  version: string,
  { limits, signal }: RunInstallOptions,
  lost: { readonly told: EnitError | undefined; readonly cause: EnitError },
): Promise<InstallOutcome> {
  const failed = (state: string): EnitError => lost.told ?? installFailed(version, state, lost.cause);
  const connection = await reconnect(vm, {
    seconds: limits.restartSeconds,
    // One that was only cut off goes on to install.
    until: ({ handler, phase }) => handler === "idle" || phase !== "started",
    signal,
  });
  if (connection === "ended") return { kind: "ended", error: failed("the VM ended meanwhile") };
  if (connection.creation !== creation || (await isStopping(connection))) {
    await connection.close();
    return { kind: "restarting", error: failed("the VM started anew") };
  }
  const running = runningRelease(await knownReleases(connection, { signal }));
  return running?.version === version
    ? { kind: "installed", connection, seen: undefined, milliseconds: undefined }
    : { kind: "refused", connection, error: failed("the connection was lost, and the release is not installed") };
}

function hanging({ release, node }: UpgradeVm, version: string, { seconds }: InstallLimits): EnitError {
  const state = `release_handler is not done after ${seconds} s`;
  return new EnitError("install_timeout", `cannot install "${version}": ${state}`, {
    data: { release, node, version, seconds },
  });
}
