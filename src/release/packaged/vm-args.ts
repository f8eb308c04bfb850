/**
 * `vm.args`: arguments of the emulator in a file, as `erlexec -args_file` reads it (erl(1)).
 *
 * White space separates arguments; `#` begins a comment, also within a word; `\` takes the next character as it is;
 * between quotes, `"` or `'`, everything stands for itself. `-args_file` puts another file in its place.
 */
import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { EnitError, type SourcePosition } from "../../error/index.ts";
import { readBytes } from "../reading.ts";
import { formatPlace } from "../warning.ts";
import { substituteVariables, type Variables } from "./variables.ts";

/** One argument, and where it begins. */
export interface VmArgument {
  readonly text: string;
  readonly position: Required<SourcePosition>;
}

/** What files of arguments hold together. */
export interface VmArgumentList {
  readonly args: readonly VmArgument[];
  /** What follows `-extra`. */
  readonly extra: readonly VmArgument[];
}

export interface VmArgsOptions {
  /** Where relative names of files start: erlexec's working directory. */
  readonly directory: string;
  /** For `.src` files. */
  readonly variables: Variables;
}

/**
 * Reads the arguments of a release: its file, those that it includes, and the flags of the environment that `erlexec` puts before
 * and behind them.
 *
 * @throws EnitError `unreadable`, `vm_args_invalid`, `variable_not_set`.
 */
export function readVmArgs(file: string | undefined, options: VmArgsOptions): VmArgumentList {
  const list: MutableList = { args: [], extra: [] };
  readVariable(list, "ERL_AFLAGS", options);
  if (file !== undefined) readFileInto(list, file, options, []);
  readVariable(list, "ERL_FLAGS", options);
  readVariable(list, "ERL_ZFLAGS", options);
  return list;
}

interface MutableList {
  readonly args: VmArgument[];
  readonly extra: VmArgument[];
}

function readVariable(list: MutableList, name: string, options: VmArgsOptions): void {
  collect(list, splitArguments(options.variables.values[name] ?? "", name, ARGUMENT_OF_VARIABLE), options, []);
}

function readFileInto(list: MutableList, file: string, options: VmArgsOptions, including: readonly string[]): void {
  const written = readBytes(file);
  const content = file.endsWith(".src") ? substituteVariables(written, file, "#", options.variables) : written;
  // erlexec takes the end of a string of C for the end of the file.
  const [text = ""] = new TextDecoder().decode(content).split("\0", 1);
  collect(list, splitArguments(text, file, ARGUMENT_OF_FILE), options, [...including, realpathSync(file)]);
}

function collect(
  list: MutableList,
  written: readonly VmArgument[],
  options: VmArgsOptions,
  including: readonly string[],
): void {
  for (let index = 0; index < written.length; index++) {
    const argument = written[index] as VmArgument;
    if (argument.text === "-extra") {
      list.extra.push(...written.slice(index + 1));
      break;
    }
    if (argument.text !== "-args_file") {
      list.args.push(argument);
      continue;
    }
    const name = written[++index]?.text;
    if (name === undefined) throw invalidVmArgs(argument, "-args_file has no name of a file");
    const included = resolve(options.directory, name);
    if (including.includes(realPathOf(included))) {
      throw invalidVmArgs(argument, `"${included}" includes itself`, "Take one of the -args_file out.");
    }
    readFileInto(list, included, options, including);
  }
  // As erlexec does, so that the flags of one file do not take what stands in another.
  const [first] = written;
  if (first !== undefined) list.args.push({ ...first, text: "--" });
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // Reading it will say what is wrong with it.
  }
}

/** The error of arguments that cannot be used. */
export function invalidVmArgs({ position }: Pick<VmArgument, "position">, state: string, hint?: string): EnitError {
  const { file, line, column } = position;
  return new EnitError("vm_args_invalid", `cannot use "${formatPlace(position)}": ${state}`, {
    kind: "input",
    hint,
    data: { file, line, column },
  });
}

// White space is that of ASCII alone.
const ARGUMENT = String.raw`\\(?:[^]|$)|"[^"]*(?:"|$)|'[^']*(?:'|$)`;
/** The white space and comments before an argument, and the argument as it is written. */
const ARGUMENT_OF_FILE = new RegExp(
  String.raw`[ \t-\r]*(?:#[^\n]*(?:\n|$)[ \t-\r]*)*((?:${ARGUMENT}|[^ \t-\r#\\"'])+)`,
  "y",
);
/** In variables there are no comments. */
const ARGUMENT_OF_VARIABLE = new RegExp(String.raw`[ \t-\r]*((?:${ARGUMENT}|[^ \t-\r\\"'])+)`, "y");
const PIECE = /\\([^]|$)|"([^"]*)(?:"|$)|'([^']*)(?:'|$)|([^\\"']+)/g;

/** Splits a text into its arguments. */
function splitArguments(text: string, file: string, pattern: RegExp): VmArgument[] {
  const found: VmArgument[] = [];
  let line = 1;
  let lineStart = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [whole, written = ""] = match;
    const begin = match.index + whole.length - written.length;
    for (let end = text.indexOf("\n", lineStart); end >= 0 && end < begin; end = text.indexOf("\n", lineStart)) {
      line++;
      lineStart = end + 1;
    }
    const pieces = [...written.matchAll(PIECE)].map(([, ...groups]) => groups.find((group) => group !== undefined));
    found.push({ text: pieces.join(""), position: { file, line, column: begin - lineStart + 1 } });
  }
  return found;
}
