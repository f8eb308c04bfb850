import { EnitError } from "../../error/index.ts";
import type { SourcePosition } from "../../error/index.ts";

/** A text with the name of its file; it turns offsets into positions and errors. */
export class Source {
  readonly text: string;
  readonly file: string | undefined;
  private lineStarts: number[] | undefined;

  constructor(text: string, file: string | undefined) {
    this.text = text;
    this.file = file;
  }

  /** Lines are ended by line feeds alone, columns count code points, as in `erl_scan`. */
  positionAt(offset: number): SourcePosition {
    const starts = this.starts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    const column = Array.from(this.text.slice(starts[low], offset)).length + 1;
    return { ...(this.file === undefined ? {} : { file: this.file }), line: low + 1, column };
  }

  /** The error that something at `offset` cannot be read. */
  error(offset: number, state: string): EnitError {
    const position = this.positionAt(offset);
    const place = `${position.line}:${position.column}`;
    const thing = this.file === undefined ? `term at ${place}` : `"${this.file}:${place}"`;
    return new EnitError("term_syntax", `cannot read ${thing}: ${state}`, { kind: "input", data: { ...position } });
  }

  private starts(): number[] {
    if (this.lineStarts !== undefined) return this.lineStarts;
    const starts = [0];
    for (let i = this.text.indexOf("\n"); i !== -1; i = this.text.indexOf("\n", i + 1)) starts.push(i + 1);
    this.lineStarts = starts;
    return starts;
  }
}
