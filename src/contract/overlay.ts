import type { Term } from "../term/index.ts";
import type { Context } from "./context.ts";

interface OverlayValues {
  /** A path, its variables rendered. A destination is relative to the build directory, a source to the `reltool.config`. */
  path: string;
  /** A string, binary or atom. */
  text: string;
  atom: string;
  integer: number;
  boolean: boolean;
  /** Any term as it stands. */
  term: Term;
}

/** What one Erlang argument must be; with a question mark it may be left out at the end. */
export type OverlayArgument = keyof OverlayValues | `${keyof OverlayValues}?`;

/** The values that `run` gets for `args`: `["path", "text?"]` gives `[string, string | undefined]`. */
export type OverlayArguments<A> = {
  readonly [I in keyof A]: A[I] extends keyof OverlayValues
    ? OverlayValues[A[I]]
    : A[I] extends `${infer Type extends keyof OverlayValues}?`
      ? OverlayValues[Type] | undefined
      : never;
};

/**
 * An overlay operation: the tuple `{Name, ...}` of a `reltool.config`, where `Name` is its key in `overlays`.
 *
 * `args` describes the elements after the name, and the host checks them before `run` is called.
 */
export interface OverlayDefinition<A> {
  readonly description?: string;
  readonly args: A & readonly OverlayArgument[];
  readonly run: (args: OverlayArguments<A>, context: OverlayContext) => void | Promise<void>;
}

/** Checks one overlay operation by itself, so that it may stand in a file of its own. */
export function defineOverlay<const A extends readonly OverlayArgument[]>(
  overlay: OverlayDefinition<A>,
): OverlayDefinition<A> {
  return overlay;
}

/** An overlay operation as the host sees it, its types erased. */
export interface Overlay {
  readonly description?: string;
  readonly args: readonly OverlayArgument[];
  run(args: readonly unknown[], context: OverlayContext): void | Promise<void>;
}

/** What an overlay operation works with. Destinations outside the build directory are refused. */
export interface OverlayContext extends Context {
  /** The absolute path of the release's tree that is being built. */
  readonly buildDirectory: string;
  /** The absolute path of the directory that holds the `reltool.config`. */
  readonly sourceDirectory: string;
  /** What templates are rendered with. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** The OTP release that is packed, whose regular expressions count: 27. */
  readonly otpRelease: number;
  /**
   * Renders a Mustache template without HTML escaping; `file` is where it comes from, for messages. A variable that is not
   * set is an error, except in `{{^name}}`.
   */
  render(template: string, file?: string): string;
  /** The absolute path of a destination; one that lies outside the build directory, also through links, is refused. */
  destination(path: string): string;
  /** The absolute path of a source. */
  source(path: string): string;
  /** Reads a file of the tree. */
  read(path: string): Promise<Uint8Array>;
  /** Writes a file into the tree and makes its directories. `mode` is 0o644 unless given. */
  write(path: string, contents: string | Uint8Array, options?: { readonly mode?: number }): Promise<void>;
}
