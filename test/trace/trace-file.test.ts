import { afterAll, describe, expect, test } from "bun:test";
import { appendFileSync, readdirSync, renameSync, truncateSync, unlinkSync, writeFileSync } from "node:fs";
import { type TraceFileOptions, TracePrinter, readTraceFile } from "../../src/trace/index.ts";
import { failure } from "../support/failure.ts";
import { tempDir } from "../support/temp-dir.ts";
import { printedByDbg, startTracers } from "./tracers.ts";

const vms = await startTracers();
const [vm] = vms;
if (vm === undefined) throw new Error("no Erlang/OTP");
afterAll(async () => {
  for (const each of vms) await each[Symbol.asyncDispose]();
});

describe("readTraceFile()", () => {
  test("reads a wrap set in the order in which dbg reads it, wherever its gap is", async () => {
    for (const each of vms) {
      for (const calls of [1, 20, 60, 100, 140, 180]) {
        using dir = tempDir();
        const name = dir.join("set");
        const spec = `{"${name}", wrap, ".trace", 2000, 3}`;
        await each.text(`P = tracing:start_file(${spec}), tracing:do(P, {calls, ${calls}}), tracing:do(P, stop)`);
        const expected = await printedByDbg(each, `printed_wrap("${name}", ".trace", 3)`);
        expect(expected).toContain(`tracing:greet("hello",${calls})\n`);
        const otp = each.otp.major;
        expect(await printed({ file: name }, otp)).toBe(expected);
        expect(await printed({ file: name, wrap: ".trace" }, otp)).toBe(expected);
      }
    }
  });

  test("reads a file that is named in full, though it is of a set", async () => {
    using dir = tempDir();
    const spec = `{"${dir.join("set")}", wrap, ".trace", 2000, 3}`;
    await vm.text(`P = tracing:start_file(${spec}), tracing:do(P, {calls, 60}), tracing:do(P, stop)`);
    const [first = ""] = readdirSync(dir.path).sort();
    const file = dir.join(first);
    expect(await printed({ file })).toBe(await printedByDbg(vm, `printed_file("${file}")`));
  });

  test("says which wrap sets there are if one name stands for several, and takes the one with the suffix", async () => {
    using dir = tempDir();
    dir.write("t0.a", "");
    dir.write("t0.b", drops(4));
    expect(await failure(printed({ file: dir.join("t") }))).toMatchObject({
      code: "trace_ambiguous",
      kind: "input",
      message: expect.stringContaining('".a", ".b"') as string,
    });
    expect(await printed({ file: dir.join("t"), wrap: ".b" })).toBe("*** Dropped 4 messages.\n");
  });

  test("reads an empty file", async () => {
    using dir = tempDir();
    expect(await printed({ file: dir.write("empty", "") })).toBe("");
  });

  test("gives what is whole of a file that ends within a message, then says so", async () => {
    using dir = tempDir();
    const file = dir.join("cut");
    await vm.text(`P = tracing:start_file("${file}"), tracing:do(P, {calls, 3}), tracing:do(P, stop)`);
    const size = Bun.file(file).size;
    const lines = (await printed({ file })).split("\n");
    truncateSync(file, size - 1);
    const texts: string[] = [];
    const error = await failure(printed({ file }, 29, (text) => texts.push(text)));
    expect(texts.join("").split("\n")).toEqual([...lines.slice(0, 2), ""]);
    const offset = (size / 3) * 2;
    expect(error).toMatchObject({
      code: "trace_cut",
      kind: "input",
      data: { source: file, offset, unfinishedBytes: size / 3 - 1 },
    });
  });

  test("reads the other files of a set of which one ends within a message", async () => {
    using dir = tempDir();
    dir.write("t0", Buffer.concat([drops(1), Uint8Array.of(1, 0)]));
    dir.write("t1", Buffer.concat([drops(2), Uint8Array.of(1)]));
    dir.write("t2", drops(3));
    const texts: string[] = [];
    const notices: string[] = [];
    const options = { file: dir.join("t"), onNotice: (notice: string) => notices.push(notice) };
    expect(await failure(printed(options, 29, (text) => texts.push(text)))).toMatchObject({
      code: "trace_cut",
      data: { source: dir.join("t1") },
    });
    expect(texts.join("")).toMatch(/Dropped 1 .*\n.*Dropped 2 .*\n.*Dropped 3 /);
    expect(notices).toEqual([expect.stringContaining(`"${dir.join("t0")}": it ends within a message`) as string]);
  });

  test("gives the messages before what is no trace, then refuses the file", async () => {
    using dir = tempDir();
    const file = dir.write("mixed", Buffer.concat([drops(7), Buffer.from("and then text")]));
    const texts: string[] = [];
    expect(await failure(printed({ file }, 29, (text) => texts.push(text)))).toMatchObject({
      code: "trace_malformed",
      data: { source: file, offset: 5 },
    });
    expect(texts).toEqual(["*** Dropped 7 messages.\n"]);
  });

  test("refuses what is not there, and what is no file", async () => {
    using dir = tempDir();
    for (const file of [dir.join("none"), dir.join("no/directory")]) {
      expect(await failure(printed({ file }))).toMatchObject({ code: "trace_not_found", kind: "io" });
    }
    expect(await failure(printed({ file: dir.join("none"), wrap: ".x" }))).toMatchObject({ code: "trace_not_found" });
    expect(await failure(printed({ file: dir.path }))).toMatchObject({
      code: "trace_unreadable",
      message: expect.stringContaining("it is a directory") as string,
    });
    expect((await failure(printed({ file: "/dev/null" }))).message).toContain("no regular file");
  });
});

