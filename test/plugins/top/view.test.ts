import { describe, expect, test } from "bun:test";
import { drawCurve } from "../../../plugins/top/curve.ts";
import { formatCount, formatInterval, formatRate, formatSize } from "../../../plugins/top/units.ts";
import { layOut, type ViewState } from "../../../plugins/top/view.ts";
import type { TopProcess, TopSample } from "../../../src/contract/index.ts";
import { makeUi } from "../../../src/host/output/ui.ts";

const STATE: ViewState = { order: "reductions", interval: 2000, waited: 0, isPaused: false, shows: "processes" };
const FACTS = { release: "relex", version: "1.0" };

function processOf(number: number): TopProcess {
  return {
    pid: `<0.${number}.0>`,
    name: number % 2 === 0 ? `server_${number}` : null,
    label: number % 3 === 0 ? "{shard,1}" : null,
    initialCall: "some_module:init/1",
    currentFunction: "gen_server:loop/7",
    status: "waiting",
    application: "kernel",
    reductions: number * 10,
    reductionRate: number === 1 ? null : number * 1000,
    memory: 1e6 / number,
    queue: (number * 7) % 5,
  };
}

function sampleOf(total: number, cut = false): TopSample {
  return {
    time: 0,
    node: "relex@host",
    otp: "25",
    uptimeSeconds: 3725,
    schedulers: 4,
    utilization: 0.25,
    runQueue: 3,
    dirtyRunQueue: 0,
    memory: { total, processes: 5000, binary: 79 * 1024, ets: 1, code: 2, atom: 3 },
    counts: {
      processes: { count: 100, limit: 262144 },
      ports: { count: 5, limit: 10 },
      atoms: { count: 9000, limit: 10000 },
      etsTables: { count: 20, limit: null },
    },
    rates: { reductions: 1_234_567, garbageCollections: 2, contextSwitches: 3, input: 0, output: null },
    processes: Array.from({ length: 60 }, (_, index) => processOf(index + 1)),
    applications: [
      { name: "kernel", version: "8.5.3", processes: 36, reductionRate: 50, memory: 1024, queue: 0 },
      { name: "sasl", version: "4.2", processes: 6, reductionRate: 500, memory: 10, queue: 9 },
    ],
    sampling: { milliseconds: 3, seen: 40, cut },
  };
}

function screenOf(width: number, height: number, color = false) {
  return { width, height, unicode: true, ui: makeUi({ color, width }) };
}

