import { existsSync } from "node:fs";
import { join } from "node:path";
import { EnitError } from "../error/index.ts";
import { findOtp } from "../otp/index.ts";
import { readAgent } from "./agent.ts";
import { erlangString } from "./erlang-string.ts";
import { becomeEmulator, type EmulatorStart } from "./execute.ts";
import { findIdentity, type Identity } from "./identity.ts";
import { readDistributionPort } from "./progress.ts";
import { agentEbin } from "./release-directory.ts";
import { type StatePaths, statePaths } from "./state-paths.ts";
import { mayControl, type RunningVm, type VmIdentification } from "./vm-record.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

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
export async function prepareRemoteShell(vm: RunningVm, stateDir: string, env: Environment): Promise<RemoteShell> {
  const { uid, gid } = mayControl(vm, "open a shell on");
  const identity = await findIdentity(String(uid), String(gid));
  const paths = statePaths(stateDir);
  // The port is noted at the start of the VM, so that nothing needs epmd, which may not be there or have forgotten the node.
  const target = { ...vm, port: vm.nodesPort ?? readDistributionPort(stateDir) };
  const files = { ...paths, ebin: agentEbin(paths, await readAgent()) };
  const start = planRemoteShell(target, files, { identity, env, stateDir });
  return { become: () => becomeEmulator(start) };
}

/** What a remote shell must know of the node that it reaches. */
export interface ShellTarget extends Pick<
  VmIdentification,
  "node" | "longNames" | "listenAddress" | "epmdPort" | "tlsProtocol" | "otpRoot" | "shell"
> {
  /** The port on which the node listens; without one epmd is asked. */
  readonly port: number | undefined;
}

/** What a remote shell boots with, written by enit. */
export interface ShellFiles extends Pick<StatePaths, "homeDir" | "cookie" | "tls"> {
  /** Holds `enit_epmd`. */
  readonly ebin: string;
}

/** Says how a remote shell is launched; `stateDir` is where it works if it has no better place. */
export function planRemoteShell(
  target: ShellTarget,
  files: ShellFiles,
  { identity, env, stateDir }: { readonly identity: Identity; readonly env: Environment; readonly stateDir: string },
): EmulatorStart {
  const { node, longNames, listenAddress, port, epmdPort, otpRoot } = target;
  const { ertsDir, args: bootArgs } = target.shell ?? { ertsDir: findOtp({ root: otpRoot }).ertsDir, args: [] };
  const isOther = identity.uid !== process.geteuid?.();
  const home = isOther ? identity.user?.home : env["HOME"];
  const hasHome = home !== undefined && existsSync(home);

  const host = node.slice(node.indexOf("@") + 1);
  const name = `enit-shell-${process.pid}-${Math.floor(Math.random() * 2 ** 32).toString(36)}@${host}`;
  const argv = [...bootArgs, "-hidden", longNames ? "-name" : "-sname", name, "-remsh", node];
  argv.push(...terminalArgs(ertsDir, node));
  if (hasHome) argv.push("-kernel", "shell_history", "enabled");
  if (target.tlsProtocol !== undefined) argv.push("-proto_dist", target.tlsProtocol, "-ssl_dist_optfile", files.tls);
  if (listenAddress !== undefined || port !== undefined) {
    argv.push("-pa", files.ebin, "-epmd_module", "enit_epmd");
    if (listenAddress !== undefined) argv.push("-enit_address", listenAddress);
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
      ...(epmdPort === undefined ? {} : { ERL_EPMD_PORT: String(epmdPort) }),
      ROOTDIR: otpRoot,
      BINDIR: binDir,
      EMU: "beam",
      PROGNAME: "erl",
      HOME: files.homeDir,
    },
    cwd: isOther ? (hasHome ? home : stateDir) : process.cwd(),
    user: isOther ? (identity.user?.name ?? String(identity.uid)) : undefined,
    identity,
    mustRead: [files.cookie],
    openFiles: undefined,
  };
}

/**
 * Before OTP 26 (erts 14) a shell that can do nothing with its terminal is opened on the VM that was started for it, and not on the
 * node. To be removed together with the support of OTP 25.
 *
 * Throws `no_terminal`.
 */
function terminalArgs(ertsDir: string, node: string): string[] {
  if (Number(/-(\d+)\.[^/]*$/.exec(ertsDir)?.[1] ?? 14) >= 14) return [];
  // Other commands need not wait for it.
  const { isatty } = require("node:tty") as typeof import("node:tty");
  if (!isatty(0) || !isatty(1)) {
    throw new EnitError("no_terminal", `cannot open a shell on "${node}": Erlang/OTP 25 needs a terminal for it`, {
      hint: "Give it one (ssh -t), or evaluate expressions without: enit eval.",
      data: { node },
    });
  }
  const text =
    "~nenit: cannot open a shell on ~tp: Erlang/OTP 25 can do nothing with the terminal ~tp~n" +
    "Set TERM to one that it knows, such as xterm or vt100.~n";
  const tell = `io:format(standard_error, "${text}", [${erlangString(node)}, os:getenv("TERM", "none")])`;
  return ["-eval", `whereis(user_drv) =:= undefined andalso begin ${tell}, erlang:halt(1) end.`];
}

/** Flags of the environment are meant for VMs that the caller starts for themselves; those of the shell are enit's. */
const NOT_HANDED_ON = /^ERL_(?:A|Z|OTP\d+_)?FLAGS$/;
/** Says where the caller keeps things; of no use to somebody else. */
const OF_THE_CALLER = /^XDG_/;

function inherited(env: Environment, isOther: boolean): Record<string, string> {
  const own: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || NOT_HANDED_ON.test(name) || (isOther && OF_THE_CALLER.test(name))) continue;
    own[name] = value;
  }
  return own;
}
