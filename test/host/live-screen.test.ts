import { describe, expect, test } from "bun:test";
import { EventQueue } from "../../src/host/output/event-queue.ts";
import { fitLine } from "../../src/host/output/fit-line.ts";
import { readKeys, splitKeys } from "../../src/host/output/keys.ts";
import { keyByKey } from "../../src/system/index.ts";

describe("fitLine()", () => {
  test("cuts by the columns that characters take, and leaves colours alone", () => {
    expect(fitLine("abcdef", 3)).toBe("abc");
    expect(fitLine("\u001b[31mabc\u001b[39mdef", 4)).toBe("\u001b[31mabc\u001b[39md");
    expect(fitLine("\u001b[31mabc\u001b[39mdef", 2)).toBe("\u001b[31mab\u001b[39m");
    expect(fitLine("日本語", 5)).toBe("日本");
    expect(fitLine("e\u0301e\u0301", 1)).toBe("e\u0301");
    expect(fitLine("anything", 0)).toBe("");
  });

  test("lets nothing move the cursor", () => {
    expect(fitLine("a\nb\u001b[2Jc\u0007\u009bd\u007f", 80)).toBe("a?b?[2Jc??d?");
  });
});

describe("splitKeys()", () => {
  test("knows characters, control characters and the sequences of arrows", () => {
    expect(splitKeys("aé +\u001b[A\u001bOB\u001b[1;5C\r\t\u007f\u0003")).toEqual([
      "a",
      "é",
      " ",
      "+",
      "up",
      "down",
      "\u001b[1;5C",
      "enter",
      "tab",
      "backspace",
      "\u0003",
    ]);
    expect(splitKeys("\u001b")).toEqual(["escape"]);
    expect(splitKeys("")).toEqual([]);
  });

  test("takes characters that come in two parts", async () => {
    const keys: string[] = [];
    const [first, second] = Buffer.from("é");
    async function* stream(): AsyncGenerator<Uint8Array, void> {
      yield Uint8Array.of(first ?? 0);
      yield Uint8Array.of(second ?? 0, 113);
    }
    await readKeys(stream(), (key) => keys.push(key));
    expect(keys).toEqual(["é", "q"]);
  });
});

test("an EventQueue gives what came, then its end or its error", async () => {
  const ended = new EventQueue<number>();
  ended.add(1);
  const seen: number[] = [];
  const reading = (async () => {
    for await (const event of ended) seen.push(event);
  })();
  ended.add(2);
  ended.end();
  await reading;
  expect(seen).toEqual([1, 2]);

  const failed = new EventQueue<number>();
  failed.add(1);
  failed.fail(new Error("gone"));
  failed.end();
  const events = failed[Symbol.asyncIterator]();
  expect(await events.next()).toEqual({ value: 1, done: false });
  expect(events.next()).rejects.toThrow("gone");
});

test("keyByKey() turns line editing and the echo off, keeps Ctrl-C, and frees Ctrl-Z", () => {
  const settings = new Uint8Array(64).fill(0xff);
  const changed = keyByKey(settings);
  const flags = new DataView(changed.buffer).getUint32(12, true);
  expect({ canonical: flags & 2, echo: flags & 8, signals: flags & 1 }).toEqual({ canonical: 0, echo: 0, signals: 1 });
  expect([...changed.subarray(17 + 5, 17 + 7), changed[17 + 10]]).toEqual([0, 1, 0]);
  expect(settings.every((byte) => byte === 0xff)).toBe(true);
});
