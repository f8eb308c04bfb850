import { EnitError, nearestName } from "../../error/index.ts";
import { type TupleTerm, atomName, printTerm } from "../../term/index.ts";
import type { Config } from "../config/config.ts";
import { readOverlayArguments } from "./arguments.ts";
import { renderTemplate } from "./template.ts";
import type { OverlayWorkspace } from "./workspace.ts";

/** An overlay operation of a plugin. */
export interface OverlayOperation {
  /** The types of its arguments, as in the contract. */
  readonly args: readonly string[];
  readonly run: (args: readonly unknown[], workspace: OverlayWorkspace) => Promise<void>;
}

/** The overlay operations that plugins bring. */
export interface OverlayOperations {
  readonly names: () => readonly string[];
  readonly find: (name: string) => Promise<OverlayOperation | undefined>;
}

/**
 * Runs the instructions of an overlay, one after the other.
 *
 * @throws EnitError `overlay_unknown`, `overlay_invalid`, and what the operations throw, with the instruction and its place.
 */
export async function runOverlays(
  instructions: readonly TupleTerm[],
  config: Config,
  workspace: OverlayWorkspace,
  options: {
    readonly operations: OverlayOperations;
    readonly signal: AbortSignal;
    readonly onStep: (done: number, instruction: string) => void;
  },
): Promise<void> {
  for (const [index, instruction] of instructions.entries()) {
    options.signal.throwIfAborted();
    options.onStep(index, shown(instruction));
    try {
      await runOne(instruction, config, workspace, options.operations);
    } catch (error) {
      throw atInstruction(error, instruction, config);
    }
  }
}

async function runOne(
  instruction: TupleTerm,
  config: Config,
  workspace: OverlayWorkspace,
  operations: OverlayOperations,
): Promise<void> {
  const name = atomName(instruction.elements[0]);
  const operation = name === undefined ? undefined : await operations.find(name);
  if (operation === undefined) throw unknown(name, operations.names());
  const position = config.positionOf(instruction);
  const args = readOverlayArguments(instruction, operation.args, (path) =>
    renderTemplate(path, workspace.variables, { what: `the path "${path}"`, position }),
  );
  if (typeof args === "string") throw new EnitError("overlay_invalid", args, { kind: "input" });
  await operation.run(args, workspace);
}

function unknown(name: string | undefined, known: readonly string[]): EnitError {
  const nearest = name === undefined ? undefined : nearestName(name, known);
  const hint = nearest === undefined ? `There are ${known.join(", ")}.` : `Did you mean ${nearest}?`;
  return new EnitError("overlay_unknown", "there is no such operation", {
    kind: "input",
    hint,
    data: { operation: name },
  });
}

/** Names the instruction that an error comes from. The place in a template, if the error has one, stays. */
function atInstruction(error: unknown, instruction: TupleTerm, config: Config): unknown {
  if (!(error instanceof EnitError)) return error;
  const position = config.positionOf(instruction);
  const place = position === undefined ? config.file : `${config.file}:${position.line}:${position.column}`;
  const { file, ...facts } = error.data;
  const path = file === undefined ? {} : { path: file };
  // A place in a template is nearer to the cause than that of the instruction.
  const where = "line" in facts ? error.data : { ...facts, ...path, file: config.file, ...position };
  const data = { ...where, overlay: shown(instruction) };
  const { code, kind, hint, message } = error;
  return new EnitError(code, `cannot apply the overlay ${shown(instruction)} (${place}): ${message}`, {
    kind,
    hint,
    data,
    cause: error,
  });
}

const SHOWN_CHARACTERS = 80;

function shown(instruction: TupleTerm): string {
  const text = printTerm(instruction, { format: "tp" }).replaceAll(/\s+/g, " ");
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}...` : text;
}
