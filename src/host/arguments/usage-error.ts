import { EnitError } from "../../error/index.ts";

/** Whose arguments are read: a command's, or those of the program itself. */
export interface Subject {
  readonly program: string;
  readonly command: string | undefined;
}

/** The error of words that cannot be used. Without a hint of its own it points to the help. */
export function usageError(
  subject: Subject,
  code: string,
  state: string,
  options: { readonly nearest?: string | undefined; readonly data?: Readonly<Record<string, unknown>> } = {},
): EnitError {
  const { program, command } = subject;
  const { nearest, data = {} } = options;
  // Under the name knit there is one command only, and no word before its arguments.
  const help =
    program === "knit" ? "knit -h" : command === undefined ? `${program} help` : `${program} help ${command}`;
  return new EnitError(code, `cannot run "${command ?? program}": ${state}`, {
    kind: "usage",
    hint: nearest === undefined ? `"${help}" shows what it takes.` : `Did you mean ${nearest}?`,
    data: { command: command ?? null, ...data, ...(nearest === undefined ? {} : { nearest }) },
  });
}
