/** Draws data for people. Every function returns text without a last line end; colour is left out where there is no terminal. */
export interface Ui {
  /** Whether the functions below colour. */
  readonly color: boolean;
  /** Whether `--quiet` was given: what only tells how it went may be left out. */
  readonly quiet: boolean;
  /** The columns of the terminal, 80 where there is none. */
  readonly width: number;
  /** A table with aligned columns; `header` may be left out. */
  table(rows: readonly (readonly Cell[])[], header?: readonly string[]): string;
  /** `Name:  value` lines, values aligned. */
  fields(fields: Readonly<Record<string, Cell>> | readonly (readonly [name: string, value: Cell])[]): string;
  /** One item a line, with `bullet` (`* ` unless given) before it. */
  list(items: readonly Cell[], bullet?: string): string;
  tree(nodes: readonly TreeNode[]): string;
  /** Moves every line to the right by `columns`. */
  indent(text: string, columns: number): string;
  /** Breaks text between words so that it fits the width. */
  wrap(text: string, indent?: number): string;
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

export type Cell = string | number | bigint | boolean | null | undefined;

export interface TreeNode {
  readonly label: string;
  readonly children?: readonly TreeNode[];
}
