import type { Ui } from "./ui.ts";

/**
 * The whole terminal, for a command that shows something as it changes: a screen of its own, without cursor, whose keys come
 * one by one. At its end, however that comes about, the terminal is as it was before. Messages of the log wait until then.
 */
export interface LiveScreen extends AsyncDisposable {
  /** In columns, as it is now. */
  readonly width: number;
  /** In lines, as it is now. */
  readonly height: number;
  /** Draws for this terminal, in its present width. */
  readonly ui: Ui;
  /** Whether it shows characters beyond ASCII. */
  readonly unicode: boolean;
  /** Shows these lines in place of all others, from the top. What is too long or too much is cut off. */
  draw(lines: readonly string[]): void;
  /**
   * Keys and changes of size as they come, for one reader. Ends with the screen and when Ctrl-C aborts the command; throws
   * `output_gone` when the terminal goes away.
   */
  readonly events: AsyncIterable<ScreenEvent>;
}

export type ScreenEvent =
  /** `key` is the character, or one of `up`, `down`, `left`, `right`, `enter`, `tab`, `escape`, `backspace`. */
  { readonly kind: "key"; readonly key: string } | { readonly kind: "resize" };

export interface ScreenOptions {
  /** What to do where there is no terminal: the hint of the error. */
  readonly hint?: string;
}
