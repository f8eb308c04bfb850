import { readFileSync } from "node:fs";
import type { Ui } from "../../contract/index.ts";
import type { EnitError } from "../../error/index.ts";

/** A longer line of a source is left out: files that a program wrote have lines of megabytes. */
const MAX_LINE_LENGTH = 500;
const MAX_CAUSES = 10;

/** Draws an error for people: message, the line of the source that it is about, hint, and with `verbose` the stacks. */
export function drawError(
  error: EnitError,
  ui: Ui,
  options: { readonly program: string; readonly verbose: boolean },
): string {
  const lines = [`${ui.red(`${options.program}:`)} ${error.message}`];
  const source = drawSource(error.data, ui);
  if (source !== undefined) lines.push(source);
  if (error.hint !== undefined) lines.push(error.hint);
  if (options.verbose) lines.push(...drawStacks(error).map((stack) => ui.dim(stack)));
  return `${lines.join("\n")}\n`;
}

/**
 * The line that `data.line` and `column` point to, of `data.file` or of the text `data.source`, with a caret under the column;
 * not of files with secrets.
 */
function drawSource(data: EnitError["data"], ui: Ui): string | undefined {
  const { file, source, line, column } = data;
  if (typeof line !== "number" || typeof column !== "number") return undefined;
  let text: string | undefined;
  if (typeof source === "string") text = lineOf(source, line);
  else if (typeof file === "string" && !mayHoldSecrets(file)) text = readLine(file, line);
  if (text === undefined) return undefined;
  const before = [...text]
    .slice(0, column - 1)
    .join("")
    .replace(/[^\t]/gu, (letter) => " ".repeat(Bun.stringWidth(letter)));
  const margin = `${line} | `;
  return `${ui.dim(margin)}${text}\n${" ".repeat(margin.length)}${before}${ui.red("^")}`;
}

/** Cookies and passwords stand in the configuration of releases, and standard error is often kept in a log. */
function mayHoldSecrets(file: string): boolean {
  const name = file.slice(file.lastIndexOf("/") + 1);
  return name.endsWith(".config") && name !== "reltool.config";
}

function readLine(file: string, line: number): string | undefined {
  try {
    return lineOf(readFileSync(file, "utf8"), line);
  } catch {
    return undefined; // The message names the place; its line is only an extra.
  }
}

function lineOf(source: string, line: number): string | undefined {
  const text = source.split("\n")[line - 1]?.replace(/\r$/, "");
  return text === undefined || text.length > MAX_LINE_LENGTH ? undefined : text;
}

/** Of a defect, only the causes: the error itself was made where the defect was caught. */
function drawStacks(error: EnitError): string[] {
  const stacks: string[] = [];
  const first: unknown = error.kind === "defect" ? (error.cause ?? error) : error;
  for (let each = first; each instanceof Error && stacks.length < MAX_CAUSES; each = each.cause) {
    const stack = each.stack ?? String(each);
    stacks.push(stacks.length === 0 ? stack : `caused by ${stack}`);
  }
  return stacks;
}
