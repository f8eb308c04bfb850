import type { CommandCall, CommandEnd, ProgramStart, Successor } from "../contract/index.ts";
import { ProcessReplacement } from "./context.ts";
import { toEnitError } from "./failure.ts";
import { OutputBatch, type Screen, dataDocument, drawPlain } from "./output/index.ts";
import type { ReadyCommand, Session } from "./session.ts";

/** A command with all that it needs. */
export interface PreparedCall extends ReadyCommand {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/**
 * Calls a command between its hooks and prints its data: a stream as it comes, anything else once the last hook agreed.
 *
 * `abort` ends a stream whose output nobody reads any more, as Ctrl-C does.
 *
 * @returns the program that this process is to become, if the command asks for it.
 */
export async function callCommand(
  call: PreparedCall,
  session: Session,
  screen: Screen,
  abort: (reason: Error) => void,
): Promise<Successor | ProgramStart | undefined> {
  const { name, args, command, context, plugin } = call;
  const facts: CommandCall = { command: name, args };
  const began = performance.now();
  const after = (outcome: CommandEnd["outcome"]): Promise<void> =>
    session.hooks.series("command:after", { ...facts, milliseconds: performance.now() - began, outcome });

  let data: unknown;
  try {
    await session.hooks.series("command:before", facts);
    data = await command.run(context, args);
    if (isStream(data)) await presentStream(data, call, screen, abort);
  } catch (thrown) {
    if (thrown instanceof ProcessReplacement) {
      await after({ ok: true, data: null });
      return thrown.successor;
    }
    const error = toEnitError(thrown, {
      action: `finish "${name}"`,
      ...(plugin.isBuiltIn ? {} : { plugin: plugin.name }),
    });
    // The command's own error is the one to end with; that of a hook is told besides.
    await after({ ok: false, error }).catch((hookError: unknown) => screen.log.error(toEnitError(hookError).message));
    throw error;
  }
  await after({ ok: true, data: isStream(data) ? null : data });
  if (!isStream(data)) await present(data, call, screen);
  return undefined;
}

/** Prints the items of a stream as they come, those together that come together. */
async function presentStream(
  stream: AsyncIterable<unknown>,
  call: PreparedCall,
  screen: Screen,
  abort: (reason: Error) => void,
): Promise<void> {
  const output = new OutputBatch(screen.console, abort);
  try {
    for await (const item of stream) {
      const waiting = output.add(show(item, call, screen));
      if (waiting !== undefined) await waiting;
    }
  } finally {
    await output.flush();
  }
}

async function present(data: unknown, call: PreparedCall, screen: Screen): Promise<void> {
  const output = show(data, call, screen);
  if (output.length > 0) await screen.console.print(output);
}

/** Data as it is printed: as JSON, as the command's `render` draws it, or as plain text. What cannot be is a defect of the command. */
function show(data: unknown, call: PreparedCall, screen: Screen): string | Uint8Array {
  const { name, plugin } = call;
  let drawing: string | Uint8Array;
  try {
    refuseNoData(data);
    drawing = screen.json ? dataDocument(data) : draw(data, call, screen);
  } catch (thrown) {
    const owner = plugin.isBuiltIn ? {} : { plugin: plugin.name };
    throw toEnitError(thrown, { action: `show the result of "${name}"`, ...owner });
  }
  if (typeof drawing !== "string" || drawing === "" || drawing.endsWith("\n")) return drawing;
  return `${drawing}\n`;
}

/** What would be printed as nothing, or as an empty object, in place of what was meant. */
function refuseNoData(data: unknown): void {
  const isGenerator = typeof data === "object" && data !== null && Symbol.iterator in data && "next" in data;
  if (isGenerator) throw new Error("run returned an iterator, and a stream is an async one: async *run");
  if (typeof data === "function" || typeof data === "symbol") throw new Error(`run returned a ${typeof data}`);
}

function draw(data: unknown, { command }: PreparedCall, screen: Screen): string | Uint8Array {
  const ui = screen.ui(1);
  if (command.render === undefined) return drawPlain(data, ui);
  const drawing: unknown = command.render(data, ui);
  if (typeof drawing === "string" || drawing instanceof Uint8Array) return drawing;
  throw new Error("render returned neither text nor bytes");
}

function isStream(data: unknown): data is AsyncIterable<unknown> {
  return typeof data === "object" && data !== null && Symbol.asyncIterator in data;
}
