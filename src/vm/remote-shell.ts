import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { EnitError } from "../error/index.ts";
import { findOtp } from "../otp/index.ts";
import { readAgent } from "./agent.ts";
import { agentEbin } from "./release-directory.ts";
import { statePaths } from "./state-paths.ts";
import type { RunningVm } from "./vm-record.ts";

/** The program of a remote shell. */
export interface RemoteShell {
  /** Absolute. */
  readonly path: string;
  /** `argv[0]` included; the cookie is not among them. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Plans a remote shell on a running VM: an Erlang VM of its own, a hidden node with a name that no other has, of the OTP that
 * the release runs on.
 *
 * It finds the cookie as the release's VM does, in the private home of the state directory. Throws `not_permitted` for
 * whoever may not read that, and what `findOtp` throws.
 */
export async function planRemoteShell(
  vm: RunningVm,
  stateDir: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<RemoteShell> {
  const paths = statePaths(stateDir);
  mayReadCookie(vm, paths.cookie);
  const otp = findOtp({ root: vm.otpRoot });
  const path = join(otp.ertsDir, "bin", "erlexec");
  const host = vm.node.slice(vm.node.indexOf("@") + 1);
  const name = `enit-shell-${process.pid}-${Math.floor(Math.random() * 2 ** 32).toString(36)}@${host}`;
  const argv = [path, "-hidden", vm.longNames ? "-name" : "-sname", name, "-remsh", vm.node];
  if (vm.listenAddress !== undefined) {
    argv.push(
      "-pa",
      agentEbin(paths, await readAgent()),
      "-epmd_module",
      "enit_epmd",
      "-enit_address",
      vm.listenAddress,
    );
  }
  return {
    path,
    argv,
    env: environment(vm, env, { root: otp.root, binDir: join(otp.ertsDir, "bin"), home: paths.homeDir }),
  };
}

function mayReadCookie({ release, node }: RunningVm, cookie: string): void {
  try {
    accessSync(cookie, constants.R_OK);
  } catch (cause) {
    throw new EnitError("not_permitted", `cannot open a shell on "${release}": its cookie belongs to another user`, {
      hint: "Run enit as root or as the user of the VM.",
      data: { release, node },
      cause,
    });
  }
}

/** Flags of the environment are meant for VMs that the caller starts for themselves; those of the shell are enit's. */
const NOT_HANDED_ON = /^ERL_(?:A|Z|OTP\d+_)?FLAGS$/;

function environment(
  vm: RunningVm,
  env: Readonly<Record<string, string | undefined>>,
  places: { readonly root: string; readonly binDir: string; readonly home: string },
): Record<string, string> {
  const own: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !NOT_HANDED_ON.test(name)) own[name] = value;
  }
  const home = own["HOME"];
  return {
    // Where the shell keeps its history, which else would follow HOME.
    ...(home === undefined ? {} : { XDG_CACHE_HOME: join(home, ".cache") }),
    ...own,
    ...(vm.epmdPort === undefined ? {} : { ERL_EPMD_PORT: String(vm.epmdPort) }),
    ROOTDIR: places.root,
    BINDIR: places.binDir,
    EMU: "beam",
    PROGNAME: "erl",
    HOME: places.home,
  };
}