describe("readTraceFile() with follow", () => {
  test("goes on with what is appended, half messages included, until the signal", async () => {
    using dir = tempDir();
    const file = dir.write("growing", drops(1));
    const reading = follow({ file });
    await reading.until("Dropped 1 ");
    appendFileSync(file, drops(2).subarray(0, 2));
    appendFileSync(file, drops(2).subarray(2));
    await reading.until("Dropped 2 ");
    appendFileSync(file, Buffer.concat([drops(3), Uint8Array.of(1)]));
    await reading.until("Dropped 3 ");
    await reading.stop();
    expect(reading.text()).toBe([1, 2, 3].map((count) => `*** Dropped ${count} messages.\n`).join(""));
  });

  test("follows a tracer from file to file of a wrap set, over and over", async () => {
    for (const each of vms) {
      using dir = tempDir();
      const name = dir.join("set");
      await each.text(`register(tracer, tracing:start_file({"${name}", wrap, ".trace", 700, 2}))`);
      const reading = follow({ file: name });
      let expected = 0;
      for (let round = 1; round <= 12; round++) {
        // Some rounds end within a file, some begin the next one.
        await each.text(`tracing:do(tracer, {calls, ${round}})`);
        expected += round;
        await reading.untilLines(expected);
      }
      await each.text("tracing:do(tracer, stop)");
      await reading.stop();
      const words = reading.text().match(/\d+(?=\)\n)/g) ?? [];
      expect(words.map(Number)).toEqual(
        Array.from({ length: 12 }, (_, n) => Array.from({ length: n + 1 }, (_n, i) => i + 1)).flat(),
      );
      expect(reading.notices).toEqual([]);
    }
  });

  test("reads what waits in files that the tracer removes", async () => {
    using dir = tempDir();
    const files = [0, 1, 2].map((number) => dir.write(`t${number}`, drops(number + 1)));
    const reading = follow({ file: dir.join("t") }, () => {
      for (const file of files.splice(0)) unlinkSync(file);
    });
    await reading.until("Dropped 3 ");
    await reading.stop();
    expect(reading.text().match(/\d+/g)).toEqual(["1", "2", "3"]);
  });

  test("says that it fell behind if files came and went", async () => {
    using dir = tempDir();
    dir.write("t0", drops(1));
    const reading = follow({ file: dir.join("t") });
    await reading.until("Dropped 1 ");
    renameSync(dir.write("later", drops(9)), dir.join("t2"));
    await reading.until("Dropped 9 ");
    await reading.stop();
    expect(reading.notices).toEqual([`the file number 1 of the trace "${dir.join("t")}*" came and went unread`]);
  });

  test("begins anew with a file that is written anew, and with one that is put in its place", async () => {
    using dir = tempDir();
    const file = dir.write("again", Buffer.concat([drops(1), drops(2)]));
    const reading = follow({ file });
    await reading.until("Dropped 2 ");
    writeFileSync(file, drops(3));
    await reading.until("Dropped 3 ");
    expect(reading.notices).toEqual([`the trace "${file}" was begun anew`]);
    renameSync(dir.write("other", drops(4)), file);
    await reading.until("Dropped 4 ");
    await reading.stop();
  });
});

function drops(count: number): Buffer {
  return Buffer.from([1, 0, 0, 0, count]);
}

async function printed(options: TraceFileOptions, otp = 29, onText?: (text: string) => void): Promise<string> {
  const printer = new TracePrinter({ otp });
  let text = "";
  for await (const batch of readTraceFile(options)) {
    for (const message of batch) {
      const line = printer.print(message);
      onText?.(line);
      text += line;
    }
  }
  return text;
}

/** Follows in the background; `onFirst` is called before anything behind the first message is read. */
function follow(options: TraceFileOptions, onFirst?: () => void) {
  const controller = new AbortController();
  const notices: string[] = [];
  let text = "";
  let wake = (): void => undefined;
  const ended = printed(
    { ...options, follow: true, signal: controller.signal, onNotice: (notice) => notices.push(notice) },
    29,
    (line) => {
      if (text === "") onFirst?.();
      text += line;
      wake();
    },
  );
  const when = async (isThere: () => boolean): Promise<void> => {
    while (!isThere()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      await Promise.race([promise, ended]);
    }
  };
  return {
    notices,
    text: () => text,
    until: (part: string) => when(() => text.includes(part)),
    untilLines: (count: number) => when(() => text.split("\n").length > count),
    stop: async () => {
      controller.abort();
      await ended;
    },
  };
}