describe("layOut()", () => {
  test("fills the lines of any terminal, and never more", () => {
    for (const [width, height] of [
      [80, 24],
      [200, 60],
      [40, 10],
      [20, 5],
      [1, 1],
    ] as const) {
      for (const shows of ["processes", "applications"] as const) {
        const lines = layOut([sampleOf(1e6)], { ...STATE, shows }, FACTS, screenOf(width, height));
        expect(lines).toHaveLength(height);
      }
      expect(layOut([], STATE, FACTS, screenOf(width, height)).length).toBeLessThanOrEqual(3);
      expect(
        layOut([sampleOf(1)], { ...STATE, shows: "help" }, FACTS, screenOf(width, height)).length,
      ).toBeLessThanOrEqual(height);
    }
  });

  test("has the node, its memory as curves, and as many processes as fit 80 columns and 24 lines", () => {
    const history = [1, 2, 3, 4, 5, 6, 7, 8].map((total) => sampleOf(total * 1e6));
    expect(layOut(history, STATE, FACTS, screenOf(80, 24)).slice(0, 12)).toEqual([
      "relex 1.0  relex@host  OTP 25  up 1h 2min",
      "run queue 3  4 schedulers 25% busy  reds 1.2M/s  in 0 B/s  out -  gc 2/s",
      "processes 100/262,144  ports 5/10  atoms 9,000/10,000  ets 20",
      "",
      "total         7.6 MiB  ▁▂▃▄▅▆▇█",
      "processes     4.9 KiB  ▁▁▁▁▁▁▁▁",
      "binary       79.0 KiB  ▁▁▁▁▁▁▁▁",
      "ets               1 B  ▁▁▁▁▁▁▁▁",
      "",
      "PID           NAME               *REDS/S     MEMORY     QUEUE CURRENT FUNCTION",
      "<0.60.0>      server_60            60.0k   16.3 KiB         0 gen_server:loop/7",
      "<0.59.0>      some_module:init~    59.0k   16.6 KiB         3 gen_server:loop/7",
    ]);
    const all = layOut(history, STATE, FACTS, screenOf(80, 24));
    expect(all.at(-1)).toStartWith("q quit  h help  every 2 s  r reds");
    expect(all.at(-1)).toEndWith("a apps  space pause");
  });

  test("orders processes and applications, and leaves columns out that have no place", () => {
    const [header, first] = layOut([sampleOf(1)], { ...STATE, order: "memory" }, FACTS, screenOf(40, 10)).slice(4);
    expect(header).toBe("NAME                   REDS/S    *MEMORY");
    expect(first).toBe("some_module:init/1          -    977 KiB");
    const applications = layOut([sampleOf(1)], { ...STATE, shows: "applications" }, FACTS, screenOf(80, 10)).slice(
      4,
      7,
    );
    expect(applications.map((line) => line.split(/ +/)[0])).toEqual(["APPLICATION", "sasl", "kernel"]);
    const wide = layOut([sampleOf(1)], { ...STATE, order: "queue" }, FACTS, screenOf(160, 24));
    expect(wide[9]).toMatch(/^PID +NAME +REDS\/S +MEMORY +\*QUEUE APPLICATION +CURRENT FUNCTION$/);
    expect(wide.join("\n")).toContain("{shard,1} (some_module:init/1)");
  });

  test("says when a sample was cut, and what is near its limit", () => {
    const lines = layOut([sampleOf(1, true)], { ...STATE, isPaused: true }, FACTS, screenOf(80, 24, true));
    expect(lines.at(-2)).toContain("cut: 40 of 100 processes were looked at");
    expect(lines.at(-1)).toContain("paused");
    expect(lines[2]).toBe("processes 100/262,144  ports 5/10  atoms \u001b[31m9,000\u001b[39m/10,000  ets 20");
  });
});

test("layOut() says when the budget does not allow for as many samples as wanted", () => {
  const footerOf = (waited: number): string | undefined =>
    layOut([sampleOf(1)], { ...STATE, waited }, FACTS, screenOf(80, 24)).at(-1);
  expect(footerOf(2100)).toContain("  every 2 s  r reds");
  expect(footerOf(7949)).toContain("  every 2 s (7.9 s by the budget)  r reds");
});

test("drawCurve() draws the last values between the least and the greatest", () => {
  expect(drawCurve([9, 9, 0, 4, 8], 3, true)).toBe("▁▅█");
  expect(drawCurve([5, 5], 10, false)).toBe("__");
  expect(drawCurve([0, 10], 10, false)).toBe("_#");
  expect(drawCurve([], 10, true)).toBe("");
  expect(drawCurve([1, 2], -3, true)).toBe("");
});

test("sizes, rates, counts and times are short", () => {
  expect([0, 1023, 1024, 102_400, 1_048_570, 1e12].map(formatSize)).toEqual([
    "0 B",
    "1023 B",
    "1.0 KiB",
    "100 KiB",
    "1.0 MiB",
    "931 GiB",
  ]);
  expect([null, 0, 999, 1000, 12_345, 999_960].map(formatRate)).toEqual(["-", "0", "999", "1.0k", "12.3k", "1.0M"]);
  expect([1, 1234, 1_234_567].map(formatCount)).toEqual(["1", "1,234", "1,234,567"]);
  expect([200, 2000, 120_000].map(formatInterval)).toEqual(["0.2 s", "2 s", "2 min"]);
});
