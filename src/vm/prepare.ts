import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkTlsCredentials, lookupNode } from "../dist/index.ts";
import { EnitError } from "../error/index.ts";
import {
  isPackaged,
  readTlsCredentials,
  type Release,
  tlsClientOf,
  tlsFilesOf,
  type Warning,
} from "../release/index.ts";
import { openFilesOf } from "../system/index.ts";
import { type Agent, readAgent } from "./agent.ts";
import { agentSettings, type LaunchMode } from "./agent-settings.ts";
import type { LaunchOrder } from "./execute.ts";
import { findIdentity, type Identity } from "./identity.ts";
import { handOverLog } from "./log.ts";
import { completePackage, SHELL_BOOT } from "./packaged/index.ts";
import { planLaunch, type LaunchPlan } from "./plan.ts";
import { agentEbin, writeReleaseDirectory } from "./release-directory.ts";
import { refuseForeignState } from "./state-owner.ts";
import { type StatePaths, statePaths } from "./state-paths.ts";
import { type Emulator, findReleaseSystem, type PackedSystem, type ReleaseSystem } from "./system.ts";
import { findUnknownSections } from "./unknown-sections.ts";
import { writingState } from "./writing-state.ts";
import { findRunningVm, type VmIdentification } from "./vm-record.ts";

export interface PrepareOptions {
  /** Ends the waiting; what it is aborted with is thrown. A VM that was launched goes on. */
  readonly signal?: AbortSignal | undefined;
  /** Called once if another enit works on the release, for which we wait. */
  readonly onWait?: (() => void) | undefined;
  /** Is told what in the files is probably a mistake, and shows only now. */
  readonly onWarning?: ((warning: Warning) => void) | undefined;
  /** Changes the plan before anything is written. */
  readonly changePlan?: ((plan: LaunchPlan) => LaunchPlan | Promise<LaunchPlan>) | undefined;
  /** The socket of the system's log (`/dev/log`), to have the VM write there as well. */
  readonly syslog?: string | undefined;
  /** Called where the code that runs could not be kept. */
  readonly onNotKept?: ((error: EnitError) => void) | undefined;
}

/** A VM that is ready to be launched. */
export interface PreparedLaunch {
  readonly order: LaunchOrder;
  /** Keeps the code that it runs, which may be done while it starts. */
  readonly keepCode: () => void;
}

/** Throws `already_running` if the VM of the release runs. What it finds holds only as long as the lock is held. */
export function refuseIfRunning(release: Pick<Release, "name" | "stateDir">): void {
  const vm = findRunningVm(release.stateDir);
  if (vm === undefined) return;
  throw new EnitError("already_running", `cannot start "${release.name}": it runs already (process ${vm.pid})`, {
    hint: `To start it anew: enit restart ${release.name}`,
    data: { release: release.name, pid: vm.pid, node: vm.node },
  });
}

/** Throws what of `prepareLaunch` shows without changing anything: what is not installed, who the VM cannot run as. */
export async function checkLaunch(release: Release): Promise<void> {
  findReleaseSystem(release);
  await checkTls(release);
  await findIdentity(release.node.runAsUser, release.node.runAsGroup);
  await refuseForeignState(release);
}

/** Certificates and keys that cannot be used let a VM start to which nobody can connect. */
async function checkTls({ node: { tls } }: Release): Promise<void> {
  if (tls === undefined) return;
  for (const side of ["server", "client"] as const) {
    await checkTlsCredentials(readTlsCredentials(tlsClientOf(tls.options, side)));
  }
}

/**
 * Brings all on disk that the VM of a release needs, and says how it is launched.
 *
 * Only for whoever holds the lock while no VM runs.
 *
 * Throws what `findReleaseSystem`, `findIdentity` and `writeReleaseDirectory` throw, `node_name_taken`,
 * `port_taken` and `tls_unusable`.
 */
export async function prepareLaunch(
  release: Release,
  mode: LaunchMode,
  options: PrepareOptions,
): Promise<PreparedLaunch> {
  const { stateDir } = release;
  const paths = statePaths(stateDir);
  // The answer comes in while the applications are looked for.
  const [epmdRuns, { system, agent }] = await Promise.all([
    refuseTakenName(release, options.signal),
    findParts(release),
    checkTls(release),
  ]);
  for (const warning of findUnknownSections(release, system.applications)) options.onWarning?.(warning);
  const { plan, identity } = await makePlan(release, { system, agent, epmdRuns }, options);
  const settings = agentSettings({
    release,
    starts: system.starts,
    paths,
    home: plan.home,
    mode,
    stopOnHangup: mode === "foreground" && !isHangupIgnored(),
    syslog: options.syslog,
  });
  if (isPackaged(release)) completePackage(release.packaged, system.otp);
  writeReleaseDirectory({ release, system, paths, agent, agentSettings: settings, identity });
  if (mode === "background") writingState(stateDir, () => handOverLog(stateDir, identity));
  const { nodeName: node, longNames, listenAddress, epmdPort, epmd, distPort, tls } = release.node;
  const order: LaunchOrder = {
    plan,
    identity,
    stateDir,
    identification: {
      release: release.name,
      version: release.version,
      ...(release.packaged?.tried === true ? { tried: release.version } : {}),
      node,
      longNames,
      listenAddress,
      epmdPort,
      nodesPort: epmd ? undefined : distPort,
      tlsProtocol: tls?.protocol,
      otpRoot: system.otp.root,
      ...(system.packed === undefined ? {} : { shell: shellOf(release, paths, system.otp, system.packed) }),
    },
    mustRead: [paths.agentSettings, ...(tls === undefined ? [] : tlsFilesOf(tls.options))],
    stdin: mode === "foreground" ? "inherit" : "none",
    // Those of whoever started us; a launcher could only look at us.
    openFiles: openFilesOf(process.ppid),
  };
  return { order, keepCode: () => keepCodeOf(system, stateDir, identity, options) };
}

