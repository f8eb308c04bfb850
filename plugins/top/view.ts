import type { LiveScreen, TopOrder, TopSample } from "../../src/contract/index.ts";
import { drawApplications, drawProcesses, orderProcesses } from "./columns.ts";
import { drawCurve } from "./curve.ts";
import { describeCut, drawMemory, drawNode, type HeaderFacts, MEMORY_KINDS } from "./header.ts";
import { formatInterval, formatSize } from "./units.ts";

/** What the keys change. */
export interface ViewState {
  readonly order: TopOrder;
  /** Milliseconds. */
  readonly interval: number;
  /** How long the last sample was waited for, in milliseconds. */
  readonly waited: number;
  readonly isPaused: boolean;
  readonly shows: "processes" | "applications" | "help";
}

/** From how many lines on the memory has curves, and from how many on for every kind. */
const ROOMY = 20;
const TALL = 30;
const FIRST_KINDS = 4;
/** From what multiple of the interval on a delay is worth telling. */
const MUCH_LONGER = 1.5;
/** `processes  123.4 MiB ` */
const CURVE_COLUMN = 23;

const HELP = [
  "r        order by reductions, the work that processes do",
  "m        order by memory",
  "l        order by the length of the message queue",
  "a        show applications, or processes again",
  "space    pause, and go on",
  "+  -     sample less often, or more often",
  "h        show this, or go back",
  "q        quit, as Ctrl-C does",
  "",
  "Reductions are per second, since the last time that a process was looked at.",
  "Curves are as high as the least and the greatest value that they show.",
];

/** Lays the screen out; gives its lines, from the top. `history` has the newest sample last. */
export function layOut(
  history: readonly TopSample[],
  state: ViewState,
  facts: HeaderFacts,
  screen: Pick<LiveScreen, "width" | "height" | "ui" | "unicode">,
): string[] {
  const { width, height, ui } = screen;
  const sample = history.at(-1);
  const footer = ui.dim(drawFooter(state));
  if (sample === undefined) return [`${facts.release} ${facts.version}`, "", "waiting for the first sample..."];
  if (state.shows === "help") return [...drawNode(sample, facts, ui).slice(0, 1), "", ...HELP].slice(0, height);

  const top = [
    ...drawNode(sample, facts, ui),
    ...(height >= ROOMY ? ["", ...drawCurves(history, screen), ""] : [drawMemory(sample)]),
  ];
  const cut = describeCut(sample);
  const bottom = [...(cut === undefined ? [] : [ui.yellow(cut)]), footer];
  const left = Math.max(1, height - top.length - bottom.length);
  const rows =
    state.shows === "applications"
      ? drawApplications(sample.applications, state.order, width, ui)
      : drawProcesses(orderProcesses(sample.processes, state.order), state.order, width, ui);
  const table = rows.slice(0, left);
  return [...top, ...table, ...new Array<string>(left - table.length).fill(""), ...bottom].slice(0, height);
}

/** How many processes have a place on the screen. */
export function rowsOn({ height }: Pick<LiveScreen, "height">): number {
  return Math.max(5, height);
}

function drawCurves(
  history: readonly TopSample[],
  { width, height, unicode, ui }: Pick<LiveScreen, "width" | "height" | "unicode" | "ui">,
): string[] {
  return MEMORY_KINDS.slice(0, height >= TALL ? undefined : FIRST_KINDS).map((kind) => {
    const values = history.map(({ memory }) => memory[kind] ?? 0);
    const curve = drawCurve(values, width - CURVE_COLUMN, unicode);
    return `${kind.padEnd(10)} ${formatSize(values.at(-1) ?? 0).padStart(10)}  ${ui.cyan(curve)}`;
  });
}

function drawFooter({ isPaused, interval, waited, shows }: ViewState): string {
  const state = isPaused ? "paused" : `every ${formatInterval(interval)}${describeDelay(interval, waited)}`;
  const other = shows === "applications" ? "processes" : "apps";
  return `q quit  h help  ${state}  r reds  m memory  l queue  a ${other}  space pause`;
}

/** How long it really took, where the budget did not allow for more samples. */
function describeDelay(interval: number, waited: number): string {
  return waited > interval * MUCH_LONGER ? ` (${formatInterval(Math.round(waited / 100) * 100)} by the budget)` : "";
}
