import type { NodeConnection } from "../../dist/index.ts";
import { EnitError } from "../../error/index.ts";
import type { Problem } from "../problem.ts";
import { checkBookkeeping } from "../verify/bookkeeping.ts";
import { type Verification, verify } from "../verify/verify.ts";
import { makePermanent } from "../vm/handler.ts";
import type { InstallRequest } from "./install.ts";

/** What of an installation says what is to run, and whether it is to be permanent. */
export interface SecureRequest extends Pick<
  InstallRequest,
  "vm" | "places" | "from" | "to" | "permanent" | "settleSeconds" | "onStep" | "signal"
> {
  readonly ownEnvironment?: Verification["ownEnvironment"];
}

/** What is wrong with a version that was installed. */
export interface InstallFailure {
  readonly error: EnitError;
  readonly problems: readonly Problem[];
}

/** Finds what is wrong after an installation; what is right is made permanent. */
export async function findFailure(
  connection: NodeConnection,
  request: SecureRequest,
  installation: Verification["installation"],
): Promise<InstallFailure | undefined> {
  const { from, to, settleSeconds, signal, onStep, vm, ownEnvironment } = request;
  onStep({ kind: "verifying", version: to.release.version });
  const problems = await verify(connection, {
    side: to,
    other: from.release.version === to.release.version ? undefined : from,
    installation,
    ownEnvironment,
    settleSeconds,
    signal,
  });
  if (!vm.isAlive()) problems.push({ kind: "vm", subject: vm.node, message: "the process of the VM has ended" });
  if (problems.length > 0) return { error: unverified(request, problems), problems };
  const error = await secure(connection, request);
  return error && { error, problems };
}

/** Makes the release permanent, if it is to be; gives what keeps it from that. */
async function secure(connection: NodeConnection, request: SecureRequest): Promise<EnitError | undefined> {
  const { places, to, permanent, onStep, signal } = request;
  if (!permanent) return undefined;
  onStep({ kind: "making permanent", version: to.release.version });
  try {
    await makePermanent(connection, to.release.version, { signal });
  } catch (error) {
    if (error instanceof EnitError && error.code === "release_handler_failed") return error;
    throw error;
  }
  const problems = checkBookkeeping(places, to.release.version);
  return problems.length === 0 ? undefined : unverified(request, problems);
}

/** The failure of a version that is not as it should be. */
export function unverified({ vm, to }: SecureRequest, problems: readonly Problem[]): EnitError {
  const text = problems.map(({ message }) => message).join("; ");
  return new EnitError("verification_failed", `cannot verify ${to.release.version} of "${vm.release}": ${text}`);
}
