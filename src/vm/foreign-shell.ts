import { join } from "node:path";
import { lookupNode, type NodeConnection } from "../dist/index.ts";
import { EnitError } from "../error/index.ts";
import { findOtp } from "../otp/index.ts";
import { isPackaged, type Release } from "../release/index.ts";
import { textValue } from "../term/index.ts";
import { becomeEmulator } from "./execute.ts";
import { findIdentity } from "./identity.ts";
import { listensOn } from "./node-process.ts";
import { SHELL_BOOT } from "./packaged/index.ts";
import { type Environment, planRemoteShell, type RemoteShell } from "./remote-shell.ts";
import { writeShellFiles } from "./shell-files.ts";
import { osPidOf } from "./stop-node.ts";
import { findReleaseSystem } from "./system.ts";
import { identifyProcess, mayControl, notRunning, type VmIdentification } from "./vm-record.ts";

/** A connection to the node of a release that enit did not start, and what ends the asking. */
export interface ForeignNode {
  readonly release: Release;
  readonly node: NodeConnection;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Prepares a remote shell on a node that enit did not start, as `prepareRemoteShell` does on others: as the user of the node's
 * process, which has to be one of this machine. It runs on the OTP of the node, or where that is not one that is installed here,
 * on that of the release.
 *
 * What it boots with lies in a directory of its own in the state directory, until a later shell or start finds its process gone.
 *
 * Throws `foreign_node`, `not_permitted`, `state_dir_unwritable`, and what finding the OTP throws.
 */
export async function prepareForeignShell(foreign: ForeignNode, env: Environment): Promise<RemoteShell> {
  const { release } = foreign;
  const { nodeName, longNames, listenAddress, epmdPort, tls } = release.node;
  const { stateDir } = release;
  const port = await portOf(foreign);
  const { uid, gid } = await ownerOf(foreign, port);
  const identity = await findIdentity(String(uid), String(gid));
  const system = await findShellSystem(foreign);
  const files = await writeShellFiles(release, identity, system.packed?.boot);
  const shell = system.packed && {
    ertsDir: system.packed.ertsDir,
    args: ["-boot", join(files.homeDir, SHELL_BOOT), ...system.packed.args],
  };
  const { otpRoot } = system;
  const target = {
    node: nodeName,
    longNames,
    listenAddress,
    epmdPort,
    port,
    tlsProtocol: tls?.protocol,
    otpRoot,
    shell,
  };
  const start = planRemoteShell(target, files, { identity, env, stateDir });
  return { become: () => becomeEmulator(start) };
}

async function portOf({ release, signal }: ForeignNode): Promise<number> {
  const { name, epmd, distPort, epmdPort } = release.node;
  const port = epmd ? (await lookupNode(name, { epmdPort, signal }))?.port : distPort;
  if (port === undefined) throw notRunning(release.name, "open a shell on");
  return port;
}

/** Nodes that are connected can do everything in each other, so that it matters whose process the shell is. */
async function ownerOf({ release, node, signal }: ForeignNode, port: number): Promise<{ uid: number; gid: number }> {
  const { name } = release;
  const pid = await osPidOf(node, signal);
  const isHere = identifyProcess(pid) !== undefined;
  const owner = isHere ? mayControl({ release: name, pid, node: node.node }, "open a shell on") : undefined;
  if (owner !== undefined && listensOn(pid, port)) return owner;
  throw new EnitError("foreign_node", `cannot open a shell on "${name}": its node is no process of this machine`, {
    hint:
      `With its cookie in ~/.erlang.cookie: erl -hidden ${release.node.longNames ? "-name" : "-sname"} shell ` +
      `-remsh ${node.node}. enit call and enit eval work on it.`,
    data: { release: name, node: node.node },
  });
}

interface ShellSystem extends Pick<VmIdentification, "otpRoot"> {
  /** How a shell boots that is not of an installation of OTP. */
  readonly packed?: { readonly ertsDir: string; readonly boot: string | Uint8Array; readonly args: readonly string[] };
}

async function findShellSystem(foreign: ForeignNode): Promise<ShellSystem> {
  const { release } = foreign;
  if (!isPackaged(release)) return { otpRoot: await findOtpOf(foreign) };
  const { otp, files, packed } = findReleaseSystem(release);
  const boot = files().find(({ name }) => name === join(release.version, `${SHELL_BOOT}.boot`));
  if (boot === undefined || packed === undefined) throw new Error("a packaged release has no boot file for shells");
  return { otpRoot: otp.root, packed: { ertsDir: otp.ertsDir, boot: boot.content, args: packed.shellArgs } };
}

async function findOtpOf({ release, node, signal }: ForeignNode): Promise<string> {
  const root = textValue(await node.call("code", "root_dir", [], { signal }));
  try {
    return findOtp({ root }).root;
  } catch (error) {
    if (!(error instanceof EnitError) || error.code !== "otp_not_found") throw error;
    return findOtp({ root: release.node.otpRoot }).root;
  }
}
