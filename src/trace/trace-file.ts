import type { EnitError } from "../error/index.ts";
import type { TraceMessage } from "./codec/message.ts";
import { DirectoryWatch } from "./directory-watch.ts";
import { cutTrace } from "./errors.ts";
import { findFileSet } from "./file-set.ts";
import { OpenFiles } from "./open-files.ts";

export interface TraceFileOptions {
  /** The file, or what the names of a wrap set begin with. */
  readonly file: string;
  /** The suffix of a wrap set, which may be empty. Without, the file of this name counts, else the one set there is. */
  readonly wrap?: string | undefined;
  /** Wait for what is written further, until `signal` is aborted. */
  readonly follow?: boolean;
  /** Ends the reading, without an error. */
  readonly signal?: AbortSignal;
  /** The longest message that is accepted, in bytes. Default: 64 MiB. */
  readonly maxMessageBytes?: number;
  /** Is told, in a sentence, what does not end the reading but should be known. */
  readonly onNotice?: (notice: string) => void;
}

/**
 * Reads the files of `dbg:trace_port(file, ...)` and gives their messages, many at a time: of a wrap set from the oldest file
 * to the newest.
 *
 * Following, it goes on with what the tracer appends, with the next file of a set, and from the beginning with a file that
 * was begun anew.
 *
 * @throws EnitError `trace_not_found`, `trace_ambiguous`, `trace_set_incomplete`, `trace_unreadable`; what `TraceDecoder`
 * throws for a file that is no trace; in the end `trace_cut` if a file ended within a message.
 */
export async function* readTraceFile(options: TraceFileOptions): AsyncGenerator<readonly TraceMessage[], undefined> {
  const { file, wrap, follow = false, signal, maxMessageBytes, onNotice = () => undefined } = options;
  const set = findFileSet(file, wrap);
  using watch = follow ? new DirectoryWatch(set.directory, (name) => set.has(name), signal) : undefined;
  using files = new OpenFiles(set, { maxMessageBytes, onNotice });
  const cuts: EnitError[] = [];
  for (;;) {
    watch?.reset();
    files.update();
    const { current } = files;
    // Asked before the reading, since a tracer has finished a file when it begins the next.
    const isLast = !files.hasNext;
    for (const batch of current?.read() ?? []) {
      yield batch;
      if (signal?.aborted === true) return;
    }
    if (isLast && watch !== undefined) {
      if (!(await watch.changed())) return;
      continue;
    }
    if (current !== undefined && current.decoder.unfinishedBytes > 0) {
      cuts.push(cutTrace(current.path, current.decoder));
    }
    if (isLast) break;
    files.advance();
  }
  const lastCut = cuts.pop();
  for (const { message } of cuts) onNotice(message);
  if (lastCut !== undefined) throw lastCut;
}