/** A release can run without; only an update may need it. */
function keepCodeOf(system: ReleaseSystem, stateDir: string, { gid }: Identity, { onNotKept }: PrepareOptions): void {
  try {
    system.keepCode?.(stateDir, gid);
  } catch (error) {
    if (!(error instanceof EnitError)) throw error;
    onNotKept?.(error);
  }
}

/** How a remote shell boots without starting the applications of the release. */
function shellOf(
  { version }: Release,
  { releasesDir }: StatePaths,
  { ertsDir }: Emulator,
  { shellArgs }: PackedSystem,
): VmIdentification["shell"] {
  return { ertsDir, args: ["-boot", join(releasesDir, version, SHELL_BOOT), ...shellArgs] };
}

interface Parts {
  readonly system: ReleaseSystem;
  readonly agent: Agent;
}

async function findParts(release: Release): Promise<Parts> {
  const system = findReleaseSystem(release);
  const agent = await readAgent();
  if (agent.otpRelease > system.otp.release) throw agentTooNew(agent, system.otp);
  return { system, agent };
}

async function makePlan(
  { version, node, stateDir }: Release,
  { system, agent, epmdRuns }: Parts & { readonly epmdRuns: boolean },
  { changePlan }: PrepareOptions,
): Promise<{ plan: LaunchPlan; identity: Identity }> {
  const paths = statePaths(stateDir);
  const identity = await findIdentity(node.runAsUser, node.runAsGroup);
  const planned = planLaunch({
    version,
    node,
    system,
    paths,
    agentEbin: agentEbin(paths, agent),
    identity,
    epmdRuns,
    env: process.env,
  });
  const possible = existsSync(planned.cwd) ? planned : { ...planned, cwd: stateDir };
  if (changePlan === undefined) return { plan: possible, identity };
  const plan = await changePlan(possible);
  return { plan, identity: await findIdentity(plan.user, plan.group) };
}

/** Code does not run on an OTP older than the one that compiled it. */
function agentTooNew({ otpRelease }: Agent, { release, root }: Emulator): EnitError {
  const state = `this enit was built with OTP ${otpRelease}`;
  return new EnitError("otp_too_old", `cannot use Erlang/OTP ${release} in "${root}": ${state}`, {
    kind: "unsupported",
    hint: `Use OTP ${otpRelease} or newer, or an enit that was built with OTP ${release} or older.`,
    data: { root, release, oldest: otpRelease },
  });
}

/**
 * A node of another origin may have the name or the port; the VM would end for that, but only once it is there.
 * Gives whether epmd runs.
 */
async function refuseTakenName({ name, node }: Release, signal: AbortSignal | undefined): Promise<boolean> {
  if (node.distPort !== undefined && (await isListening(node.distPort, node.listenAddress))) {
    throw portTaken(name, node.distPort);
  }
  if (!node.epmd) return false;
  try {
    const found = await lookupNode(node.name, { epmdPort: node.epmdPort, signal });
    if (found === undefined || !(await isListening(found.port, node.listenAddress))) return true;
  } catch (error) {
    if (error instanceof EnitError && error.code === "epmd_unreachable") return false;
    throw error;
  }
  throw nodeNameTaken(name, node.nodeName);
}

/** Whether anybody listens there: epmd hears of the end of a node only a moment after its process is gone. */
async function isListening(port: number, address = "127.0.0.1"): Promise<boolean> {
  try {
    const socket = await Bun.connect({ hostname: address, port, socket: { data: () => {} } });
    socket.end();
    return true;
  } catch {
    return false; // Should it be the name of a node on another address after all, the VM says so when it starts.
  }
}

/** The error of a release whose node name belongs to a VM that is not the release's. */
export function nodeNameTaken(release: string, node: string): EnitError {
  return new EnitError("node_name_taken", `cannot start "${release}": another node is called "${node}"`, {
    hint: "Stop that node, or give the release another name: {node, [{nodename, NAME}]}.",
    data: { release, node },
  });
}

function portTaken(release: string, port: number): EnitError {
  return new EnitError("port_taken", `cannot start "${release}": something listens on its port ${port} already`, {
    hint: "Stop that, or give the release another port: {node, [{dist_port, PORT}]}.",
    data: { release, port },
  });
}

/** Whether whoever started us wants us to survive the terminal, as nohup(1) does. */
function isHangupIgnored(): boolean {
  const ignored = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1] ?? "0";
  return (BigInt(`0x${ignored}`) & 1n) === 1n;
}
