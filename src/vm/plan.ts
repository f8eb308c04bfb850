import { join } from "node:path";
import type { NodeSettings } from "../release/index.ts";
import { erlangString } from "./erlang-string.ts";
import type { Identity } from "./identity.ts";
import type { StatePaths } from "./state-paths.ts";
import type { PackedSystem, ReleaseSystem } from "./system.ts";

/** How a VM is launched, as plain data. Hooks may change it before its files are written. */
export interface LaunchPlan {
  /** OTP's `erlexec`, an absolute path. */
  readonly executable: string;
  /** Without the name of the program. Everybody on the machine can read these: no cookie, no password. */
  readonly argv: readonly string[];
  /** The whole environment. HOME is the directory that the cookie is read from, and must stay what it is. */
  readonly env: Readonly<Record<string, string>>;
  /** HOME as applications see it; without one they see none. */
  readonly home?: string | undefined;
  readonly cwd: string;
  /** Names or numbers; without them the VM runs as whoever starts it. */
  readonly user?: string | undefined;
  readonly group?: string | undefined;
}

export interface PlanInput {
  readonly version: string;
  readonly node: NodeSettings;
  readonly system: Pick<ReleaseSystem, "otp" | "packed">;
  readonly paths: StatePaths;
  /** The agent's `ebin`. */
  readonly agentEbin: string;
  readonly identity: Identity;
  /** Whether the epmd that the node will use runs already. */
  readonly epmdRuns: boolean;
  /** The environment of whoever starts the VM. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Plans the launch of the VM of a release from its release directory. Touches nothing. */
export function planLaunch(input: PlanInput): LaunchPlan {
  const { version, node, system, paths } = input;
  const { otp, packed } = system;
  const { HOME: home, ...env } = environment(input);
  const versionDir = join(paths.releasesDir, version);
  const argv = ["-boot", join(versionDir, "start"), "-config", join(versionDir, "sys")];
  // Ctrl-C ends a release in the foreground; the break menu would need somebody to answer it.
  argv.push("-noinput", "+Bd");
  argv.push(node.longNames ? "-name" : "-sname", node.nodeName);
  // It takes two programs to find out that epmd runs.
  if (input.epmdRuns || !node.epmd) argv.push("-start_epmd", "false");
  argv.push(...distributionArgs(input));
  if (node.hidden) argv.push("-hidden");
  if (!node.connectAll) argv.push("-connect_all", "false");
  // No emulator since OTP 21 runs without SMP: a single scheduler is what comes closest.
  if (node.smp === "disabled") argv.push("+S", "1:1");
  argv.push(...fileNameArgs(input));
  argv.push("-sasl", "releases_dir", erlangString(packed?.releasesDir ?? paths.releasesDir));
  argv.push("-pa", input.agentEbin, "-enit_boot", paths.agentSettings);
  // The agent is loaded by name, as in embedded mode nothing is loaded on demand.
  argv.push("-s", "code", "ensure_modules_loaded", "enit_boot", "-s", "enit_boot");
  return {
    executable: join(otp.ertsDir, "bin", "erlexec"),
    argv: packed === undefined ? [...argv, ...node.vmArgs] : withPacked(argv, node, packed),
    // What the script `erl` sets, and the HOME that the cookie is read from.
    env: {
      ...packed?.env,
      ...env,
      ROOTDIR: otp.root,
      BINDIR: join(otp.ertsDir, "bin"),
      EMU: "beam",
      PROGNAME: "erl",
      HOME: paths.homeDir,
    },
    home,
    // Relative names of files then mean places that outlive the machine's next boot, unlike the state directory.
    // The files of a packaged release name others relative to its root.
    cwd: packed === undefined ? (home ?? paths.stateDir) : otp.root,
    user: node.runAsUser,
    group: node.runAsGroup,
  };
}

/** What stands behind `--` belongs to none of our flags; what stands behind `-extra` is no flag any more. */
function withPacked(argv: readonly string[], { vmArgs }: NodeSettings, { args, extra }: PackedSystem): string[] {
  return [...argv, "--", ...args, ...vmArgs, ...(extra.length === 0 ? [] : ["-extra", ...extra])];
}

/**
 * Names of files are UTF-8. In a locale that is not, such as `C`, which cron and init systems have as a rule, an emulator takes them for
 * Latin-1 and finds none of ours that has other letters than ASCII. Flags of the release come later, and win.
 */
function fileNameArgs({ system: { otp, packed }, paths, node, env }: PlanInput): string[] {
  const names = [paths.stateDir, otp.root, packed?.releasesDir, env["ERL_LIBS"], ...node.libDirs];
  return names.some((name) => name !== undefined && /[^\0-\x7f]/.test(name)) ? ["+fnu"] : [];
}

function distributionArgs({ node, paths }: PlanInput): string[] {
  const argv: string[] = [];
  const { tls, distPort, epmd } = node;
  if (tls !== undefined) argv.push("-proto_dist", tls.protocol, "-ssl_dist_optfile", paths.tls);
  if (distPort === undefined) return argv;
  const port = String(distPort);
  // With -erl_epmd_port the node takes it for the port of all other nodes too.
  if (epmd) argv.push("-kernel", "inet_dist_listen_min", port, "-kernel", "inet_dist_listen_max", port);
  else argv.push("-erl_epmd_port", port);
  return argv;
}

/** Flags in the environment would make another VM of the same release, depending on who starts it: `vm_args` is for them. */
const NOT_HANDED_ON = /^(?:ENIT_.*|ERL_(?:A|Z|OTP\d+_)?FLAGS|ERL_ROOTDIR)$/;
/** Says where the caller keeps things; of no use to somebody else. */
const OF_THE_CALLER = /^(?:XDG_|SUDO_)/;

const FLAGS = /^ERL_[AZ]?FLAGS$/;
/** They come before what a packaged release has with it. */
const OF_INSTALLATIONS = /^ERL_LIBS$/;

/** What the caller has, with the variables of the user to run as, and those of the settings above all. */
function environment({ node, identity, env, paths, system }: PlanInput): Record<string, string> {
  const own: Record<string, string> = {};
  const isOther = node.runAsUser !== undefined;
  const isPacked = system.packed !== undefined;
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || NOT_HANDED_ON.test(name) || (isOther && OF_THE_CALLER.test(name))) continue;
    if (isPacked && OF_INSTALLATIONS.test(name)) continue;
    own[name] = value;
  }
  const { user } = identity;
  if (isOther) {
    delete own["HOME"];
    if (user !== undefined)
      Object.assign(own, { HOME: user.home, USER: user.name, LOGNAME: user.name, SHELL: user.shell });
  } else if (own["HOME"] === undefined && user !== undefined) {
    own["HOME"] = user.home;
  }
  return {
    // The state directory is a file system in memory as a rule, so dumps must not grow without bounds.
    ERL_CRASH_DUMP: paths.crashDump,
    ERL_CRASH_DUMP_BYTES: String(64 * 2 ** 20),
    ...own,
    ...(node.epmdPort === undefined ? {} : { ERL_EPMD_PORT: String(node.epmdPort) }),
    // Flags among them have become arguments of a packaged release.
    ...Object.fromEntries(isPacked ? node.env.filter(([name]) => !FLAGS.test(name)) : node.env),
  };
}
