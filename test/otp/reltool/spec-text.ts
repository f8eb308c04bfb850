import { type Term, atomName, decodeTerm, listElements, printTerm, stringValue } from "../../../src/term/index.ts";

/**
 * Says all of a target specification in lines, whatever the order inside directories: a path, what becomes of it, and the
 * content, boot scripts as terms and as a digest of their bytes.
 */
export function specLines(spec: Term, path = ""): string[] {
  return (listElements(spec) ?? []).flatMap((item) => itemLines(item, path)).sort();
}

function itemLines(item: Term, path: string): string[] {
  if (item.kind !== "tuple") throw new Error(`not an item: ${item.kind}`);
  const [kind, name, ...rest] = item.elements;
  const own = `${path}/${stringValue(name)}`;
  const head = `${own} ${atomName(kind)}`;
  const last = rest.at(-1);
  if (atomName(kind) === "create_dir" || atomName(kind) === "archive") {
    const facts = rest.slice(0, -1).map((term) => printTerm(term, { width: 0 }));
    const inner = atomName(kind) === "archive" ? `${own}!` : own;
    return [[head, ...facts].join(" "), ...(last === undefined ? [] : specLines(last, inner))];
  }
  if (last?.kind === "bitstring") return [head, ...contentLines(own, last.bytes)];
  return [[head, ...rest.map((term) => printTerm(term, { width: 0 }))].join(" ")];
}

function contentLines(path: string, bytes: Uint8Array): string[] {
  const digest = Bun.hash(bytes).toString(16);
  const text = path.endsWith(".boot")
    ? printTerm(decodeTerm(bytes), { format: "tp" })
    : new TextDecoder().decode(bytes);
  return [
    ...text.split("\n").map((line, at) => `${path}:${String(at).padStart(5, "0")} ${line}`),
    `${path}: ${digest}`,
  ];
}
