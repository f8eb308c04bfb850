/**
 * A group leader that collects what is printed.
 *
 * "The Erlang I/O Protocol" of the stdlib guide. Output goes to `onOutput`; there is no input, so every request for some
 * is answered with `eof`. `io:format` leaves the formatting to the group leader (`{put_chars, Encoding, Module,
 * Function, Args}`); we have it done by the node that asked.
 */
import { atom, atomName, isAtom, isTuple, list, listElements, type PidTerm, type Term, tuple } from "../term/index.ts";
import { charDataText, type CharEncoding } from "./char-data.ts";

export interface GroupLeaderActions {
  /** Takes printed text. */
  output(text: string): void;
  /** Calls a function on the node that prints. */
  evaluate(module: string, functionName: string, args: readonly Term[]): Promise<Term>;
  /** Sends a message to a process of that node. */
  send(to: PidTerm, message: Term): void;
}

/** `{io_request, From, ReplyAs, Request}` */
export interface IoRequest {
  readonly from: PidTerm;
  readonly replyAs: Term;
  readonly request: Term;
}

/** Reads a message as a request of the I/O protocol; undefined if it is none. */
export function readIoRequest(message: Term): IoRequest | undefined {
  if (!isTuple(message, 4)) return undefined;
  const [tag, from, replyAs, request] = message.elements;
  if (!isAtom(tag, "io_request") || from?.kind !== "pid" || replyAs === undefined || request === undefined)
    return undefined;
  return { from, replyAs, request };
}

/** Does what a request asks and answers it. Rejects only with what `output` throws. */
export async function answerIoRequest(request: IoRequest, actions: GroupLeaderActions): Promise<void> {
  const result = await perform(request.request, actions);
  actions.send(request.from, tuple(atom("io_reply"), request.replyAs, result));
}

async function perform(request: Term, actions: GroupLeaderActions): Promise<Term> {
  if (isAtom(request, "getopts")) return list([tuple(atom("encoding"), atom("unicode"))]);
  if (!isTuple(request)) return refusal("request");
  const [operation, ...args] = request.elements;
  switch (atomName(operation) ?? "") {
    case "put_chars":
      return putChars(args, actions);
    case "requests":
      return performAll(listElements(args[0]) ?? [], actions);
    case "get_line":
    case "get_chars":
    case "get_until":
    case "get_password":
      return atom("eof");
    case "get_geometry":
    case "setopts":
      return refusal("enotsup");
    default:
      return refusal("request");
  }
}

/** In order; an error ends them, the last answer counts. */
async function performAll(requests: readonly Term[], actions: GroupLeaderActions): Promise<Term> {
  let result: Term = atom("ok");
  for (const request of requests) {
    result = await perform(request, actions);
    if (isTuple(result, 2) && isAtom(result.elements[0], "error")) break;
  }
  return result;
}

/** `Chars` (latin1, of old), `Encoding, Chars` or `Encoding, Module, Function, Args`. */
async function putChars(args: readonly Term[], actions: GroupLeaderActions): Promise<Term> {
  const encoding: CharEncoding = args.length === 1 || isAtom(args[0], "latin1") ? "latin1" : "utf8";
  const data = args.length === 4 ? await formatted(args.slice(1), actions) : args.at(-1);
  const text = data === undefined || args.length > 4 ? undefined : charDataText(data, encoding);
  if (text === undefined) return refusal("put_chars");
  actions.output(text);
  return atom("ok");
}

async function formatted(args: readonly Term[], actions: GroupLeaderActions): Promise<Term | undefined> {
  const [module, functionName, values] = [atomName(args[0]), atomName(args[1]), listElements(args[2])];
  if (module === undefined || functionName === undefined || values === undefined) return undefined;
  try {
    return await actions.evaluate(module, functionName, values);
  } catch {
    // Bad format strings are the printer's fault: it gets `{error, put_chars}`, as from Erlang's own group leaders.
    return undefined;
  }
}

function refusal(reason: string): Term {
  return tuple(atom("error"), atom(reason));
}
