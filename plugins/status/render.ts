import { formatUptime, type NodeStatus, type Ui } from "../../src/contract/index.ts";
import { formatBytes } from "./units.ts";

interface StatusData {
  readonly release: string;
  readonly version: string;
  readonly node: string;
  readonly cookie: string;
  readonly extensions: readonly string[];
  readonly status: NodeStatus | null;
}

/** The rows of `erlang:memory/0` in the order in which they are shown. */
const MEMORY_ROWS = [
  ["Total", "total"],
  ["Processes", "processes"],
  ["Processes (used)", "processes_used"],
  ["System", "system"],
  ["Atom", "atom"],
  ["Atom (used)", "atom_used"],
  ["Binary", "binary"],
  ["Code", "code"],
  ["ETS", "ets"],
] as const;

/** Draws a status. The words and their order are those that scripts have read since the first enit. */
export function renderStatus(data: StatusData, ui: Ui): string {
  const header = [
    `Release: ${data.release}`,
    `Version: ${data.version}`,
    `Node:    ${data.node}`,
    `Cookie:  ${data.cookie}`,
    ...(data.extensions.length === 0 ? [] : [`Extensions: ${data.extensions.join(", ")}`]),
  ];
  const online = data.status !== null;
  const state = `This node is currently ${online ? ui.green("online") : ui.yellow("offline")}.`;
  return [...header, "", state, ...(data.status === null ? [] : ["", ...renderNode(data.status)])].join("\n");
}

function renderNode(status: NodeStatus): string[] {
  const applications = status.runningApplications;
  const nameWidth = Math.max(0, ...applications.map(({ name }) => name.length));
  return [
    ...(status.state === "starting" ? [`Applications starting: [${status.startingApplications.join(",")}]`] : []),
    `OTP: ${status.otp}`,
    `Pid: ${status.pid}`,
    `Uptime: ${formatUptime(status.uptimeSeconds)}`,
    "Connected Nodes:",
    ...status.connectedNodes.map((node) => ` ${node}`),
    "Running Applications:",
    ...applications.map(({ name, version }) => ` ${name.padEnd(nameWidth)} ${version}`),
    "Memory Usage (erlang:memory/0):",
    ...MEMORY_ROWS.map(([label, key]) => ` ${`${label}:`.padEnd(17)} ${formatBytes(status.memory[key] ?? 0)}`),
  ];
}
