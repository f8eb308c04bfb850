import type { Cell, TreeNode, Ui } from "../../contract/index.ts";

/** Makes the functions that draw data for people. */
export function makeUi(
  terminal: { readonly color: boolean; readonly width: number },
  isQuiet: () => boolean = () => false,
): Ui {
  const paint = (code: number, reset: number) => (text: string) =>
    terminal.color && text !== "" ? `\u001b[${code}m${text}\u001b[${reset}m` : text;
  const bold = paint(1, 22);
  const dim = paint(2, 22);

  return {
    color: terminal.color,
    get quiet() {
      return isQuiet();
    },
    get width() {
      return terminal.width;
    },
    table(rows, header) {
      const cells = rows.map((row) => row.map(cellText));
      return alignColumns(header === undefined ? cells : [header.map((name) => bold(name)), ...cells]);
    },
    fields(fields) {
      const entries = isPairs(fields) ? fields : Object.entries(fields);
      return alignColumns(
        entries.map(([name, value]) => [`${name}:`, cellText(value)]),
        1,
      );
    },
    list(items, bullet = "* ") {
      return items.map((item) => bullet + hang(cellText(item), bullet.length)).join("\n");
    },
    tree: (nodes) => drawTree(nodes, dim),
    indent: (text, columns) => " ".repeat(columns) + hang(text, columns),
    wrap: (text, indent = 0) => wrapWords(text, Math.max(20, terminal.width - indent), indent),
    bold,
    dim,
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
    cyan: paint(36, 39),
  };
}

function isPairs(fields: object): fields is readonly (readonly [string, Cell])[] {
  return Array.isArray(fields);
}

function cellText(value: Cell): string {
  return value === null || value === undefined ? "" : String(value);
}

/** Pads all but the last column; widths are those that a terminal shows. */
function alignColumns(rows: readonly (readonly string[])[], gap = 2): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, text] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, Bun.stringWidth(text));
    }
  }
  return rows
    .map((row) =>
      row
        .map((text, column) => text + " ".repeat(Math.max(0, (widths[column] ?? 0) - Bun.stringWidth(text))))
        .join(" ".repeat(gap))
        .trimEnd(),
    )
    .join("\n");
}

function hang(text: string, columns: number): string {
  return text.replaceAll("\n", `\n${" ".repeat(columns)}`);
}

function drawTree(nodes: readonly TreeNode[], dim: (text: string) => string): string {
  const lines: string[] = [];
  const draw = (siblings: readonly TreeNode[], before: string): void => {
    for (const [index, node] of siblings.entries()) {
      const isLast = index === siblings.length - 1;
      lines.push(dim(before + (isLast ? "`- " : "|- ")) + node.label);
      draw(node.children ?? [], before + (isLast ? "   " : "|  "));
    }
  };
  for (const node of nodes) {
    lines.push(node.label);
    draw(node.children ?? [], "");
  }
  return lines.join("\n");
}

function wrapWords(text: string, width: number, indent: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && Bun.stringWidth(line) + 1 + Bun.stringWidth(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines.join(`\n${" ".repeat(indent)}`);
}
