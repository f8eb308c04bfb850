import type { ConfigChangeAnswer, PlannedReconfiguration, RestartNeed, WaitOptions } from "../../../contract/index.ts";
import type { NodeConnection } from "../../../dist/index.ts";
import { EnitError } from "../../../error/index.ts";
import type { ConfigTable, ReconfigurePlan, Release } from "../../../release/index.ts";
import { isPackaged, planReconfigure, renderPackagedConfig, tableOf, toSysConfig } from "../../../release/index.ts";
import { type Term, atom, list, listElements, printTerm, stringValue, textValue, tuple } from "../../../term/index.ts";
import { findRestartNeeds, readSysConfig, runningVersion, writeSysConfig } from "../../../vm/index.ts";
import type { ServiceBase } from "../index.ts";
import { callAgent } from "./agent.ts";
import { connect } from "./connect.ts";

/** Plans a reconfiguration as `ReleaseService.planReconfigure` does. */
export async function planChanges(
  { hooks }: ServiceBase,
  release: Release,
  options: WaitOptions,
): Promise<PlannedReconfiguration> {
  await using node = await connect(release, options);
  const { version, sysConfig } = await whatRuns(node, release, options);
  const previous = tableOf(readSysConfig({ ...release, version })) ?? new Map();
  const next = tableOf(sysConfig) ?? new Map();
  const { running, defaults } = await readEnvironments(
    node,
    release,
    new Set([...previous.keys(), ...next.keys()]),
    options,
  );
  const planned = planReconfigure({ previous, next, running, defaults });
  const { notLoaded, ...allowed } = await hooks.waterfall("reconfigure:plan", planned, nodeFacts(release, node));
  // A hook may have left nothing of what an application was to get.
  const applications = allowed.applications.filter(
    ({ changed, added, removed }) => changed.length + added.length + removed.length > 0,
  );
  const unchanged = applications.length === 0 && notLoaded.length === 0;
  return { applications, notLoaded, unchanged, needsRestart: await findNeeds(node, release, options) };
}

/** An application that came, went or changed in another way than by a restart (`enit update`) needs none any more. */
async function findNeeds(
  node: NodeConnection,
  release: Release,
  { signal }: WaitOptions,
): Promise<readonly RestartNeed[]> {
  const needs = findRestartNeeds(release);
  // What is packed in a release changes by upgrades.
  const pinned = isPackaged(release) ? [] : release.applications.filter(({ vsn }) => vsn !== undefined);
  if (pinned.length === 0 && !needs.some(({ kind }) => kind === "application")) return needs;
  const loaded = await readLoaded(node, signal);
  const others = pinned.filter(({ name, vsn }) => loaded.has(name) && loaded.get(name) !== vsn);
  return [
    ...needs.filter(
      ({ kind, name, change }) => kind === "node" || (change === "added" ? !loaded.has(name) : loaded.has(name)),
    ),
    ...others.map(({ name }): RestartNeed => ({ kind: "application", name, change: "changed" })),
  ];
}

/** The applications that a node has loaded, with their versions. */
async function readLoaded(node: NodeConnection, signal: AbortSignal | undefined): Promise<ReadonlyMap<string, string>> {
  const loaded = listElements(await node.call("application", "loaded_applications", [], { signal })) ?? [];
  return new Map(
    loaded.map((each) => {
      const [name, , vsn] = elementsOf(each);
      return [textValue(name) ?? "", stringValue(vsn) ?? ""];
    }),
  );
}

/** Which version runs, and what the files say for it: a packaged release may run another one than it starts. */
async function whatRuns(
  node: NodeConnection,
  release: Release,
  options: WaitOptions,
): Promise<{ readonly version: string; readonly sysConfig: Term }> {
  const sysConfig = toSysConfig(release.config);
  if (!isPackaged(release)) return { version: runningVersion(release), sysConfig };
  const tried = await findTried(node, options);
  if (tried === undefined || tried === release.version) return { version: release.version, sysConfig };
  return { version: tried, sysConfig: renderPackagedConfig(release.packaged.root, tried, release).sysConfig };
}

/** The version that was installed for a try, and not made permanent; `undefined` if the permanent one runs. */
async function findTried(node: NodeConnection, { signal }: WaitOptions): Promise<string | undefined> {
  try {
    const current = await node.call("release_handler", "which_releases", [atom("current")], { signal });
    const [tried] = listElements(current) ?? [];
    return tried === undefined ? undefined : stringValue(elementsOf(tried)[1]);
  } catch (error) {
    // Without sasl there is nobody to ask, and nothing is installed.
    if (error instanceof EnitError && error.code === "call_failed") return undefined;
    throw error;
  }
}

/** Applies a plan as `ReleaseService.reconfigure` does. */
export async function applyChanges(
  { hooks }: ServiceBase,
  release: Release,
  plan: ReconfigurePlan,
  options: WaitOptions,
): Promise<readonly ConfigChangeAnswer[]> {
  await using node = await connect(release, options);
  const { version, sysConfig } = await whatRuns(node, release, options);
  const result = await node.call("enit_config", "change", [changesTerm(plan), sysConfig], { signal: options.signal });
  // The values hold from here on, whatever the applications answered: the next plan starts from them.
  try {
    writeSysConfig({ ...release, version }, sysConfig);
  } catch (error) {
    throw notNoted(release.name, error);
  }
  await hooks.series("reconfigure:applied", { ...nodeFacts(release, node), plan });
  return (listElements(result) ?? []).map(readAnswer);
}

/** What could not be written is the record of what the node has already. */
function notNoted(name: string, error: unknown): unknown {
  if (!(error instanceof EnitError)) return error;
  const { code, kind, data, message } = error;
  const hint = `Run enit reconfigure ${name} again when that is mended.`;
  return new EnitError(code, `${message}; "${name}" has the changes all the same`, { kind, hint, data, cause: error });
}

function nodeFacts(
  { name, version }: Release,
  { node }: NodeConnection,
): {
  release: { name: string; version: string };
  node: string;
  pid: undefined;
} {
  return { release: { name, version }, node, pid: undefined };
}

/** Asks for the environments of applications as they run, and as their `.app` files give them. */
async function readEnvironments(
  node: NodeConnection,
  release: Release,
  applications: ReadonlySet<string>,
  { signal }: WaitOptions,
): Promise<{ running: ConfigTable; defaults: ConfigTable }> {
  const names = list([...applications].map((name) => atom(name)));
  const [running, defaults] = await callAgent(node, release, "enit_config", "environments", [names], { signal }).then(
    elementsOf,
  );
  return { running: tableOf(running) ?? new Map(), defaults: tableOf(defaults) ?? new Map() };
}

/** The plan as `enit_config:change/2` takes it. */
function changesTerm({ applications }: ReconfigurePlan): Term {
  return list(
    applications.map(({ application, changed, added, removed }) =>
      tuple(
        atom(application),
        list(changed.map((change) => tuple(atom(change.key), change.new))),
        list(added.map((change) => tuple(atom(change.key), change.new))),
        list(removed.map(({ key }) => atom(key))),
      ),
    ),
  );
}

const GOOD_ANSWERS = new Set(["ok", "no_callback", "not_running", "not_loaded"]);

function readAnswer(term: Term): ConfigChangeAnswer {
  const [application, answer] = elementsOf(term);
  const text = answer === undefined ? "" : printTerm(answer, { format: "tp" });
  return { application: textValue(application) ?? "", answer: text, ok: GOOD_ANSWERS.has(text) };
}

function elementsOf(term: Term): readonly Term[] {
  return term.kind === "tuple" ? term.elements : [];
}
