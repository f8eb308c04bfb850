import { dirname, resolve } from "node:path";
import { EnitError } from "../error/index.ts";
import { configKey, configSection } from "./config-model.ts";
import type { ConfigKey, MergedConfig } from "./config-model.ts";
import { type Limit, readMilliseconds, readRetries, readSeconds } from "./limits.ts";
import { readListenAddress } from "./listen-address.ts";
import { type NodeName, completeNodeName } from "./node-name.ts";
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
import type { SettingName } from "./setting-names.ts";
import type { HostSettings } from "./settings.ts";
import { hintForUnknown } from "./unknown-name.ts";
import { type Warning, formatOrigin } from "./warning.ts";

/** How the VM of a release is to run: the section `node`, with the settings of the host where it is silent. */
export interface NodeSettings extends NodeName {
  /** Printable ASCII, at most 255 characters. Never to be printed, logged, or passed as an argument or variable. */
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
  /** Arguments of the emulator, as they are. */
  readonly vmArgs: readonly string[];
  /** Variables for the VM. */
  readonly env: readonly (readonly [name: string, value: string])[];
  /** The directory of a packaged release. */
  readonly root: string | undefined;
  /** The address that the VM listens on, if it is only one. */
  readonly listenAddress: string | undefined;
  /** Where the VM's epmd listens, if not on 4369. */
  readonly epmdPort: number | undefined;
}

/** The keys of the section `node`. */
const NODE_KEYS = [
  "cookie",
  "nodename",
  "long_names",
  "run_as_user",
  "run_as_group",
  "smp",
  "hidden",
  "connect_all",
  "start_retries",
  "start_delay",
  "stop_timeout",
  "otp_root",
  "lib_dirs",
  "vm_args",
  "env",
  "root",
] as const;
type NodeKey = (typeof NODE_KEYS)[number];

/**
 * Reads the section `node`, and from `kernel` the address to listen on.
 *
 * The order of strength is: flag, variable, section, `enit.toml`. Relative paths start at the directory of the file
 * that has them. Unknown keys are warnings.
 *
 * @throws EnitError `no_cookie`, `invalid_node_setting`.
 */
export function readNodeSettings(
  release: { readonly name: string; readonly hostDir: string },
  config: MergedConfig,
  settings: HostSettings,
  warnings: Warning[],
): NodeSettings {
  warnOfUnknownKeys(config, warnings);
  const read: Reader = (key, readValue, expected) => {
    const entry = configKey(config, "node", key);
    if (entry === undefined) return undefined;
    const value = readValue(entry.value, entry);
    if (value === undefined) throw invalidSetting(entry, `node ${key} must be ${expected}`);
    return value;
  };
  const env = read("env", environmentIn, "a list of {NAME, VALUE}, both strings") ?? [];
  return {
    cookie: readCookie(read, release, config),
    ...readNodeName(read, release.name, config),
    runAsUser: read("run_as_user", nameIn, "the name of a user"),
    runAsGroup: read("run_as_group", nameIn, "the name of a group"),
    smp: read("smp", smpIn, "enabled, disabled or auto"),
    hidden: read("hidden", booleanIn, "true or false") ?? false,
    connectAll: read("connect_all", booleanIn, "true or false") ?? true,
    ...readLimits(read, settings, config, warnings),
    ...readPaths(read, settings),
    vmArgs: readVmArgs(read, config, warnings),
    env,
    listenAddress: readKernelAddress(config),
    epmdPort: readEpmdPort(env) ?? settings.epmdPort,
  };
}

type Reader = <T>(
  key: NodeKey,
  readValue: (value: ConfigKey["value"], entry: ConfigKey) => T | undefined,
  expected: string,
) => T | undefined;

/** The error of a key whose value cannot be used. The value itself is not shown: it may be secret. */
function invalidSetting({ name, origin }: ConfigKey, state: string): EnitError {
  const message = `cannot use "${formatOrigin(origin)}": ${state}`;
  return new EnitError("invalid_node_setting", message, { kind: "input", data: { key: name, ...origin } });
}

function warnOfUnknownKeys(config: MergedConfig, warnings: Warning[]): void {
  const known: readonly string[] = NODE_KEYS;
  for (const { name, origin } of configSection(config, "node")?.keys ?? []) {
    if (known.includes(name)) continue;
    warnings.push({
      code: "unknown_node_setting",
      message: `${formatOrigin(origin)}: "${name}" is no key of the section node`,
      hint: hintForUnknown(name, known),
      ...("plugin" in origin ? {} : { position: origin }),
    });
  }
}

