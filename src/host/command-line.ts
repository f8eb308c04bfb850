import type { ArgumentValues, Command } from "../contract/index.ts";
import { EnitError, nearestName } from "../error/index.ts";
import { type FlagTable, HOST_FLAGS, makeFlagTable, readArguments, scanWords } from "./arguments/index.ts";

export type HostFlagValues = ArgumentValues<typeof HOST_FLAGS>;

/** A command line, as far as it is understood without knowing the commands. */
export interface CommandLine {
  /** All host flags, wherever they stand; those behind the command are read again, strictly, once it is known. */
  readonly flags: HostFlagValues;
  /** The command and all that follows it. */
  readonly words: readonly string[];
  readonly leading: ReturnType<typeof scanWords>["flags"];
}

/** Reads the host flags. @throws EnitError of the kind `usage` for those before the command. */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const table = makeFlagTable(HOST_FLAGS);
  const { flags: leading, rest } = scanWords(argv, table, { stopAtPositional: true });
  const behind = scanWords(pickHostFlags(rest, table), table).flags;
  return { flags: readHostFlags([...leading, ...behind]), words: rest, leading };
}

/** Reads what follows the command, with its definitions. @throws EnitError of the kind `usage`. */
export function readCommandArguments(
  line: CommandLine,
  words: readonly string[],
  command: Command,
): { flags: HostFlagValues; args: () => Readonly<Record<string, unknown>> } {
  const definitions = command.args ?? {};
  const { flags, positionals } = scanWords(words, makeFlagTable(HOST_FLAGS, definitions));
  const own = flags.filter((each) => each.flag.owner === "command");
  const host = flags.filter((each) => each.flag.owner === "host");
  return {
    flags: readHostFlags([...line.leading, ...host]),
    args: () => readArguments(definitions, { flags: own, positionals }),
  };
}

/** Whether the words ask for JSON: also where they cannot be understood otherwise. */
export function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return (end < 0 ? argv : argv.slice(0, end)).includes("--json");
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

/** The error of words that are no command; what lacks a word (`plugin`) says which there are. */
export function unknownCommand(words: readonly string[], known: readonly string[], program: string): EnitError {
  const [first = ""] = words;
  const longer = known.filter((name) => name.startsWith(`${first} `));
  if (longer.length > 0) {
    const second = words.slice(0, 2).join(" ");
    const isMissing = words[1] === undefined || words[1].startsWith("-");
    return new EnitError("unknown_command", `cannot run "${isMissing ? first : second}": ${isMissing ? "a word is missing" : "no such command"}`, {
      kind: "usage",
      hint: `Known are ${longer.join(", ")}.`,
      data: { command: isMissing ? first : second },
    });
  }
  const nearest = nearestName(first, known);
  return new EnitError("unknown_command", `cannot run "${first}": no such command`, {
    kind: "usage",
    hint: nearest === undefined ? `"${program} help" lists the commands.` : `Did you mean ${nearest}?`,
    data: { command: first, ...(nearest === undefined ? {} : { nearest }) },
  });
}

function readHostFlags(flags: CommandLine["leading"]): HostFlagValues {
  return readArguments(HOST_FLAGS, { flags, positionals: [] });
}

/** The long host flags among words whose other flags are not known yet. No command has one of the same name. */
function pickHostFlags(words: readonly string[], table: FlagTable): string[] {
  const picked: string[] = [];
  for (let index = 0; index < words.length && words[index] !== "--"; index++) {
    const word = words[index] ?? "";
    const flag = word.startsWith("--") ? table.get(word.replace(/=.*/s, "")) : undefined;
    if (flag === undefined) continue;
    picked.push(word);
    const value = words[index + 1];
    if (flag.definition.type !== "boolean" && !word.includes("=") && value !== undefined) {
      picked.push(value);
      index++;
    }
  }
  return picked;
}
