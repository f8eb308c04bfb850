/** Calls of OTP's `release_handler`, which does the work of an upgrade in the VM. */
import type { CallOptions, NodeConnection } from "../../dist/index.ts";
import { EnitError } from "../../error/index.ts";
import type { ReleaseStatus } from "../../otp/index.ts";
import { isTagged, isTuple, list, listElements, string, textValue, type Term, tuple, atom } from "../../term/index.ts";
import { describeReason, readReason } from "./reason.ts";

/** A release that `release_handler` knows. */
export interface KnownRelease {
  readonly name: string;
  readonly version: string;
  /** `NAME-VSN`, as it says them; empty where it was started without a file `RELEASES`. */
  readonly libraries: readonly string[];
  readonly status: ReleaseStatus;
}

export type HandlerOptions = Pick<CallOptions, "signal" | "timeout">;

/** Lists what `release_handler` knows, the newest first. */
export async function knownReleases(connection: NodeConnection, options?: HandlerOptions): Promise<KnownRelease[]> {
  const answer = await connection.call("release_handler", "which_releases", [], options);
  return (listElements(answer) ?? []).map((each) => {
    const [name, version, libraries, status] = isTuple(each, 4) ? each.elements : [];
    return {
      name: textValue(name) ?? "",
      version: textValue(version) ?? "",
      libraries: (listElements(libraries) ?? []).map((library) => textValue(library) ?? ""),
      status: (textValue(status) ?? "unpacked") as ReleaseStatus,
    };
  });
}

/** The release that runs: the current one, else the permanent one. */
export function runningRelease(releases: readonly KnownRelease[]): KnownRelease | undefined {
  return releases.find(({ status }) => status === "current") ?? releases.find(({ status }) => status === "permanent");
}

/** Unpacks `releases/NAME.tar.gz`. */
export async function unpackRelease(connection: NodeConnection, name: string, options?: HandlerOptions): Promise<void> {
  await ask(connection, "unpack_release", [string(name)], "unpack", name, options);
}

/** Tells of a release whose files lie where they are; `directories` hold the libraries, as `APP-VSN` each. */
export async function setUnpacked(
  connection: NodeConnection,
  relFile: string,
  directories: readonly { readonly name: string; readonly vsn: string; readonly parent: string }[],
  options?: HandlerOptions,
): Promise<void> {
  const places = list(directories.map(({ name, vsn, parent }) => tuple(atom(name), string(vsn), string(parent))));
  await ask(connection, "set_unpacked", [string(relFile), places], "take up", relFile, options);
}

/** Has it look for all that an installation needs. Changes nothing. */
export async function checkInstall(
  connection: NodeConnection,
  version: string,
  options?: HandlerOptions,
): Promise<void> {
  await ask(connection, "check_install_release", [string(version)], "install", version, options);
}

export async function makePermanent(
  connection: NodeConnection,
  version: string,
  options?: HandlerOptions,
): Promise<void> {
  await ask(connection, "make_permanent", [string(version)], "make permanent", version, options);
}

/** Removes a release and the files that no other one needs. */
export async function removeRelease(
  connection: NodeConnection,
  version: string,
  options?: HandlerOptions,
): Promise<void> {
  await ask(connection, "remove_release", [string(version)], "remove", version, options);
}

/** Forgets a release whose files are not its own. */
export async function setRemoved(connection: NodeConnection, version: string, options?: HandlerOptions): Promise<void> {
  await ask(connection, "set_removed", [string(version)], "forget", version, options);
}

async function ask(
  connection: NodeConnection,
  functionName: string,
  args: readonly Term[],
  action: string,
  subject: string,
  options?: HandlerOptions,
): Promise<void> {
  const answer = await connection.call("release_handler", functionName, args, options);
  if (isTagged(answer, "error", 2)) throw handlerError(action, subject, answer.elements[1], connection.node);
}

/** What `release_handler` refused, in words. */
export function handlerError(action: string, subject: string, reason: Term | undefined, node: string): EnitError {
  const state = describeReason(reason);
  return new EnitError("release_handler_failed", `cannot ${action} "${subject}": ${state}`, {
    data: { node, ...readReason(reason) },
  });
}
