import type { TopApplication, TopOrder, TopProcess, Ui } from "../../src/contract/index.ts";
import { formatCount, formatRate, formatSize } from "./units.ts";

/** A column of a table that is cut to the width of a terminal. */
interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  /** In characters; a column without takes its share of what the others leave. */
  readonly width?: number;
  /** Left out where the columns of less than this do not leave enough for it. */
  readonly rank: number;
  readonly order?: TopOrder;
}

/** What a column without a width needs at the least. */
const LEAST_WIDTH = 12;

const RATE = { title: "REDS/S", width: 8, rank: 1, order: "reductions" } as const;
const MEMORY = { title: "MEMORY", width: 10, rank: 1, order: "memory" } as const;
const QUEUE = { title: "QUEUE", width: 9, rank: 2, order: "queue" } as const;

const PROCESS_COLUMNS: readonly Column<TopProcess>[] = [
  { title: "PID", width: 13, rank: 3, text: ({ pid }) => pid },
  { title: "NAME", rank: 0, text: describeProcess },
  { ...RATE, text: ({ reductionRate }) => formatRate(reductionRate) },
  { ...MEMORY, text: ({ memory }) => formatSize(memory) },
  { ...QUEUE, text: ({ queue }) => formatCount(queue) },
  { title: "APPLICATION", width: 16, rank: 5, text: ({ application }) => application ?? "-" },
  { title: "CURRENT FUNCTION", rank: 4, text: ({ currentFunction }) => currentFunction ?? "-" },
];

const APPLICATION_COLUMNS: readonly Column<TopApplication>[] = [
  { title: "APPLICATION", rank: 0, text: ({ name }) => name },
  { title: "VERSION", width: 11, rank: 3, text: ({ version }) => version },
  { title: "PROCESSES", width: 10, rank: 2, text: ({ processes }) => formatCount(processes) },
  { ...RATE, text: ({ reductionRate }) => formatRate(reductionRate) },
  { ...MEMORY, text: ({ memory }) => formatSize(memory) },
  { ...QUEUE, text: ({ queue }) => formatCount(queue) },
];

/** The name of a process, what it calls itself, or what it was started with. */
export function describeProcess({ name, label, initialCall }: TopProcess): string {
  if (name !== null) return name;
  return label === null ? initialCall : `${label} (${initialCall})`;
}

/** The table of processes in lines of `width` characters, its header first. */
export function drawProcesses(rows: readonly TopProcess[], order: TopOrder, width: number, ui: Ui): string[] {
  return drawTable(PROCESS_COLUMNS, rows, order, width, ui);
}

/** The table of applications, in the same order as processes are. */
export function drawApplications(rows: readonly TopApplication[], order: TopOrder, width: number, ui: Ui): string[] {
  return drawTable(APPLICATION_COLUMNS, orderApplications(rows, order), order, width, ui);
}

const KEYS = { reductions: "reductionRate", memory: "memory", queue: "queue" } as const;

function orderApplications(rows: readonly TopApplication[], order: TopOrder): readonly TopApplication[] {
  return rows.toSorted((a, b) => (b[KEYS[order]] ?? -1) - (a[KEYS[order]] ?? -1));
}

/** Processes that are there already, in another order. */
export function orderProcesses(rows: readonly TopProcess[], order: TopOrder): readonly TopProcess[] {
  return rows.toSorted((a, b) => (b[KEYS[order]] ?? -1) - (a[KEYS[order]] ?? -1));
}

function drawTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  order: TopOrder,
  width: number,
  ui: Ui,
): string[] {
  const fitting = fitColumns(columns, width);
  const line = (cell: (column: Column<Row>) => string): string =>
    fitting
      .map(({ column, size }) => {
        const text = clip(cell(column), size);
        // Numbers stand at the right of their columns.
        return column.order === undefined && column.title !== "PROCESSES" ? text.padEnd(size) : text.padStart(size);
      })
      .join(" ")
      .trimEnd();
  const header = line(({ title, order: own }) => (own === order ? `*${title}` : title));
  return [ui.bold(header), ...rows.map((row) => line(({ text }) => text(row)))];
}

function fitColumns<Row>(columns: readonly Column<Row>[], width: number): { column: Column<Row>; size: number }[] {
  const chosen = new Set<Column<Row>>();
  let left = width + 1;
  for (const column of columns.toSorted((a, b) => a.rank - b.rank)) {
    const size = (column.width ?? LEAST_WIDTH) + 1;
    if (size > left && column.rank > 0) continue;
    chosen.add(column);
    left -= size;
  }
  const elastic = [...chosen].filter((column) => column.width === undefined).length;
  const share = Math.max(0, Math.floor(left / Math.max(1, elastic)));
  return columns
    .filter((column) => chosen.has(column))
    .map((column) => ({ column, size: column.width ?? LEAST_WIDTH + share }));
}

/** The end of a function's name says more than its beginning, but names of modules begin with what they belong to. */
function clip(text: string, size: number): string {
  return text.length <= size ? text : `${text.slice(0, Math.max(0, size - 1))}~`;
}
