import { START_TYPES, type StartType } from "../otp/index.ts";
import { atomName, isTuple, listElements, textValue } from "../term/index.ts";
import type { Term } from "../term/index.ts";
import type { ApplicationRequest } from "./config-model.ts";
import type { TermSource } from "./term-source.ts";

const FORMS = "APP, {APP, VERSION}, {APP, TYPE} or {APP, VERSION, TYPE}";

/**
 * Reads the value of `applications` in a release or an extension.
 *
 * @param enclosing the terms around the value, the nearest first: the place of what has none of its own.
 */
export function readApplicationList(
  value: Term | undefined,
  source: TermSource,
  ...enclosing: readonly Term[]
): ApplicationRequest[] {
  const elements = listElements(value);
  if (elements === undefined) {
    throw source.invalid(source.positionOf(value, ...enclosing), "applications must be a list");
  }
  return elements.map((element) => {
    const position = source.positionOf(element, value, ...enclosing);
    const request = readRequest(element, position);
    if (typeof request === "string") throw source.invalid(position, request);
    return request;
  });
}

/** An application as written, or what is wrong with it. */
function readRequest(term: Term, position: ApplicationRequest["position"]): ApplicationRequest | string {
  if (term.kind === "atom") return { name: term.name, position };
  if (!isTuple(term, 2) && !isTuple(term, 3)) return `an application must be ${FORMS}`;
  const [first, second, third] = term.elements;
  const name = atomName(first);
  if (name === undefined) return "the name of an application must be an atom";
  const type = atomName(third ?? second);
  if (third !== undefined || type !== undefined) {
    if (!isStartType(type)) return `the type of ${name} must be one of ${START_TYPES.join(", ")}`;
    if (third === undefined) return { name, type, position };
  }
  const vsn = second?.kind === "atom" ? undefined : textValue(second);
  if (vsn === undefined || vsn === "") return `the version of ${name} must be a string that is not empty`;
  return isStartType(type) ? { name, vsn, type, position } : { name, vsn, position };
}

function isStartType(type: string | undefined): type is StartType {
  return START_TYPES.some((known) => known === type);
}

/**
 * Joins lists of applications; the first mention of an application stands, with its place in the order.
 *
 * A later mention that asks for another version or type is reported, as it has no effect.
 */
export function joinApplications(
  lists: readonly (readonly ApplicationRequest[])[],
  onConflict: (kept: ApplicationRequest, dropped: ApplicationRequest) => void,
): ApplicationRequest[] {
  const joined = new Map<string, ApplicationRequest>();
  for (const request of lists.flat()) {
    const kept = joined.get(request.name);
    if (kept === undefined) joined.set(request.name, request);
    else if (differs(kept.vsn, request.vsn) || differs(kept.type, request.type)) onConflict(kept, request);
  }
  return [...joined.values()];
}

function differs(kept: string | undefined, later: string | undefined): boolean {
  return later !== undefined && later !== kept;
}
