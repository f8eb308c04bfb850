import { atomName, integerValue, isTagged, isAtom, parseTerms, textValue, type Term } from "../term/index.ts";

/** What the agent reports while the applications of a release start. */
export type StartEvent =
  /** The VM is up and reachable. */
  | { readonly kind: "booting" }
  | { readonly kind: "starting"; readonly application: string }
  | { readonly kind: "started"; readonly application: string }
  /** It did not start, and will be tried again after the delay. */
  | (StartFailure & {
      readonly kind: "retrying";
      /** This one included. */
      readonly retriesLeft: number | "infinity";
      readonly delaySeconds: number;
    })
  /** It did not start, and the VM ends. */
  | (StartFailure & { readonly kind: "failed" })
  /** All applications run. */
  | { readonly kind: "running" };

/** Why an application did not start. */
export interface StartFailure {
  readonly application: string;
  /** As `application:start/2` gave it; pids, ports, references and funs in it are binaries of their printed form. */
  readonly reason: Term;
  /** As Erlang prints the reason. */
  readonly text: string;
}

/** Reads lines of the progress file, as `enit_report.erl` writes them: a term a line. Ignores terms it does not know. */
export function parseStartEvents(lines: string): StartEvent[] {
  return parseTerms(lines).terms.flatMap((term) => readEvent(term) ?? []);
}

function readEvent(term: Term): StartEvent | undefined {
  if (isAtom(term, "booting")) return { kind: "booting" };
  if (isAtom(term, "running")) return { kind: "running" };
  if (term.kind !== "tuple") return undefined;
  const [, name, reason, text, left, milliseconds] = term.elements;
  const application = atomName(name);
  if (application === undefined) return undefined;
  if (isTagged(term, "starting", 2)) return { kind: "starting", application };
  if (isTagged(term, "started", 2)) return { kind: "started", application };
  if (reason === undefined) return undefined;
  const failure: StartFailure = { application, reason, text: textValue(text) ?? "" };
  if (isTagged(term, "failed", 4)) return { kind: "failed", ...failure };
  if (!isTagged(term, "retrying", 6)) return undefined;
  const retriesLeft = isAtom(left, "infinity") ? "infinity" : (integerValue(left) ?? 0);
  return { kind: "retrying", ...failure, retriesLeft, delaySeconds: (integerValue(milliseconds) ?? 0) / 1000 };
}
