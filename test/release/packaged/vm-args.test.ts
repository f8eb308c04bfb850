import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readVmArgs } from "../../../src/release/packaged/vm-args.ts";
import { failure } from "../../support/failure.ts";
import { systemOtp } from "../../support/otp.ts";
import { type TempDir, tempDir } from "../../support/temp-dir.ts";

/** What stands in each file: words, quotes, comments, everything that erlexec takes for something. */
const PIECES = [
  "-a",
  "b",
  "'",
  '"',
  "\\",
  "#",
  " ",
  "\n",
  "\t",
  "\r",
  "\f",
  "\v",
  "é",
  "\u00a0",
  "'x y'",
  '"\\"',
  "-args_file other",
];

test("readVmArgs() splits files as erlexec does", () => {
  using dir = tempDir();
  const pieces = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((each) => each.join(""));
  fc.assert(
    fc.property(pieces, pieces, (text, other) => {
      // A file that is taken in twice, or asked for where there is no name, ends erlexec.
      fc.pre(!other.includes("args_file"));
      dir.write("vm.args", `-first 1 ${text}`);
      dir.write("other", other);
      const expected = erlexec(dir);
      fc.pre(expected !== undefined);
      expect(expected).toEqual(ours(dir, join(dir.path, "vm.args")));
    }),
    { numRuns: 60 },
  );
});

test("readVmArgs() puts the flags of the environment where erlexec puts them", () => {
  using dir = tempDir();
  dir.write("vm.args", "-first '1 # 2' -extra file");
  const env = { ERL_AFLAGS: "-a 'x y' -extra before", ERL_FLAGS: "-f # no_comment", ERL_ZFLAGS: "-args_file other" };
  dir.write("other", "-z # a comment");
  expect(ours(dir, join(dir.path, "vm.args"), env)).toEqual(erlexec(dir, env) ?? []);
});

test("readVmArgs() says where each argument stands", () => {
  using dir = tempDir();
  dir.write("vm.args", "# comment\n\n  -one\\ 1 'a\nb'\n-two");
  const { args } = readVmArgs(dir.join("vm.args"), { directory: dir.path, variables: { values: {} } });
  expect(args.map(({ text, position }) => [text, position.line, position.column])).toEqual([
    ["-one 1", 3, 3],
    ["a\nb", 3, 11],
    ["-two", 5, 1],
    ["--", 3, 3],
  ]);
});

test("readVmArgs() refuses files that include themselves, and a file without a name", async () => {
  using dir = tempDir();
  const read = (): unknown => readVmArgs(dir.join("vm.args"), { directory: dir.path, variables: { values: {} } });
  dir.write("vm.args", "-a\n  -args_file other");
  dir.write("other", "-args_file ./vm.args");
  expect(await failure(Promise.try(read))).toMatchObject({
    code: "vm_args_invalid",
    kind: "input",
    message: `cannot use "${dir.join("other")}:1:1": "${dir.join("vm.args")}" includes itself`,
  });
  dir.write("vm.args", "-a -args_file");
  expect(await failure(Promise.try(read))).toMatchObject({
    message: `cannot use "${dir.join("vm.args")}:1:4": -args_file has no name of a file`,
  });
  dir.write("vm.args", "-args_file nowhere");
  expect(await failure(Promise.try(read))).toMatchObject({ code: "unreadable", kind: "io" });
});

/** The arguments in the order that erlexec hands them to the emulator. */
function ours(dir: TempDir, file: string, values: Readonly<Record<string, string>> = {}): string[] {
  const { args, extra } = readVmArgs(file, { directory: dir.path, variables: { values } });
  const all = extra.length === 0 ? args : [...args, { text: "-extra" }, ...extra];
  return withoutSeparators(all.map(({ text }) => text));
}

/** What erlexec makes of `vm.args`; `undefined` if it does not take it. It prints an argument a line, so no line breaks. */
function erlexec(dir: TempDir, env: Readonly<Record<string, string>> = {}): string[] | undefined {
  const { root } = systemOtp();
  const erts = readdirSync(root).find((name) => name.startsWith("erts-")) ?? "";
  const bin = join(root, erts, "bin");
  const run = Bun.spawnSync({
    cmd: [join(bin, "erlexec"), "-emu_args_exit", "-args_file", "vm.args"],
    cwd: dir.path,
    env: { ROOTDIR: root, BINDIR: bin, EMU: "beam", PROGNAME: "erl", HOME: "/", ...env },
  });
  if (run.exitCode !== 0) return undefined;
  const lines = run.stdout.toString().split("\n").slice(0, -1);
  const begin = Math.min(...["-first", "-a"].map((flag) => lines.indexOf(flag)).filter((at) => at >= 0));
  return withoutSeparators(lines.slice(begin).join("\n").split("\n"));
}

/** Where one file ends does not matter here. */
function withoutSeparators(args: readonly string[]): string[] {
  return args
    .join("\n")
    .split("\n")
    .filter((arg) => arg !== "--");
}
