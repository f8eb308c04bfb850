import type { Ui } from "../../contract/index.ts";

/** Draws the data of a command that has no `render`: text as it is, objects as fields, lists of flat objects as tables. */
export function drawPlain(data: unknown, ui: Ui): string | Uint8Array {
  return drawValue(toPlainData(data), ui);
}

/** What is JSON only by a rule of its own, as JSON has it: a time as text, a map as an object, a set as a list. */
function toPlainData(value: unknown): unknown {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value) || value instanceof Set) return Array.from(value as Iterable<unknown>, toPlainData);
  if ("toJSON" in value && typeof value.toJSON === "function") return toPlainData((value as Date).toJSON());
  const entries = value instanceof Map ? [...(value as Map<unknown, unknown>)] : Object.entries(value);
  return Object.fromEntries(entries.map(([key, each]) => [String(key), toPlainData(each)]));
}

function drawValue(data: unknown, ui: Ui): string | Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (Array.isArray(data)) return drawList(data, ui);
  return isRecord(data) ? drawRecord(data, ui) : scalarText(data);
}

function drawList(items: readonly unknown[], ui: Ui): string {
  const rows = items.filter(isRecord);
  if (rows.length === 0 || rows.length < items.length || !rows.every(isFlat)) {
    return ui.list(items.map((item) => drawNested(item, ui)));
  }
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return ui.table(
    rows.map((row) => columns.map((column) => scalarText(row[column]))),
    columns,
  );
}

/** Neighbouring scalars are aligned with one another; what is nested stands indented below its key. */
function drawRecord(record: Readonly<Record<string, unknown>>, ui: Ui): string {
  const parts: string[] = [];
  let scalars: [string, string][] = [];
  const flush = (): void => {
    if (scalars.length > 0) parts.push(ui.fields(scalars));
    scalars = [];
  };
  for (const [key, value] of Object.entries(record)) {
    if (typeof value !== "object" || value === null) {
      scalars.push([key, scalarText(value)]);
    } else {
      flush();
      parts.push(`${key}:\n${ui.indent(drawNested(value, ui), 2)}`);
    }
  }
  flush();
  return parts.join("\n");
}

function drawNested(value: unknown, ui: Ui): string {
  const drawing = drawValue(value, ui);
  return typeof drawing === "string" ? drawing : drawing.toBase64();
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function isFlat(record: Readonly<Record<string, unknown>>): boolean {
  return Object.values(record).every((value) => typeof value !== "object" || value === null);
}

function scalarText(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "bigint":
    case "boolean":
      return String(value);
    default:
      return "";
  }
}
