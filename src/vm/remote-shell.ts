import { existsSync } from "node:fs";
import { join } from "node:path";
import { findOtp } from "../otp/index.ts";
import { readAgent } from "./agent.ts";
import { becomeEmulator, type EmulatorStart } from "./execute.ts";
import { findIdentity, type Identity } from "./identity.ts";
import { readDistributionPort } from "./progress.ts";
import { agentEbin } from "./release-directory.ts";
import { statePaths } from "./state-paths.ts";
import { mayControl, type RunningVm } from "./vm-record.ts";

/** A remote shell that this very process can become. */
export interface RemoteShell {
  /** Never returns. Throws `launch_failed`. */
  become(): Promise<never>;
}

/**
 * Prepares a remote shell on a running VM: an Erlang VM of its own, a hidden node with a name that no other has, of the
 * OTP that the release runs on.
 *
 * It runs as the user of that VM, root or not: nodes that are connected can do everything in each other, and it boots
 * in a home that is that user's, with the cookie in it. Throws `not_permitted` for everybody else, and what `findOtp`
 * throws.
 */
export async function prepareRemoteShell(
  vm: RunningVm,
  stateDir: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<RemoteShell> {
  const { uid, gid } = mayControl(vm, "open a shell on");
  const identity = await findIdentity(String(uid), String(gid));
  const start = await planRemoteShell(vm, stateDir, env, identity);
  return { become: () => becomeEmulator(start) };
}

async function planRemoteShell(
  vm: RunningVm,
  stateDir: string,
  env: Readonly<Record<string, string | undefined>>,
  identity: Identity,
): Promise<EmulatorStart> {
  const paths = statePaths(stateDir);
  const { ertsDir, args: bootArgs } = vm.shell ?? { ertsDir: findOtp({ root: vm.otpRoot }).ertsDir, args: [] };
  const isOther = identity.uid !== process.geteuid?.();
  const home = isOther ? identity.user?.home : env["HOME"];
  const hasHome = home !== undefined && existsSync(home);

  const host = vm.node.slice(vm.node.indexOf("@") + 1);
  const name = `enit-shell-${process.pid}-${Math.floor(Math.random() * 2 ** 32).toString(36)}@${host}`;
  const argv = [...bootArgs, "-hidden", vm.longNames ? "-name" : "-sname", name, "-remsh", vm.node];
  if (hasHome) argv.push("-kernel", "shell_history", "enabled");
  if (vm.tlsProtocol !== undefined) argv.push("-proto_dist", vm.tlsProtocol, "-ssl_dist_optfile", paths.tls);
  // The port is noted at the start of the VM, so that nothing needs epmd, which may not be there or have forgotten the node.
  const port = vm.nodesPort ?? readDistributionPort(stateDir);
  if (vm.listenAddress !== undefined || port !== undefined) {
    argv.push("-pa", agentEbin(paths, await readAgent()), "-epmd_module", "enit_epmd");
    if (vm.listenAddress !== undefined) argv.push("-enit_address", vm.listenAddress);
    if (port !== undefined) argv.push("-start_epmd", "false", "-enit_port", String(port));
  }
  const binDir = join(ertsDir, "bin");
  return {
    executable: join(binDir, "erlexec"),
    argv,
    env: {
      // Where the shell keeps its history, which else would follow HOME.
      ...(hasHome ? { XDG_CACHE_HOME: join(home, ".cache") } : {}),
      ...inherited(env, isOther),
      ...(vm.epmdPort === undefined ? {} : { ERL_EPMD_PORT: String(vm.epmdPort) }),
      ROOTDIR: vm.otpRoot,
      BINDIR: binDir,
      EMU: "beam",
      PROGNAME: "erl",
      HOME: paths.homeDir,
    },
    cwd: isOther ? (hasHome ? home : stateDir) : process.cwd(),
    user: isOther ? (identity.user?.name ?? String(identity.uid)) : undefined,
    identity,
    mustRead: [paths.cookie],
    openFiles: undefined,
  };
}

/** Flags of the environment are meant for VMs that the caller starts for themselves; those of the shell are enit's. */
const NOT_HANDED_ON = /^ERL_(?:A|Z|OTP\d+_)?FLAGS$/;
/** Says where the caller keeps things; of no use to somebody else. */
const OF_THE_CALLER = /^XDG_/;

function inherited(env: Readonly<Record<string, string | undefined>>, isOther: boolean): Record<string, string> {
  const own: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || NOT_HANDED_ON.test(name) || (isOther && OF_THE_CALLER.test(name))) continue;
    own[name] = value;
  }
  return own;
}
