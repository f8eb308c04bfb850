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

/** Reads a file of arguments and those that it includes. @throws EnitError `unreadable`, `vm_args_invalid`, `variable_not_set`. */
export function readVmArgs(file: string, options: VmArgsOptions): VmArgumentList {
  const list = { args: [] as VmArgument[], extra: [] as VmArgument[] };
  readInto(list, file, options, []);
  return list;
}

function readInto(
  list: { args: VmArgument[]; extra: VmArgument[] },
  file: string,
  options: VmArgsOptions,
  including: readonly string[],
): void {
  const content = readBytes(file);
  const path = realpathSync(file);
  const written = splitArguments(
    file.endsWith(".src") ? substituteVariables(content, file, "#", options.variables) : content,
    file,
  );
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
    if ([...including, path].includes(realPathOf(included))) {
      throw invalidVmArgs(argument, `"${included}" includes itself`, "Take one of the -args_file out.");
    }
    readInto(list, included, options, [...including, path]);
  }
  // As erlexec does, so that the flags of one file do not take what stands in another.
  if (written.length > 0) list.args.push({ text: "--", position: { file, line: 1, column: 1 } });
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

const ARGUMENT = /[\s\0]*(?:#[^\n]*(?:\n|$)[\s\0]*)*((?:\\[^]|"[^"]*(?:"|$)|'[^']*(?:'|$)|[^\s\0#\\"'])+)/y;
const PIECE = /\\([^])|"([^"]*)(?:"|$)|'([^']*)(?:'|$)|([^\\"']+)/g;

/** Splits the text of a file into its arguments. */
function splitArguments(content: Uint8Array, file: string): VmArgument[] {
  // erlexec takes the end of a string of C for the end of the file.
  const text = new TextDecoder().decode(content).split("\0", 1)[0] ?? "";
  const found: VmArgument[] = [];
  let line = 1;
  let lineStart = 0;
  let counted = 0;
  ARGUMENT.lastIndex = 0;
  for (let match = ARGUMENT.exec(text); match !== null; match = ARGUMENT.exec(text)) {
    const [whole, written = ""] = match;
    const begin = match.index + whole.length - written.length;
    for (
      let newline = text.indexOf("\n", counted);
      newline !== -1 && newline < begin;
      newline = text.indexOf("\n", counted)
    ) {
      line++;
      lineStart = counted = newline + 1;
    }
    const argument = [...written.matchAll(PIECE)].map(
      ([, ...pieces]) => pieces.find((piece) => piece !== undefined) ?? "",
    );
    found.push({ text: argument.join(""), position: { file, line, column: begin - lineStart + 1 } });
  }
  return found;
}
