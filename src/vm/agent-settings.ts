import { START_TYPES, type StartType } from "../otp/index.ts";
import type { Release } from "../release/index.ts";
import {
  atom,
  atomName,
  integer,
  isTuple,
  list,
  listElements,
  map,
  mapValue,
  string,
  type Term,
  textValue,
  tuple,
} from "../term/index.ts";
import { releaseCommand } from "./release-command.ts";
import type { StatePaths } from "./state-paths.ts";

/** When the output of a VM in the background is moved away, so that the state directory stays small. */
const MAX_LOG_BYTES = 2 * 2 ** 20;

/** In the foreground the terminal or the init system has the VM's output; in the background a file has it. */
export type LaunchMode = "foreground" | "background";

export interface AgentSettingsInput {
  readonly release: Release;
  /** What the agent starts, in this order, and as what. */
  readonly starts: readonly (readonly [application: string, type: StartType])[];
  readonly paths: StatePaths;
  /** HOME as applications are to see it. */
  readonly home: string | undefined;
  readonly mode: LaunchMode;
  /** Whether a terminal that goes away stops the VM in order. */
  readonly stopOnHangup: boolean;
  /** The socket of the system's log, to write to it as well. */
  readonly syslog: string | undefined;
}

/** The settings of the agent, as the type `enit_boot:settings()` has them. */
export function agentSettings(input: AgentSettingsInput): Term {
  const { release, paths, mode } = input;
  const { startRetries, startDelaySeconds } = release.node;
  const none = atom("none");
  const log = map([
    [atom("file"), string(paths.log)],
    [atom("max_bytes"), integer(MAX_LOG_BYTES)],
  ]);
  return map([
    [atom("release"), tuple(string(release.name), string(release.version))],
    [atom("extensions"), list(release.extensions.map(string))],
    [atom("applications"), startsTerm(input.starts)],
    [atom("command"), list(releaseCommand(release).map((word) => string(word)))],
    [atom("retries"), startRetries === "infinity" ? atom("infinity") : integer(startRetries)],
    [atom("delay"), integer(Math.round(startDelaySeconds * 1000))],
    [atom("environment"), list([tuple(string("HOME"), input.home === undefined ? atom("false") : string(input.home))])],
    [atom("progress"), string(paths.progress)],
    [atom("bell"), string(paths.bell)],
    [atom("console"), atom(String(mode === "foreground"))],
    [atom("hangup"), atom(input.stopOnHangup ? "stop" : "default")],
    [atom("log"), mode === "foreground" ? none : log],
    [atom("syslog"), input.syslog === undefined ? none : string(input.syslog)],
  ]);
}

/** The settings of an agent for another set of applications; all else stays. */
export function withApplications(
  settings: Term,
  release: Pick<Release, "name" | "version" | "extensions">,
  starts: AgentSettingsInput["starts"],
): Term {
  if (settings.kind !== "map") return settings;
  const changed = new Map<string, Term>([
    ["release", tuple(string(release.name), string(release.version))],
    ["extensions", list(release.extensions.map(string))],
    ["applications", startsTerm(starts)],
  ]);
  return map(settings.entries.map(([key, value]) => [key, changed.get(atomName(key) ?? "") ?? value]));
}

/** What an agent starts, as its settings say it. */
export function startsIn(settings: Term): [application: string, type: StartType][] {
  return (listElements(mapValue(settings, "applications")) ?? []).flatMap((each): [string, StartType][] => {
    const [name, type] = isTuple(each, 2) ? each.elements.map(atomName) : [];
    const known = START_TYPES.find((word) => word === type);
    return name === undefined || known === undefined ? [] : [[name, known]];
  });
}

/** The version of the release that the settings of an agent are for. */
export function versionIn(settings: Term): string {
  const facts = mapValue(settings, "release");
  return (isTuple(facts, 2) ? textValue(facts.elements[1]) : undefined) ?? "";
}

function startsTerm(starts: AgentSettingsInput["starts"]): Term {
  return list(starts.map(([name, type]) => tuple(atom(name), atom(type))));
}
