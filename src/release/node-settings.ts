import { dirname, resolve } from "node:path";
import { EnitError } from "../error/index.ts";
import type { Term } from "../term/index.ts";
import { configKey } from "./config-model.ts";
import type { ConfigKey, MergedConfig } from "./config-model.ts";
import { type DistributionSettings, readDistribution } from "./distribution.ts";
import { type Limit, readMilliseconds, readRetries, readSeconds } from "./limits.ts";
import { readListenAddress } from "./listen-address.ts";
import { type NodeName, completeNodeName } from "./node-name.ts";
import { NodeSection, invalidNodeSetting } from "./node-section.ts";
import {
  type Smp,
  booleanIn,
  cookieIn,
  environmentIn,
  nameIn,
  pathIn,
  pathsIn,
  scalarIn,
  smpIn,
  textIn,
  vmArgsIn,
} from "./node-values.ts";
import type { PackagedArguments } from "./packaged/arguments.ts";
import type { SettingName } from "./setting-names.ts";
import type { HostSettings } from "./settings.ts";
import type { Warning } from "./warning.ts";

/** How the VM of a release is to run: the section `node`, with the settings of the host where it is silent. */
export interface NodeSettings extends NodeName, DistributionSettings {
  /**
   * Printable ASCII, at most 255 characters. Never to be printed, logged, or passed as an argument or variable. Empty only if
   * the release is merely looked at and has none.
   */
  readonly cookie: string;
  /** A name or a number. */
  readonly runAsUser: string | undefined;
  /** A name or a number. */
  readonly runAsGroup: string | undefined;
  /** OTP 25 and later always run with SMP: `disabled` means a single scheduler. */
  readonly smp: Smp | undefined;
  /** Default: false. */
  readonly hidden: boolean;
  /** Default: true. */
  readonly connectAll: boolean;
  readonly startRetries: Limit;
  readonly startDelaySeconds: number;
  readonly stopTimeoutSeconds: Limit;
  /** Without it the OTP that is found. */
  readonly otpRoot: string | undefined;
  /** Those of the section and those of the host; absolute, each once. `ERL_LIBS` and OTP's own come after them. */
  readonly libDirs: readonly string[];
  /** Whether the code that runs is kept for updates. Default: true. */
  readonly keepCode: boolean;
  /** Variables for the VM. */
  readonly env: readonly (readonly [name: string, value: string])[];
  /** The directory of a packaged release. */
  readonly root: string | undefined;
  /** The address that the VM listens on, if it is only one. */
  readonly listenAddress: string | undefined;
  /** Where the VM's epmd listens, if not on 4369. */
  readonly epmdPort: number | undefined;
}

/**
 * Reads the section `node`, and from `kernel` the address to listen on.
 *
 * The order of strength is: flag, variable, section, `enit.toml`. Relative paths start at the directory of the file
 * that has them. Unknown keys are warnings.
 *
 * @throws EnitError `no_cookie`, `invalid_node_setting`.
 */
export function readNodeSettings(
  release: NodeOwner,
  config: MergedConfig,
  settings: HostSettings,
  warnings: Warning[],
  packaged?: Pick<PackagedArguments, "tlsProtocol">,
): NodeSettings {
  const node = new NodeSection(config, warnings);
  node.warnOfUnknownKeys();
  const env = readNodeEnvironment(config);
  return {
    cookie: readCookie(node, release, config),
    ...readNodeName(node, release.name),
    runAsUser: node.read("run_as_user", nameIn, "the name of a user"),
    runAsGroup: node.read("run_as_group", nameIn, "the name of a group"),
    smp: node.read("smp", smpIn, "enabled, disabled or auto"),
    hidden: node.read("hidden", booleanIn, "true or false") ?? false,
    connectAll: node.read("connect_all", booleanIn, "true or false") ?? true,
    ...readLimits(node, settings),
    ...readPaths(node, settings),
    ...readDistribution(node, readVmArgs(node), packaged?.tlsProtocol),
    keepCode: node.read("keep_code", booleanIn, "true or false") ?? true,
    env,
    listenAddress: readKernelAddress(config),
    epmdPort: readEpmdPort(env) ?? settings.epmdPort,
  };
}

/** Whose section it is. */
interface NodeOwner {
  readonly name: string;
  readonly hostDir: string;
  /** Whether it can do without a cookie. Default: no. */
  readonly needsNoCookie?: boolean | undefined;
}

function readCookie(node: NodeSection, release: NodeOwner, config: MergedConfig): string {
  const cookie = node.read("cookie", cookieIn, "a string or an atom of 1 to 255 printable ASCII characters");
  if (cookie !== undefined || release.needsNoCookie === true) return cookie ?? "";
  const file = resolve(release.hostDir, "user.config");
  throw new EnitError("no_cookie", `cannot use the release "${release.name}": it has no cookie`, {
    kind: "input",
    hint: `Put {node, [{cookie, "..."}]}. into ${file}, which only those should be able to read who run the release.`,
    data: { release: release.name, files: config.files },
  });
}

