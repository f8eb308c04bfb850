import { EXIT_CODES, EnitError } from "../error/index.ts";
import { type Screen, drawError, errorDocument, isOutputGone } from "./output/index.ts";
import type { SignalWatch } from "./signals.ts";

/** What a shell shows for SIGPIPE, which is what other programs die of when their reader goes away. */
const OUTPUT_GONE = 141;

/** Turns whatever was thrown into an EnitError. What is none is a defect, of a plugin where one is named. */
export function toEnitError(
  thrown: unknown,
  doing: { readonly action: string; readonly plugin?: string } = { action: "go on" },
): EnitError {
  if (thrown instanceof EnitError && isWellFormed(thrown)) return thrown;
  if (isAbort(thrown)) return new EnitError("interrupted", "cannot go on: it was interrupted", { cause: thrown });
  const { action, plugin } = doing;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new EnitError("defect", `cannot ${action}: ${message || "unknown error"}`, {
    kind: "defect",
    hint: `This is a defect of ${plugin === undefined ? "enit" : `the plugin "${plugin}"`}; --verbose shows where it happened.`,
    data: plugin === undefined ? {} : { plugin },
    cause: thrown,
  });
}

/** A plugin in JavaScript has no type checker: an unknown kind has no exit code, and scripts go by the code. */
function isWellFormed({ code, kind }: EnitError): boolean {
  return typeof code === "string" && code !== "" && Object.hasOwn(EXIT_CODES, kind);
}

/** Shows why a run failed, the one place where that is done, and returns its exit code. Says nothing to who has gone or pressed Ctrl-C. */
export async function reportFailure(
  thrown: unknown,
  options: { readonly screen: Screen; readonly signals: SignalWatch; readonly program: string },
): Promise<number> {
  const { screen, signals, program } = options;
  const error = toEnitError(thrown);
  if (isOutputGone(error)) return OUTPUT_GONE;
  const interrupted = signals.exitCode();
  if (interrupted === undefined || !isAbort(thrown)) {
    screen.console.note(drawError(error, screen.ui(2), { program, verbose: screen.verbosity === "verbose" }));
  }
  if (screen.json) {
    try {
      await screen.console.print(errorDocument(error));
    } catch (failure) {
      if (isOutputGone(failure)) return OUTPUT_GONE;
      screen.log.error(toEnitError(failure).message);
    }
  }
  if (interrupted !== undefined) return interrupted;
  return error.kind === "usage" && program === "knit" ? 1 : EXIT_CODES[error.kind];
}

/** Whether an error is, or comes from, the echo of an aborted signal, which tells nothing by itself. */
export function isAbort(thrown: unknown): boolean {
  for (let each = thrown; each instanceof Error; each = each.cause) if (each.name === "AbortError") return true;
  return false;
}
