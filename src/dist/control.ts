/**
 * The messages of an established connection.
 *
 * "Protocol between Connected Nodes" of the ERTS guide. After its 4-byte length a message is the byte 112 (pass-through:
 * no atom cache), a control tuple in the external format, and for some a second term. Both have version byte 131.
 * Not supported, and not offered by our flags: distribution headers, fragments.
 */
import {
  atom,
  atomName,
  decodeTermAt,
  encodeTerm,
  integer,
  integerValue,
  isPid,
  isReference,
  isTuple,
  type PidTerm,
  type ReferenceTerm,
  type Term,
  tuple,
} from "../term/index.ts";

const PASS_THROUGH = 112;

const LINK = 1;
const SEND = 2;
const EXIT = 3;
const REG_SEND = 6;
const EXIT2 = 8;
const SEND_TT = 12;
const EXIT_TT = 13;
const REG_SEND_TT = 16;
const EXIT2_TT = 18;
const MONITOR_P = 19;
const MONITOR_P_EXIT = 21;
const UNLINK_ID = 35;
const UNLINK_ID_ACK = 36;

/** Sent when there is nothing else to say: a frame of length 0. */
export const TICK = new Uint8Array(4);

/** What a peer may tell us. */
export type PeerMessage =
  | { readonly kind: "tick" }
  | { readonly kind: "send"; readonly to: PidTerm | string; readonly message: Term }
  | { readonly kind: "link"; readonly from: PidTerm; readonly to: PidTerm }
  | { readonly kind: "unlink"; readonly id: Term; readonly from: PidTerm; readonly to: PidTerm }
  | { readonly kind: "exit"; readonly from: PidTerm; readonly to: PidTerm; readonly reason: Term }
  | {
      readonly kind: "monitor";
      readonly from: PidTerm;
      readonly to: PidTerm | string;
      readonly reference: ReferenceTerm;
    }
  | { readonly kind: "down"; readonly reference: ReferenceTerm; readonly reason: Term }
  /** Correct, and nothing that a node of our kind has to act on: demonitor, group leader, acknowledgements, spawn requests. */
  | { readonly kind: "other"; readonly operation: number };

/** Reads one frame without its length. Throws `MessageFormatError`, or `etf_malformed` for a term that is none. */
export function decodeMessage(frame: Uint8Array): PeerMessage {
  if (frame.length === 0) return { kind: "tick" };
  if (frame[0] !== PASS_THROUGH) throw new MessageFormatError(`a message that begins with ${frame[0]}`);
  const control = decodeTermAt(frame, 1);
  if (control.next === frame.length) return readControl(control.term, undefined);
  const payload = decodeTermAt(frame, control.next);
  if (payload.next !== frame.length) throw new MessageFormatError("a message with bytes behind its end");
  return readControl(control.term, payload.term);
}

/** A message of ours to a process: REG_SEND to a name, SEND to a pid. */
export function encodeSend(from: PidTerm, to: PidTerm | string, message: Term): Uint8Array {
  // The empty atom stands for the cookie of old.
  const control =
    typeof to === "string" ? tuple(integer(REG_SEND), from, atom(""), atom(to)) : tuple(integer(SEND), atom(""), to);
  return encodeFrame(control, message);
}

/** Asks to be told when a process of the peer is gone; at once if it is not there. */
export function encodeMonitor(from: PidTerm, to: PidTerm | string, reference: ReferenceTerm): Uint8Array {
  return encodeFrame(tuple(integer(MONITOR_P), from, typeof to === "string" ? atom(to) : to, reference));
}

/** Tells a process of the peer that one of ours, which it monitors, is gone. */
export function encodeDown(from: PidTerm | string, to: PidTerm, reference: ReferenceTerm, reason: Term): Uint8Array {
  const gone = typeof from === "string" ? atom(from) : from;
  return encodeFrame(tuple(integer(MONITOR_P_EXIT), gone, to, reference, reason));
}

/** Tells a process of the peer that one of ours, to which it is linked, is gone. */
export function encodeExit(from: PidTerm, to: PidTerm, reason: Term): Uint8Array {
  return encodeFrame(tuple(integer(EXIT), from, to, reason));
}

/** The answer that UNLINK_ID demands. */
export function encodeUnlinkAck(id: Term, from: PidTerm, to: PidTerm): Uint8Array {
  return encodeFrame(tuple(integer(UNLINK_ID_ACK), id, from, to));
}

/** The peer sent what is no message of the protocol. */
export class MessageFormatError extends Error {
  override readonly name = "MessageFormatError";
}

function encodeFrame(control: Term, message?: Term): Uint8Array {
  const head = encodeTerm(control);
  const body = message === undefined ? undefined : encodeTerm(message);
  const length = 1 + head.length + (body?.length ?? 0);
  const frame = new Uint8Array(4 + length);
  new DataView(frame.buffer).setUint32(0, length);
  frame[4] = PASS_THROUGH;
  frame.set(head, 5);
  if (body !== undefined) frame.set(body, 5 + head.length);
  return frame;
}

function readControl(control: Term, message: Term | undefined): PeerMessage {
  const [code, ...fields] = isTuple(control) ? control.elements : [];
  const operation = integerValue(code);
  if (operation === undefined) throw new MessageFormatError("a control message without operation");
  const [first, second, third, fourth] = fields;
  switch (operation) {
    case SEND:
    case SEND_TT:
      return { kind: "send", to: needPid(second), message: need(message) };
    case REG_SEND:
    case REG_SEND_TT:
      return { kind: "send", to: needPidOrName(third), message: need(message) };
    case LINK:
      return { kind: "link", from: needPid(first), to: needPid(second) };
    case UNLINK_ID:
      return { kind: "unlink", id: need(first), from: needPid(second), to: needPid(third) };
    case EXIT:
    case EXIT2:
      return { kind: "exit", from: needPid(first), to: needPid(second), reason: need(third) };
    case EXIT_TT:
    case EXIT2_TT: // the trace token stands before the reason
      return { kind: "exit", from: needPid(first), to: needPid(second), reason: need(fourth) };
    case MONITOR_P:
      return { kind: "monitor", from: needPid(first), to: needPidOrName(second), reference: needReference(third) };
    case MONITOR_P_EXIT:
      return { kind: "down", reference: needReference(third), reason: need(fourth) };
    default:
      return { kind: "other", operation };
  }
}

function need(term: Term | undefined): Term {
  if (term === undefined) throw new MessageFormatError("a control message that is too short");
  return term;
}

function needPid(term: Term | undefined): PidTerm {
  if (!isPid(term)) throw new MessageFormatError("a control message without the pid that it needs");
  return term;
}

function needPidOrName(term: Term | undefined): PidTerm | string {
  return atomName(term) ?? needPid(term);
}

function needReference(term: Term | undefined): ReferenceTerm {
  if (!isReference(term)) throw new MessageFormatError("a control message without the reference that it needs");
  return term;
}
