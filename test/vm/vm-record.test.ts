import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { libc } from "../../src/system/index.ts";
import { findRunningVm, statePaths } from "../../src/vm/index.ts";
import { writeVmRecord } from "../../src/vm/vm-record.ts";
import { tempDir } from "../support/temp-dir.ts";

const VM = { release: "relex", version: "1.0", node: "relex@host", longNames: false, otpRoot: "/otp" };

/** Writes the record of this process with some fields changed. */
function record(directory: string, changes: object = {}): void {
  writeVmRecord(directory, VM);
  const { record: file } = statePaths(directory);
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), ...changes }));
}

test("findRunningVm() finds the process that noted itself", () => {
  using dir = tempDir();
  expect(findRunningVm(dir.path)).toBeUndefined();
  record(dir.path);
  expect(findRunningVm(dir.path)).toMatchObject({ ...VM, pid: process.pid });
});

test("findRunningVm() is not taken in by a process that got the number later", () => {
  using dir = tempDir();
  record(dir.path, { startTime: "1" });
  expect(findRunningVm(dir.path)).toBeUndefined();
  record(dir.path, { bootId: "another" });
  expect(findRunningVm(dir.path)).toBeUndefined();
});

test("findRunningVm() tells of a record that cannot be read", () => {
  using dir = tempDir();
  dir.write("vm.json/in", "");
  expect(() => findRunningVm(dir.path)).toThrow(
    expect.objectContaining({
      code: "state_dir_unreadable",
      kind: "io",
      message: `cannot read the state directory "${dir.path}": it is a directory`,
      hint: "Run enit as the user who owns it, or name another one with --state-dir.",
    }),
  );
});

test("findRunningVm() takes a record that a loss of power cut for none", () => {
  using dir = tempDir();
  for (const cut of ["", '{"release":"relex","ver']) {
    writeFileSync(statePaths(dir.path).record, cut);
    expect(findRunningVm(dir.path)).toBeUndefined();
  }
});

test("findRunningVm() does not count a process that has ended and waits for its parent", async () => {
  using dir = tempDir();
  // The shell never asks how its child ended.
  const script = "sh -c 'echo $$; exit 0' & exec sleep infinity";
  const parent = Bun.spawn({ cmd: ["sh", "-c", script], stdout: "pipe" });
  try {
    const { value } = await parent.stdout.getReader().read();
    const pid = Number(new TextDecoder().decode(value));
    (await libc()).waitForProcess(pid, () => true);
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    expect(stat).toContain("(sh) Z ");
    record(dir.path, { pid, startTime: stat.split(" ")[21] });
    expect(findRunningVm(dir.path)).toBeUndefined();
  } finally {
    parent.kill("SIGKILL");
    await parent.exited;
  }
});

test("findRunningVm() counts a process whose first thread has ended as long as it has others", async () => {
  using dir = tempDir();
  const source = `
    import { dlopen } from "bun:ffi";
    const { symbols } = dlopen("libc.so.6", { syscall: { args: ["i64", "i64"], returns: "i64" } });
    const endThisThread = () => symbols.syscall(process.arch === "x64" ? 60 : 93, 0); // exit(2)
    const other = "postMessage('up'); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)";
    new Worker(URL.createObjectURL(new Blob([other]))).onmessage = endThisThread;
  `;
  const dying = Bun.spawn({ cmd: [process.execPath, dir.write("end-thread.ts", source)] });
  try {
    const stat = (): string => readFileSync(`/proc/${dying.pid}/stat`, "utf8");
    while (!stat().includes(") Z ")) await new Promise(setImmediate);
    record(dir.path, { pid: dying.pid, startTime: stat().split(" ")[21] });
    expect(findRunningVm(dir.path)?.pid).toBe(dying.pid);
  } finally {
    dying.kill("SIGKILL");
    await dying.exited;
  }
  expect(findRunningVm(dir.path)).toBeUndefined();
});

test("findRunningVm() finds a process whose name has brackets and spaces in it", async () => {
  using dir = tempDir();
  const program = dir.write("a) Z (b", await Bun.file("/bin/sleep").bytes());
  await Bun.$`chmod 755 ${program}`.quiet();
  const sleeper = Bun.spawn({ cmd: [program, "infinity"] });
  try {
    const fields = readFileSync(`/proc/${sleeper.pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    record(dir.path, { pid: sleeper.pid, startTime: fields[19] });
    expect(findRunningVm(dir.path)?.pid).toBe(sleeper.pid);
  } finally {
    sleeper.kill("SIGKILL");
    await sleeper.exited;
  }
});
