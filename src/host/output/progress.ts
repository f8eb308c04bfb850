import type { Progress, ProgressOptions } from "../../contract/index.ts";
import type { Console } from "./console.ts";

const BAR_WIDTH = 24;
/** Drawn at most so often, in milliseconds; more is only work for the terminal. */
const INTERVAL = 50;

/** Shows nothing: where there is no terminal, or nobody wants to see it. */
export const HIDDEN_PROGRESS: Progress = { update: () => {}, end: () => {}, [Symbol.dispose]: () => {} };

/** Draws a bar on the last line of the terminal behind standard error, and wipes it at the end. */
export function makeProgress(console: Console, label: string, options: ProgressOptions, width: number): Progress {
  let lastDrawn = Number.NEGATIVE_INFINITY;
  let isDrawn = false;
  let latest = { done: 0, current: label };
  let delayed: Timer | undefined;
  const draw = (): void => {
    clearTimeout(delayed);
    delayed = undefined;
    lastDrawn = performance.now();
    isDrawn = true;
    console.note(`\r\u001b[K${drawLine(latest.done, latest.current, options.total).slice(0, width - 1)}`);
  };
  const end = (): void => {
    clearTimeout(delayed);
    delayed = undefined;
    if (isDrawn) console.note("\r\u001b[K");
    isDrawn = false;
  };
  return {
    update(done, current = label) {
      latest = { done, current };
      const wait = lastDrawn + INTERVAL - performance.now();
      if (wait <= 0 || done === options.total) draw();
      // What comes last stays on the screen: it must not be the step before the one that hangs.
      else delayed ??= setTimeout(draw, wait).unref();
    },
    end,
    [Symbol.dispose]: end,
  };
}

function drawLine(done: number, label: string, total: number | undefined): string {
  if (total === undefined || total <= 0) return `${label} ${done}`;
  const share = Math.min(1, Math.max(0, done / total));
  const filled = Math.round(share * BAR_WIDTH);
  const bar = "#".repeat(filled) + "-".repeat(BAR_WIDTH - filled);
  return `[${bar}] ${String(Math.floor(share * 100)).padStart(3)}% ${label}`;
}
