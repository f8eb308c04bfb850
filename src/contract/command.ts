import type { ArgumentDefinitions, ArgumentValues } from "./arguments.ts";
import type { Context } from "./context.ts";
import type { Ui } from "./ui.ts";

/** What `render` may give back: text, to which a last line end is added where it lacks one, or bytes as they are. */
export type Rendering = string | Uint8Array;

/** What `render` is called with: the data, or each item where the data is a stream. */
export type Rendered<D> = D extends AsyncIterable<infer Item> ? Item : D;

/**
 * A command: `run` returns data, `render` draws it for people, `--json` prints the same data.
 *
 * `A` are the definitions of its arguments, `D` its data. Data is JSON: objects, arrays, strings,
 * numbers, booleans, null; besides, a `bigint` is printed as a number or, where JSON cannot hold it, as its
 * digits in a string, and a `Uint8Array` as base64. An async iterable is printed item by item as it comes, one JSON
 * document a line. Without `render` people see the data as plain text.
 */
export interface CommandDefinition<A, D> {
  /** The heading under which `enit help` lists it. Default: that of its plugin. */
  readonly group?: string;
  readonly description: string;
  /** More than one sentence, for `enit help COMMAND`. */
  readonly details?: string;
  /** Whole command lines without `enit`, each with what it does. */
  readonly examples?: readonly (readonly [line: string, effect: string])[];
  readonly args?: A & ArgumentDefinitions;
  readonly run: (context: Context, args: ArgumentValues<A>) => D | Promise<D>;
  readonly render?: (data: Rendered<D>, ui: Ui) => Rendering;
}

/** A command as the host sees it, its types erased. */
export interface Command {
  readonly group?: string;
  readonly description: string;
  readonly details?: string;
  readonly examples?: readonly (readonly [line: string, effect: string])[];
  readonly args?: ArgumentDefinitions;
  run(context: Context, args: Readonly<Record<string, unknown>>): unknown;
  render?(data: unknown, ui: Ui): Rendering;
}
