export interface PrintOptions {
  /**
   * Which control sequence of `io:format` to follow. Default: `tp`.
   *
   * - `p`, `tp`: lists of printable characters as strings, long terms broken into lines
   * - `w`, `tw`: as they are, on one line
   * - `tp`, `tw`: atoms beyond latin1 as they are; `p`, `w`: their characters as `\x{3A9}`
   */
  readonly format?: "p" | "tp" | "w" | "tw";
  /** How many characters a line may have, for `p` and `tp`. 0: as many as there are. Default: 80. */
  readonly width?: number;
  /** The column, counted from 1, where the text will stand; further lines are indented to it. Default: 1. */
  readonly column?: number;
  /** What is printable: `unicode` is what `erl +pc unicode` does, and concerns `tp` alone. Default: `latin1`, as `erl`. */
  readonly printableRange?: "latin1" | "unicode";
  /** Print as this OTP release does: `maybe` and `else` stand in quotes from 27 on. Default: the newest. */
  readonly otp?: number;
}

/** The options of one call, all settled. */
export interface PrintStyle {
  /** Whether characters beyond latin1 stand for themselves. */
  readonly unicode: boolean;
  /** Whether strings may hold printable characters beyond latin1. */
  readonly unicodeStrings: boolean;
  readonly otp: number;
}

const NEWEST_OTP = 29;

export function styleOf(options: PrintOptions): PrintStyle {
  const unicode = options.format !== "p" && options.format !== "w";
  return {
    unicode,
    unicodeStrings: unicode && options.printableRange === "unicode",
    otp: options.otp ?? NEWEST_OTP,
  };
}
