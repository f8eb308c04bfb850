import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { EnitError } from "../../src/error/index.ts";
import type { ArgumentDefinitions } from "../../src/contract/index.ts";
import { HOST_FLAGS, makeFlagTable, readArguments, scanWords } from "../../src/host/arguments/index.ts";
import { failure } from "../support/failure.ts";

const SUBJECT = { program: "enit", command: "try" };

const DEFINITIONS = {
  release: { type: "positional", required: true },
  file: { type: "positional", default: "-" },
  dryRun: { type: "boolean", alias: "n" },
  color: { type: "boolean", default: true },
  host: { type: "string", alias: ["h", "hostname"] },
  dir: { type: "string", alias: "d", multiple: true },
  level: { type: "enum", options: ["low", "high"], default: "low" },
  retries: { type: "number", integer: true, min: 0, max: 9 },
  delay: { type: "number", default: 1.5 },
} as const satisfies ArgumentDefinitions;

function read(...words: string[]): Readonly<Record<string, unknown>> {
  return readArguments(DEFINITIONS, scanWords(words, makeFlagTable({}, DEFINITIONS), SUBJECT), SUBJECT);
}

async function usage(...words: string[]): Promise<EnitError> {
  const error = await failure(() => read(...words));
  expect(error).toMatchObject({ kind: "usage" });
  return error;
}

const DEFAULTS = {
  release: "relex",
  file: "-",
  dryRun: false,
  color: true,
  host: undefined,
  dir: [],
  level: "low",
  retries: undefined,
  delay: 1.5,
};

describe("arguments", () => {
  test("that are left out have their defaults, flags are false, repeatable ones empty", () => {
    expect(read("relex")).toEqual(DEFAULTS);
  });

  test.each([
    [["relex", "--dry-run"], { dryRun: true }],
    [["-n", "relex"], { dryRun: true }],
    [["relex", "--dry-run=false"], { dryRun: false }],
    [["relex", "--no-color"], { color: false }],
    [["relex", "--color", "--no-color"], { color: false }],
    [["relex", "--host", "a"], { host: "a" }],
    [["relex", "--host=a=b"], { host: "a=b" }],
    [["relex", "--host="], { host: "" }],
    [["relex", "--hostname", "a"], { host: "a" }],
    [["relex", "-h", "a"], { host: "a" }],
    [["relex", "-ha"], { host: "a" }],
    [["relex", "-h=a"], { host: "a" }],
    [["relex", "-nha"], { dryRun: true, host: "a" }],
    [["relex", "-nh", "a"], { dryRun: true, host: "a" }],
    [["relex", "--host", "-"], { host: "-" }],
    [["relex", "--host", "-x"], { host: "-x" }],
    [["relex", "--host", "a", "--host", "b"], { host: "b" }],
    [["relex", "-d", "a", "--dir=b", "-dc"], { dir: ["a", "b", "c"] }],
    [["relex", "--level", "high"], { level: "high" }],
    [["relex", "--retries", "9"], { retries: 9 }],
    [["relex", "--delay", ".5"], { delay: 0.5 }],
    [["relex", "--delay", "-2"], { delay: -2 }],
    [["relex", "-"], { file: "-" }],
    [["relex", "-1.5"], { file: "-1.5" }],
    [["relex", "--", "--dry-run"], { file: "--dry-run" }],
    [["--", "-n"], { release: "-n" }],
  ])("of %j are read", (words, expected) => {
    expect(read(...words)).toEqual({ ...DEFAULTS, ...expected });
  });

  test.each([
    [[], "missing_argument", "RELEASE is missing"],
    [["a", "b", "c"], "too_many_arguments", '"c" is one argument too many'],
    [["a", "--host"], "missing_value", "--host needs a value"],
    [["a", "--host", "--dry-run"], "missing_value", "--host needs a value"],
    [["a", "-nh"], "missing_value", "-h needs a value"],
    [["a", "--host", "--"], "missing_value", "--host needs a value"],
    [["a", "--dry-run=1"], "bad_value", "--dry-run takes no value but true and false"],
    [["a", "-x"], "unknown_flag", "there is no flag -x"],
    [["a", "-nx"], "unknown_flag", "there is no flag -x"],
    [["a", "--no-host"], "unknown_flag", "there is no flag --no-host"],
    [["a", "--no-color=true"], "unknown_flag", "there is no flag --no-color"],
    [["a", "--level", "hihg"], "bad_value", '--level must be one of low, high, not "hihg"'],
    [["a", "--retries", "x"], "bad_value", '--retries must be a number, not "x"'],
    [["a", "--retries", "1e3"], "bad_value", '--retries must be a number, not "1e3"'],
    [["a", "--retries", ""], "bad_value", '--retries must be a number, not ""'],
    [["a", "--retries", "1.5"], "bad_value", '--retries must be a whole number, not "1.5"'],
    [["a", "--retries", "10"], "bad_value", '--retries must be at most 9, not "10"'],
    [["a", "--retries=-1"], "bad_value", '--retries must be at least 0, not "-1"'],
  ])("of %j are refused", async (words, code, state) => {
    expect(await usage(...words)).toMatchObject({ code, message: `cannot run "try": ${state}` });
  });

  test("that are misspelt are refused with the nearest known flag, else with the way to the help", async () => {
    expect((await usage("a", "--dryrun")).hint).toBe("Did you mean --dry-run?");
    expect((await usage("a", "--level", "hihg")).hint).toBe("Did you mean high?");
    expect((await usage("a", "--frozzle")).hint).toBe('"enit help try" shows what it takes.');
  });

  test("stop at the first positional where they are asked to", () => {
    const { flags, rest } = scanWords(["--json", "status", "--x"], makeFlagTable(HOST_FLAGS), SUBJECT, {
      stopAtPositional: true,
    });
    expect(flags.map(({ name, value }) => [name, value])).toEqual([["--json", true]]);
    expect(rest).toEqual(["status", "--x"]);
  });

  test("take all that is left into a rest, at least one where it is required", async () => {
    const definitions = { first: { type: "positional" }, rest: { type: "positional", rest: true } } as const;
    const words = (...positionals: string[]) => readArguments(definitions, { flags: [], positionals }, SUBJECT);
    expect(words()).toEqual({ first: undefined, rest: [] });
    expect(words("a", "b", "c")).toEqual({ first: "a", rest: ["b", "c"] });
    const needed = { rest: { type: "positional", rest: true, required: true } } as const;
    const error = await failure(() => readArguments(needed, { flags: [], positionals: [] }, SUBJECT));
    expect(error.message).toBe('cannot run "try": REST is missing');
  });

  test("give letters that a command claims to the command", () => {
    const table = makeFlagTable(HOST_FLAGS, { host: { type: "string", alias: "h" } });
    expect(table.get("-h")).toMatchObject({ key: "host", owner: "command" });
    expect(table.get("--help")).toMatchObject({ key: "help", owner: "host" });
  });

  test("of any words are values or an error of usage", () => {
    const word = fc.oneof(
      fc.constantFrom("--", "-", "-n", "-nh", "--host", "--host=", "--no-color", "--dir", "-d", "relex", "--level=low"),
      fc.string(),
      fc.string().map((text) => `-${text}`),
    );
    fc.assert(
      fc.property(fc.array(word), (words) => {
        try {
          expect(Object.keys(read(...words))).toEqual(Object.keys(DEFAULTS));
        } catch (error) {
          if (!(error instanceof EnitError)) throw error;
          expect(error.kind).toBe("usage");
        }
      }),
    );
  });
});
