import type { ArgumentValues, Command } from "../contract/index.ts";
import { type EnitError, nearestName } from "../error/index.ts";
import {
  type FlagTable,
  type GivenFlag,
  HOST_FLAGS,
  type Subject,
  makeFlagTable,
  readArguments,
  scanWords,
  usageError,
} from "./arguments/index.ts";

/** The values of the flags that every command takes. */
export type HostFlagValues = ArgumentValues<typeof HOST_FLAGS>;

/** A command line, as far as it is understood without knowing the commands. */
export interface CommandLine {
  readonly program: string;
  /** All host flags, wherever they stand; those behind the command are read again, strictly, once it is known. */
  readonly flags: HostFlagValues;
  /** The command and all that follows it. */
  readonly words: readonly string[];
  /** The host flags before the command. */
  readonly leading: readonly GivenFlag[];
}

/** Reads the host flags. @throws EnitError of the kind `usage` for those before the command. */
export function readCommandLine(argv: readonly string[], program: string): CommandLine {
  const subject = { program, command: undefined };
  const table = makeFlagTable(HOST_FLAGS);
  const { flags: leading, rest: words } = scanWords(argv, table, subject, { stopAtPositional: true });
  const { flags: behind } = scanWords(pickHostFlags(words, table), table, subject);
  return { program, flags: readHostFlags([...leading, ...behind], subject), words, leading };
}

/** Reads what follows the name of a command. Its values are read by themselves, so that `--help` needs none of them. */
export function readCommandArguments(
  line: CommandLine,
  call: { readonly name: string; readonly command: Command; readonly words: readonly string[] },
): { readonly flags: HostFlagValues; readonly readValues: () => Readonly<Record<string, unknown>> } {
  const subject = { program: line.program, command: call.name };
  const definitions = call.command.args ?? {};
  const { flags, positionals } = scanWords(call.words, makeFlagTable(HOST_FLAGS, definitions), subject);
  const own = flags.filter((each) => each.flag.owner === "command");
  const host = flags.filter((each) => each.flag.owner === "host");
  return {
    flags: readHostFlags([...line.leading, ...host], subject),
    readValues: () => readArguments(definitions, { flags: own, positionals }, subject),
  };
}

/** Whether the words ask for JSON: also where they cannot be understood otherwise. */
export function wantsJson(argv: readonly string[]): boolean {
  return beforeEnd(argv).includes("--json");
}

/** Whether the words ask for help: also where they are no command. */
export function wantsHelp(words: readonly string[]): boolean {
  return beforeEnd(words).some((word) => word === "-h" || word === "--help");
}

/** The longest run of words at the beginning that is the name of a command. */
export function findCommandName(words: readonly string[], known: Iterable<string>): string | undefined {
  const names = new Set(known);
  for (let length = words.length; length > 0; length--) {
    const name = words.slice(0, length).join(" ");
    if (names.has(name)) return name;
  }
  return undefined;
}

/** The error of words that are no command. Where only the second word is wrong or missing (`plugin`), it says which there are. */
export function unknownCommand(words: readonly string[], known: readonly string[], program: string): EnitError {
  const [first = "", second] = words;
  const family = known.filter((name) => name.startsWith(`${first} `));
  if (family.length === 0) return notKnown(first, known, program);
  if (second !== undefined && !second.startsWith("-")) return notKnown(`${first} ${second}`, family, program);
  const rest = family.map((name) => name.slice(first.length + 1));
  const state = rest.length === 1 ? `${rest.join()} is missing` : `one of ${rest.join(", ")} is missing`;
  return usageError({ program, command: first }, "missing_argument", state);
}

function notKnown(name: string, known: readonly string[], program: string): EnitError {
  return usageError({ program, command: undefined }, "unknown_command", `there is no command "${name}"`, {
    nearest: nearestName(name, known),
    data: { command: name },
  });
}

function readHostFlags(flags: readonly GivenFlag[], subject: Subject): HostFlagValues {
  return readArguments(HOST_FLAGS, { flags, positionals: [] }, subject);
}

/** The long host flags among words whose other flags are not known yet. No command has one of the same name. */
function pickHostFlags(words: readonly string[], table: FlagTable): string[] {
  const picked: string[] = [];
  const candidates = beforeEnd(words);
  for (const [index, word] of candidates.entries()) {
    const flag = word.startsWith("--") ? table.get(word.replace(/=.*/s, "")) : undefined;
    if (flag === undefined) continue;
    const value = candidates[index + 1];
    if (flag.definition.type === "boolean" || word.includes("=")) picked.push(word);
    else if (value !== undefined && !table.has(value)) picked.push(word, value);
  }
  return picked;
}

function beforeEnd(words: readonly string[]): readonly string[] {
  const end = words.indexOf("--");
  return end < 0 ? words : words.slice(0, end);
}
