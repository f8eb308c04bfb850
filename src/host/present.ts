import type { Command, Rendering, Ui } from "../contract/index.ts";
import { EnitError } from "../error/index.ts";
import { type Console, dataDocument, drawPlain } from "./output/index.ts";

/** Prints the data of a command: as JSON, as its `render` draws it, or as plain text. */
export async function presentData(
  data: unknown,
  command: Command,
  options: { readonly json: boolean; readonly ui: () => Ui; readonly console: Console; readonly name: string },
): Promise<void> {
  const { json, console, name } = options;
  if (json) return console.print(dataDocument(data));
  const ui = options.ui();
  const drawing: unknown = command.render === undefined ? drawPlain(data, ui) : command.render(data, ui);
  if (!isRendering(drawing)) {
    throw new EnitError("defect", `cannot show the result of "${name}": its render returned neither text nor bytes`, { kind: "defect" });
  }
  if (drawing.length > 0) await console.print(typeof drawing === "string" && !drawing.endsWith("\n") ? `${drawing}\n` : drawing);
}

/** Whether a command's data comes item by item. */
export function isStream(data: unknown): data is AsyncIterable<unknown> {
  return typeof data === "object" && data !== null && Symbol.asyncIterator in data;
}

function isRendering(value: unknown): value is Rendering {
  return typeof value === "string" || value instanceof Uint8Array;
}