function readNodeName(node: NodeSection, releaseName: string): NodeName {
  const longNames = node.read("long_names", booleanIn, "true or false");
  const written = node.read("nodename", textIn, "a string or an atom");
  const name = completeNodeName(written ?? releaseName, longNames);
  if (typeof name !== "string") return name;
  const entry = node.entry("nodename") ?? node.entry("long_names");
  if (entry !== undefined) throw invalidNodeSetting(entry, `node ${entry.name}: ${name}`);
  const message = `cannot use "${releaseName}" as the name of a node: ${name}`;
  const hint = "Give the node a name of its own: {node, [{nodename, NAME}]}.";
  throw new EnitError("invalid_node_setting", message, { kind: "input", hint, data: { key: "nodename" } });
}

/** Nobody means so little: it was thought to count in seconds. */
const SHORT_TIMEOUT_SECONDS = 0.1;

function readLimits(
  node: NodeSection,
  settings: HostSettings,
): Pick<NodeSettings, "startRetries" | "startDelaySeconds" | "stopTimeoutSeconds"> {
  const retries = node.read("start_retries", scalarIn(readRetries), "a number of retries or infinity");
  const delay = node.read("start_delay", scalarIn(readSeconds), "a number of seconds");
  const timeout = node.read("stop_timeout", scalarIn(readMilliseconds), "a number of milliseconds or infinity");
  const entry = node.entry("stop_timeout");
  if (entry !== undefined && typeof timeout === "number" && timeout < SHORT_TIMEOUT_SECONDS) {
    const state = "stop_timeout is less than a tenth of a second";
    node.warn("short_stop_timeout", entry, state, "It counts in milliseconds, start_delay in seconds.");
  }
  return {
    startRetries: stronger(settings, "startRetries", settings.startRetries, retries),
    startDelaySeconds: stronger(settings, "startDelay", settings.startDelaySeconds, delay),
    stopTimeoutSeconds: stronger(settings, "stopTimeout", settings.stopTimeoutSeconds, timeout),
  };
}

/** A flag or variable is meant for this call, and wins; what `enit.toml` says is for releases that say nothing. */
function stronger<T>(settings: HostSettings, name: SettingName, ofHost: T, ofNode: T | undefined): T {
  const { kind } = settings.origins[name];
  return ofNode === undefined || kind === "flag" || kind === "variable" ? ofHost : ofNode;
}

function readPaths(node: NodeSection, settings: HostSettings): Pick<NodeSettings, "otpRoot" | "libDirs" | "root"> {
  const path = (key: "otp_root" | "root"): string | undefined =>
    node.read(key, (value, entry) => pathIn(value, baseOf(entry)), ROOT_EXPECTED);
  const libDirs = node.read("lib_dirs", (value, entry) => pathsIn(value, baseOf(entry)), "a list of paths") ?? [];
  for (const key of ["otp_root", "lib_dirs"] as const) {
    const entry = node.entry(key);
    if (entry === undefined || node.entry("root") === undefined) continue;
    node.warn(
      "ignored_node_setting",
      entry,
      `"${key}" has no effect`,
      "A packaged release has its own Erlang and applications.",
    );
  }
  return {
    otpRoot: stronger<string | undefined>(settings, "otpRoot", settings.otpRoot, path("otp_root")),
    libDirs: [...new Set([...libDirs, ...settings.libDirs])],
    root: path("root"),
  };
}

/** The directory of a packaged release, before anything else is known. @throws EnitError `invalid_node_setting`. */
export function readPackagedRoot(config: MergedConfig): string | undefined {
  const read = (value: Term, entry: ConfigKey): string | undefined => pathIn(value, baseOf(entry));
  return new NodeSection(config, []).read("root", read, ROOT_EXPECTED);
}

/** The variables that the section sets. @throws EnitError `invalid_node_setting`. */
export function readNodeEnvironment(config: MergedConfig): NodeSettings["env"] {
  return new NodeSection(config, []).read("env", environmentIn, "a list of {NAME, VALUE}, both strings") ?? [];
}

const ROOT_EXPECTED = "the path of a directory";

function baseOf({ origin }: ConfigKey): string {
  return "plugin" in origin ? "/" : dirname(origin.file);
}

/** What enit sets itself; a cookie among the arguments would be shown to everybody. */
const OWN_ARGS = new Set(["-setcookie", "-name", "-sname", "-boot", "-detached"]);

function readVmArgs(node: NodeSection): readonly string[] {
  const args = node.read("vm_args", vmArgsIn, "a list of strings") ?? [];
  const entry = node.entry("vm_args");
  if (entry === undefined) return args;
  for (const arg of args) {
    const [flag = ""] = arg.split(/\s/, 1);
    if (OWN_ARGS.has(flag)) throw invalidNodeSetting(entry, `node vm_args has ${flag}, which is for enit alone to set`);
    if (/^[-+]./.test(flag) && flag !== arg) {
      const state = `node vm_args passes ${flag} and its value as a single argument`;
      node.warn("joined_vm_args", entry, state, "Write each argument as a string of its own.");
    }
  }
  return args;
}

function readKernelAddress(config: MergedConfig): string | undefined {
  const entry = configKey(config, "kernel", "inet_dist_use_interface");
  if (entry === undefined) return undefined;
  const address = readListenAddress(entry.value);
  if (address !== undefined) return address === "any" ? undefined : address;
  throw invalidNodeSetting(entry, "kernel inet_dist_use_interface must be an IP address, as in {127,0,0,1}");
}

function readEpmdPort(env: NodeSettings["env"]): number | undefined {
  const text = env.findLast(([name]) => name === "ERL_EPMD_PORT")?.[1];
  const port = Number(text);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}
