import { existsSync } from "node:fs";
import type { ForegroundOptions, StartedRelease, StartOptions, StartStep, Successor } from "../../../contract/index.ts";
import type { Release } from "../../../release/index.ts";
import { type StartEvent, findRunningVm, prepareForeground, startRelease } from "../../../vm/index.ts";
import type { ServiceBase } from "../index.ts";

/** The socket of the system's log; syslog(3). */
const SYSLOG_SOCKET = "/dev/log";

/** Starts a release as `ReleaseService.start` does. */
export async function start(base: ServiceBase, release: Release, options: StartOptions): Promise<StartedRelease> {
  const started: string[] = [];
  const launched = startRelease(withLimits(release, options), {
    ...launchOptions(base, release, options),
    signal: options.signal,
    onEvent: (event) => {
      if (event.kind === "started") started.push(event.application);
      const step = toStep(event);
      if (step !== undefined) options.onStep?.(step);
    },
  });
  const vm = await launched.catch((error: unknown) => {
    if (options.signal?.aborted === true) tellOfVm(base, release);
    throw error;
  });
  const facts = { release: { name: release.name, version: release.version }, node: vm.node, pid: vm.pid };
  await base.hooks.series("vm:started", facts);
  return { release: release.name, version: release.version, node: vm.node, pid: vm.pid, applications: started };
}

/** Prepares a start in the foreground as `ReleaseService.startForeground` does. */
export function startForeground(base: ServiceBase, release: Release, options: ForegroundOptions): Promise<Successor> {
  return prepareForeground(withLimits(release, options), launchOptions(base, release, options));
}

/** Who interrupts a start may think that nothing is left of it. */
function tellOfVm({ log }: ServiceBase, { name, stateDir }: Release): void {
  const vm = findRunningVm(stateDir);
  if (vm !== undefined) log.warn(`process ${vm.pid} goes on to start "${name}". To end it: enit stop ${name}`);
}

function launchOptions(
  { hooks, log }: ServiceBase,
  { name, version }: Release,
  { syslog }: ForegroundOptions,
): Parameters<typeof prepareForeground>[1] {
  if (syslog && !existsSync(SYSLOG_SOCKET))
    log.warn(`There is no ${SYSLOG_SOCKET}: nothing will be written to syslog.`);
  return {
    changePlan: (plan) => hooks.waterfall("vm:launch", plan, { release: { name, version } }),
    onWarning: ({ message, hint }) => log.warn(hint === undefined ? `${message}.` : `${message}. ${hint}`),
    onWait: () => log.info(`waiting for another enit that works on "${name}"...`),
    onNotKept: ({ message, hint }) => log.warn(`${message}. ${hint ?? ""}`),
    ...(syslog ? { syslog: SYSLOG_SOCKET } : {}),
  };
}

/** The release with what the call says about retries, which is stronger than its files. */
function withLimits(release: Release, { retries, delaySeconds }: ForegroundOptions): Release {
  return {
    ...release,
    node: {
      ...release.node,
      startRetries: retries ?? release.node.startRetries,
      startDelaySeconds: delaySeconds ?? release.node.startDelaySeconds,
    },
  };
}

function toStep(event: StartEvent): StartStep | undefined {
  switch (event.kind) {
    case "starting":
    case "started":
      return { kind: event.kind, application: event.application };
    case "retrying":
      return {
        kind: "retrying",
        application: event.application,
        reason: event.text,
        retriesLeft: event.retriesLeft,
        delaySeconds: event.delaySeconds,
      };
    case "booting":
    case "failed":
    case "running":
      return undefined;
  }
}
