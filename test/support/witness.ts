import { chmodSync } from "node:fs";
import type { Socket } from "bun";

/** What the applications of `test/fixtures/relex` tell, each event a term as `~0tp` prints it. */
export interface Witness extends Disposable {
  /** The socket that they tell it to. */
  readonly path: string;
  /** All events so far. */
  readonly events: readonly string[];
  /**
   * Settles when an event of this text comes, and has its teller wait until `goOn` is called. Ask before it can come;
   * events that nobody asks for wait for nobody.
   */
  readonly hold: (event: string) => Promise<Held>;
  /** Asks for nothing any more. */
  readonly forget: () => void;
}

export interface Held {
  readonly goOn: () => void;
}

/** Listens on a socket that any user may connect to. */
export function startWitness(path: string): Witness {
  const events: string[] = [];
  const awaited = new Map<string, (held: Held) => void>();
  const listener = Bun.listen<{ text: string }>({
    unix: path,
    socket: {
      open: (socket) => {
        socket.data = { text: "" };
      },
      data: (socket, chunk) => {
        socket.data.text += chunk.toString("utf8");
        if (socket.data.text.endsWith("\n")) take(socket, socket.data.text.trimEnd());
      },
    },
  });
  chmodSync(path, 0o777);

  function take(socket: Socket<{ text: string }>, event: string): void {
    events.push(event);
    const tell = awaited.get(event);
    awaited.delete(event);
    if (tell === undefined) socket.end();
    else tell({ goOn: () => socket.end() });
  }

  return {
    path,
    events,
    hold: (event) => {
      const { promise, resolve } = Promise.withResolvers<Held>();
      awaited.set(event, resolve);
      return promise;
    },
    forget: () => awaited.clear(),
    [Symbol.dispose]: () => listener.stop(true),
  };
}
