import type { Ui } from "../../contract/index.ts";

/** Draws the data of a command that has no `render`: text as it is, objects as fields, lists of objects as tables. */
export function drawPlain(data: unknown, ui: Ui): string | Uint8Array {
  if (data === undefined || data === null) return "";
  if (typeof data === "string" || data instanceof Uint8Array) return data;
  if (typeof data !== "object") return String(data);
  if (Array.isArray(data)) return drawList(data, ui);
  return drawObject(data, ui);
}

function drawList(items: readonly unknown[], ui: Ui): string {
  if (items.length > 0 && items.every((item) => isRecord(item) && Object.values(item).every(isScalar))) {
    const rows = items.filter(isRecord);
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    return ui.table(rows.map((row) => columns.map((column) => scalarText(row[column]))), columns);
  }
  return ui.list(items.map((item) => nested(item, ui)));
}

function drawObject(object: object, ui: Ui): string {
  const lines: string[] = [];
  let scalars: [string, string][] = [];
  const flush = (): void => {
    if (scalars.length > 0) lines.push(ui.fields(scalars));
    scalars = [];
  };
  for (const [key, value] of Object.entries(object)) {
    if (isScalar(value)) {
      scalars.push([key, scalarText(value)]);
    } else {
      flush();
      lines.push(`${key}:`, ui.indent(nested(value, ui), 2));
    }
  }
  flush();
  return lines.join("\n");
}

function nested(value: unknown, ui: Ui): string {
  const text = drawPlain(value, ui);
  return typeof text === "string" ? text : Buffer.from(text).toString("base64");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value !== "object";
}

function scalarText(value: unknown): string {
  return value === null || value === undefined ? "" : String(value);
}
