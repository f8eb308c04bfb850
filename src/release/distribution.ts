import { dirname } from "node:path";
import { integerValue, string } from "../term/index.ts";
import type { ConfigKey } from "./config-model.ts";
import { type NodeSection, invalidNodeSetting } from "./node-section.ts";
import { booleanIn } from "./node-values.ts";
import { type VmArgument, invalidVmArgs } from "./packaged/vm-args.ts";
import { readTlsSettings, type TlsSettings } from "./tls-settings.ts";

/** How other nodes, and enit, reach the VM of a release. */
export interface DistributionSettings {
  /** Without it distribution is plain TCP. */
  readonly tls: DistributionTls | undefined;
  /** The port that the VM listens on, if it is always the same. */
  readonly distPort: number | undefined;
  /** Whether epmd is asked where nodes listen. Without it they all listen on `distPort`, which is set then. */
  readonly epmd: boolean;
  /** The arguments of the emulator, without those that are read here. */
  readonly vmArgs: readonly string[];
}

export interface DistributionTls extends TlsSettings {
  /** As `-proto_dist` takes it. */
  readonly protocol: "inet_tls" | "inet6_tls";
}

/**
 * Reads the keys `tls`, `dist_port` and `epmd`, and from `vm_args` what says the same. `packaged` is the protocol that the
 * arguments of a packaged release ask for, which is the weakest. Throws `invalid_node_setting`, `vm_args_invalid`.
 */
export function readDistribution(
  node: NodeSection,
  vmArgs: readonly string[],
  packaged?: VmArgument,
): DistributionSettings {
  const distPort = node.read("dist_port", (value) => portOf(integerValue(value)), "a port, 1 to 65535");
  const epmd = node.read("epmd", booleanIn, "true or false") ?? true;
  const entry = node.entry("epmd");
  if (!epmd && distPort === undefined && entry !== undefined) {
    throw invalidNodeSetting(entry, "without epmd nobody finds the node, unless node dist_port says where it listens");
  }
  const args = parseArgs(node, vmArgs);
  const tls = readTls(node, args, packaged?.text);
  if (tls === undefined && packaged !== undefined) {
    const hint = "Write its options into a file that -ssl_dist_optfile names, or as the key tls of the section node.";
    throw invalidVmArgs(packaged, `-proto_dist ${packaged.text} does not say with what certificate`, hint);
  }
  return { tls, distPort, epmd, vmArgs: args.rest };
}

function portOf(port: number | undefined): number | undefined {
  return port !== undefined && port > 0 && port < 65_536 ? port : undefined;
}

interface DistributionArgs {
  readonly protocol: string | undefined;
  readonly optionFile: string | undefined;
  readonly rest: readonly string[];
}

/** Takes what concerns TLS out of the arguments; `-proto_dist inet6_tcp` and the like are not ours. */
function parseArgs(node: NodeSection, vmArgs: readonly string[]): DistributionArgs {
  const rest = [...vmArgs];
  const take = (flag: string): string | undefined => {
    const at = rest.lastIndexOf(flag);
    return at < 0 ? undefined : rest.splice(at, 2)[1];
  };
  const optionFile = take("-ssl_dist_optfile");
  const protocol = vmArgs[vmArgs.lastIndexOf("-proto_dist") + 1];
  const isTls = vmArgs.includes("-proto_dist") && protocol?.endsWith("_tls") === true;
  if (isTls) take("-proto_dist");
  const entry = node.entry("vm_args");
  if (entry !== undefined && node.entry("tls") !== undefined && optionFile !== undefined) {
    throw invalidNodeSetting(entry, "node vm_args has -ssl_dist_optfile, and node tls says the same");
  }
  if (entry !== undefined && rest.includes("-ssl_dist_opt")) {
    throw invalidNodeSetting(entry, "node vm_args has -ssl_dist_opt: write its options as node tls");
  }
  if (entry !== undefined && isTls && optionFile === undefined && node.entry("tls") === undefined) {
    throw invalidNodeSetting(entry, `node vm_args has -proto_dist ${protocol}, but node tls does not say with what`);
  }
  if (entry !== undefined && rest.includes("-proto_dist") && (node.entry("tls") ?? optionFile) !== undefined) {
    throw invalidNodeSetting(entry, `node vm_args has -proto_dist ${protocol}, which is without TLS`);
  }
  return { protocol: isTls ? protocol : undefined, optionFile, rest };
}

function readTls(
  node: NodeSection,
  { protocol, optionFile }: DistributionArgs,
  packaged: string | undefined,
): DistributionTls | undefined {
  const settings = readWrittenTls(node, optionFile);
  return settings && { ...settings, protocol: (protocol ?? packaged) === "inet6_tls" ? "inet6_tls" : "inet_tls" };
}

function readWrittenTls(node: NodeSection, optionFile: string | undefined): TlsSettings | undefined {
  const entry = node.entry("tls");
  if (entry !== undefined) return checked(entry, readTlsSettings(entry.value, baseOf(entry)));
  const args = node.entry("vm_args");
  if (args === undefined || optionFile === undefined) return undefined;
  return checked(args, readTlsSettings(string(optionFile), baseOf(args)));
}

function checked(entry: ConfigKey, settings: TlsSettings | string): TlsSettings {
  if (typeof settings !== "string") return settings;
  throw invalidNodeSetting(entry, `node ${settings}`);
}

function baseOf({ origin }: ConfigKey): string {
  return "plugin" in origin ? "/" : dirname(origin.file);
}
