import { EnitError, type Context, defineCommand, type Term, unlessAborted } from "../../src/contract/index.ts";
import { FrameInput, frame } from "./frames.ts";
import { type Request, readRequest } from "./request.ts";

/**
 * The protocol of the Erlang module `enit` (src/agent/enit.erl): a frame with a request comes on standard input, frames with
 * `{output, Text}` and at last one with `{ok, Term}` or `{error, Code, Message}` go to standard output. A frame is a term in
 * the external format behind its length in four bytes, as of the port option `{packet, 4}`. The end of the input means
 * that who asked is gone.
 */
export const serve = defineCommand({
  group: "enit itself",
  description: "Answer a request of the Erlang module enit, which runs this command",
  details:
    "Requests come on standard input in a form of their own. Not meant for people; docs/erlang-api.md has what is.",
  run: (ctx) => answer(ctx),
  render: (bytes) => bytes,
});

async function* answer(ctx: Context): AsyncGenerator<Uint8Array, void> {
  const { atom, binary, decodeTerm, encodeTerm, tuple } = ctx.terms;
  const send = (...elements: Term[]): Uint8Array => frame(encodeTerm(tuple(...elements)));
  const input = new FrameInput(Bun.stdin.stream());
  const gone = new AbortController();
  const signal = AbortSignal.any([ctx.signal, gone.signal]);

  const request = await unlessAborted(ctx.signal, input.next());
  if (request === undefined) return;
  void input.untilEnd().then(() => gone.abort(new DOMException("nobody waits for the answer", "AbortError")));

  const output = new OutputQueue();
  const answered = perform(ctx, readRequest(ctx.terms, decodeTerm(request)), { signal, onOutput: output.add })
    .then((result) => send(atom("ok"), result))
    .catch((error: unknown) => {
      if (!(error instanceof EnitError)) throw error;
      return send(atom("error"), atom(error.code), binary(error.message));
    })
    .finally(output.end);
  // It may fail while the output is still on its way.
  const settled = Promise.allSettled([answered]);
  for await (const text of output) yield send(atom("output"), binary(text));
  const [outcome] = await settled;
  if (outcome.status === "rejected") throw outcome.reason;
  yield outcome.value;
}

interface PerformOptions {
  readonly signal: AbortSignal;
  readonly onOutput: (text: string) => void;
}

async function perform(ctx: Context, request: Request, { signal, onOutput }: PerformOptions): Promise<Term> {
  const { atom, list, tuple } = ctx.terms;
  const release = await ctx.releases.load(request.release, {
    match: request.match,
    orRunning: request.kind === "call",
  });
  if (request.kind === "call") {
    return ctx.releases.call(release, request, { timeout: request.timeout, signal, onOutput });
  }
  const sections = new Map<string, Term[]>();
  for (const { application, key, value } of ctx.releases.explain(release, { showCookie: request.showCookie })) {
    const entries = sections.get(application) ?? [];
    sections.set(application, [...entries, tuple(atom(key), value)]);
  }
  return list([...sections].map(([application, entries]) => tuple(atom(application), list(entries))));
}

/** Takes text as it comes, and gives what has come together, to one reader. */
class OutputQueue implements AsyncIterable<string> {
  #text = "";
  #isEnded = false;
  #wake = (): void => {};

  readonly add = (text: string): void => {
    this.#text += text;
    this.#wake();
  };

  readonly end = (): void => {
    this.#isEnded = true;
    this.#wake();
  };

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void> {
    for (;;) {
      const text = this.#text;
      this.#text = "";
      if (text !== "") yield text;
      else if (this.#isEnded) return;
      else {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#wake = resolve;
        await promise;
      }
    }
  }
}
