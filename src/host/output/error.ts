import { readFileSync } from "node:fs";
import { EnitError } from "../../error/index.ts";
import type { Ui } from "../../contract/index.ts";

/** Turns whatever was thrown into an EnitError: what is none is a defect. */
export function toEnitError(thrown: unknown): EnitError {
  if (thrown instanceof EnitError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new EnitError("defect", `cannot go on: ${message || "unknown error"}`, {
    kind: "defect",
    hint: "This is a defect of enit or of a plugin. Run the command again with --verbose to see where it happened.",
    cause: thrown,
  });
}

/** Draws an error for people: message, the line of the source that it is about, hint, and with `verbose` the stacks. */
export function drawError(error: EnitError, ui: Ui, options: { program: string; verbose: boolean }): string {
  const lines = [`${ui.red(`${options.program}:`)} ${error.message}`];
  const excerpt = drawSource(error.data, ui);
  if (excerpt !== undefined) lines.push(excerpt);
  if (error.hint !== undefined) lines.push(ui.dim(error.hint));
  if (options.verbose) lines.push(...drawStacks(error));
  return `${lines.join("\n")}\n`;
}

/** The line that `data.file`, `line`, `column` point to, with a caret under the column. */
function drawSource(data: EnitError["data"], ui: Ui): string | undefined {
  const { file, line, column } = data;
  if (typeof file !== "string" || typeof line !== "number" || typeof column !== "number") return undefined;
  const text = readLine(file, line);
  if (text === undefined) return undefined;
  const number = String(line);
  const before = text.slice(0, column - 1).replace(/[^\t]/gu, (letter) => " ".repeat(Bun.stringWidth(letter)));
  return [`${ui.dim(`${number} |`)} ${text}`, `${ui.dim(`${" ".repeat(number.length)} |`)} ${before}${ui.red("^")}`].join("\n");
}

function readLine(file: string, line: number): string | undefined {
  try {
    const text = readFileSync(file, "utf8").split("\n")[line - 1]?.replace(/\r$/, "");
    // Lines of generated files can be megabytes long; a terminal shows nothing useful of them.
    return text === undefined || text.length > 500 ? undefined : text;
  } catch {
    return undefined; // The message names the place; the line is only an extra.
  }
}

function drawStacks(error: unknown): string[] {
  const stacks: string[] = [];
  for (let each = error; each instanceof Error && stacks.length < 10; each = each.cause) {
    stacks.push(each.stack ?? each.message);
  }
  return stacks.map((stack, index) => (index === 0 ? stack : `caused by: ${stack}`));
}