function readCookie(
  read: Reader,
  release: { readonly name: string; readonly hostDir: string },
  config: MergedConfig,
): string {
  const cookie = read("cookie", cookieIn, "a string or an atom of 1 to 255 printable ASCII characters");
  if (cookie !== undefined) return cookie;
  const file = resolve(release.hostDir, "user.config");
  throw new EnitError("no_cookie", `cannot use the release "${release.name}": it has no cookie`, {
    kind: "input",
    hint: `Put {node, [{cookie, "..."}]}. into ${file}, which only those should be able to read who run the release.`,
    data: { release: release.name, files: config.files },
  });
}

function readNodeName(read: Reader, releaseName: string, config: MergedConfig): NodeName {
  const longNames = read("long_names", booleanIn, "true or false");
  const written = read("nodename", textIn, "a string or an atom");
  const name = completeNodeName(written ?? releaseName, longNames);
  if (typeof name !== "string") return name;
  const entry = configKey(config, "node", "nodename") ?? configKey(config, "node", "long_names");
  if (entry !== undefined) throw invalidSetting(entry, `node ${entry.name}: ${name}`);
  const message = `cannot use "${releaseName}" as the name of a node: ${name}`;
  const hint = "Give the node a name of its own: {node, [{nodename, NAME}]}.";
  throw new EnitError("invalid_node_setting", message, { kind: "input", hint, data: { key: "nodename" } });
}

/** Nobody means so little: it was thought to count in seconds. */
const SHORT_TIMEOUT_SECONDS = 0.1;

function readLimits(
  read: Reader,
  settings: HostSettings,
  config: MergedConfig,
  warnings: Warning[],
): Pick<NodeSettings, "startRetries" | "startDelaySeconds" | "stopTimeoutSeconds"> {
  const retries = read("start_retries", scalarIn(readRetries), "a number of retries or infinity");
  const delay = read("start_delay", scalarIn(readSeconds), "a number of seconds");
  const timeout = read("stop_timeout", scalarIn(readMilliseconds), "a number of milliseconds or infinity");
  const entry = configKey(config, "node", "stop_timeout");
  if (entry !== undefined && typeof timeout === "number" && timeout < SHORT_TIMEOUT_SECONDS) {
    const message = `${formatOrigin(entry.origin)}: stop_timeout is less than a tenth of a second`;
    warnings.push({ code: "short_stop_timeout", message, hint: "It counts in milliseconds, start_delay in seconds." });
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

function readPaths(read: Reader, settings: HostSettings): Pick<NodeSettings, "otpRoot" | "libDirs" | "root"> {
  const path = (key: "otp_root" | "root"): string | undefined =>
    read(key, (value, entry) => pathIn(value, baseOf(entry)), "the path of a directory");
  const libDirs = read("lib_dirs", (value, entry) => pathsIn(value, baseOf(entry)), "a list of paths") ?? [];
  return {
    otpRoot: stronger<string | undefined>(settings, "otpRoot", settings.otpRoot, path("otp_root")),
    libDirs: [...new Set([...libDirs, ...settings.libDirs])],
    root: path("root"),
  };
}

function baseOf({ origin }: ConfigKey): string {
  return "plugin" in origin ? "/" : dirname(origin.file);
}

/** What enit sets itself; a cookie among the arguments would be shown to everybody. */
const OWN_ARGS = new Set(["-setcookie", "-name", "-sname", "-boot", "-detached"]);

function readVmArgs(read: Reader, config: MergedConfig, warnings: Warning[]): readonly string[] {
  const args = read("vm_args", vmArgsIn, "a list of strings") ?? [];
  const entry = configKey(config, "node", "vm_args");
  if (entry === undefined) return args;
  const own = args.find((arg) => OWN_ARGS.has(arg));
  if (own !== undefined) throw invalidSetting(entry, `node vm_args has ${own}, which is for enit alone to set`);
  const joined = args.find((arg) => /^[-+]\S+\s/.test(arg));
  if (joined !== undefined) {
    const message = `${formatOrigin(entry.origin)}: "${joined}" is passed as a single argument`;
    warnings.push({ code: "joined_vm_args", message, hint: "Write each argument as a string of its own." });
  }
  return args;
}

function readKernelAddress(config: MergedConfig): string | undefined {
  const entry = configKey(config, "kernel", "inet_dist_use_interface");
  if (entry === undefined) return undefined;
  const address = readListenAddress(entry.value);
  if (address !== undefined) return address === "any" ? undefined : address;
  throw invalidSetting(entry, "kernel inet_dist_use_interface must be an IP address, as in {127,0,0,1}");
}

function readEpmdPort(env: NodeSettings["env"]): number | undefined {
  const text = env.findLast(([name]) => name === "ERL_EPMD_PORT")?.[1];
  const port = Number(text);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}
