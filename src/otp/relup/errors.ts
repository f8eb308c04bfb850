import { EnitError } from "../../error/index.ts";
import { type Term, printTerm } from "../../term/index.ts";
import { placeData, showPlace } from "../place.ts";
import type { Step, StepPlace } from "./step.ts";

/**
 * The error for an instruction that systools refuses, its code the word that systools has for the reason.
 *
 * `data` has the instruction as text and, if it is from an appup, `file`, `line` and `column`.
 */
export function instructionRefused(
  code: string,
  step: Step,
  state: string,
  data: Readonly<Record<string, unknown>> = {},
): EnitError {
  const { term, place } = step;
  const instruction = show(step.written ?? term);
  return new EnitError(code, `cannot use the instruction "${instruction}"${inFile(place)}: ${state}`, {
    kind: "input",
    data: { instruction, ...dataOf(place), ...data },
  });
}

/** A term as it stands in a message. */
export function show(term: Term): string {
  return printTerm(term, { format: "tp", width: 0, printableRange: "unicode" });
}

function inFile(place: StepPlace | undefined): string {
  return place === undefined ? "" : ` of ${showPlace(place.file, place.position())}`;
}

function dataOf(place: StepPlace | undefined): Readonly<Record<string, unknown>> {
  return place === undefined ? {} : placeData(place.file, place.position());
}
