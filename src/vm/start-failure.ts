import { EnitError } from "../error/index.ts";
import { atomName, isAtom, isTagged, isTuple, stringValue, type Term } from "../term/index.ts";
import type { StartFailure } from "./start-event.ts";

/** The error of a release whose application did not start. */
export function applicationStartFailed(release: string, failure: StartFailure): EnitError {
  const { application, reason, text } = failure;
  const words = describeReason(reason);
  const state = words === undefined ? `application "${application}" failed` : `application "${application}": ${words}`;
  return new EnitError("application_start_failed", `cannot start "${release}": ${state}: ${text}`, {
    data: { release, application, reason: text },
  });
}

/** What the usual reasons of `application:start/2` mean; undefined for others. */
function describeReason(reason: Term): string | undefined {
  if (isAtom(reason, "terminated_after_start")) return "it started and ended at once";
  if (!isTuple(reason, 2)) return undefined;
  const [first, second] = reason.elements as [Term, Term];
  if (isAtom(first, "not_started")) return `it needs "${atomName(second)}", which does not run`;
  if (isAtom(first, "bad_return")) return describeBadReturn(second);
  const start = startFunction(second);
  if (start === undefined) return undefined;
  const child = failedChild(first);
  return child === undefined ? `its ${start} gave an error` : `its child ${child} did not start`;
}

/** `{{Module, start, Args}, {'EXIT', Reason}}` or `{{Module, start, Args}, Value}` */
function describeBadReturn(term: Term): string | undefined {
  const [call, value] = isTuple(term, 2) ? term.elements : [];
  const start = startFunction(call);
  if (start === undefined) return undefined;
  return isTagged(value, "EXIT", 2) ? `its ${start} crashed` : `its ${start} returned something else than a pid`;
}

/** `{Module, Function, [Type, Args]}` */
function startFunction(term: Term | undefined): string | undefined {
  const [module, name] = isTuple(term, 3) ? term.elements.map(atomName) : [];
  return module === undefined || name === undefined ? undefined : `function ${module}:${name}/2`;
}

/** `{shutdown, {failed_to_start_child, Id, Reason}}`, the innermost one. */
function failedChild(term: Term): string | undefined {
  const [tag, failed] = isTuple(term, 2) ? term.elements : [];
  if (!isAtom(tag, "shutdown") || !isTagged(failed, "failed_to_start_child", 3)) return undefined;
  const [, id, reason] = failed.elements;
  const inner = reason === undefined ? undefined : failedChild(reason);
  return inner ?? `"${atomName(id) ?? stringValue(id) ?? "?"}"`;
}
