import { digestChallenge } from "../../src/dist/handshake.ts";
import { OUR_FLAGS } from "../../src/dist/flags.ts";

/** What a listener does for each connection. */
export interface FakeScript {
  readonly opened?: (socket: Bun.Socket) => void;
  /** `received`: all bytes so far. */
  readonly data?: (socket: Bun.Socket, received: Uint8Array) => void;
  readonly closed?: () => void;
}

export interface FakeServer extends Disposable {
  readonly port: number;
}

/** A TCP server on the loopback address that answers as the script wants, not as a node or epmd would. */
export function fakeServer(script: FakeScript): FakeServer {
  const bytesOf = new WeakMap<Bun.Socket, Uint8Array>();
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open: (socket) => {
        script.opened?.(socket);
      },
      data: (socket, chunk) => {
        const received = Buffer.concat([bytesOf.get(socket) ?? new Uint8Array(), chunk]);
        bytesOf.set(socket, received);
        script.data?.(socket, received);
      },
      close: () => script.closed?.(),
    },
  });
  return { port: listener.port, [Symbol.dispose]: () => listener.stop(true) };
}

export interface FakeNodeOptions {
  readonly name: string;
  readonly cookie: string;
  /** Does something once hands are shaken. */
  readonly shaken: (socket: Bun.Socket) => void;
  /** Takes what comes after that. */
  readonly data?: (socket: Bun.Socket, received: Uint8Array) => void;
  readonly closed?: () => void;
}

/** A server that shakes hands as a node would, and then does what it likes. */
export function fakeNode(options: FakeNodeOptions): FakeServer {
  const OUR_CHALLENGE = 42;
  let greeted = false;
  let handshakeBytes = 0;
  return fakeServer({
    ...(options.closed === undefined ? {} : { closed: options.closed }),
    data: (socket, received) => {
      const view = new DataView(received.buffer, received.byteOffset, received.byteLength);
      const nameBytes = 2 + view.getUint16(0);
      if (!greeted) {
        greeted = true;
        socket.write(message("sok"));
        socket.write(challenge(options.name, OUR_CHALLENGE));
      } else if (handshakeBytes === 0 && received.length >= nameBytes + 23) {
        handshakeBytes = nameBytes + 23;
        const answer = digestChallenge(options.cookie, view.getUint32(nameBytes + 3));
        socket.write(message(Buffer.concat([Buffer.from("a"), answer])));
        options.shaken(socket);
      } else if (handshakeBytes > 0) {
        options.data?.(socket, received.subarray(handshakeBytes));
      }
    },
  });
}

/** A message of the handshake with its length. */
export function message(content: Uint8Array | string): Uint8Array {
  const bytes = Buffer.from(content as string);
  return Buffer.concat([Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes]);
}

function challenge(name: string, number: number): Uint8Array {
  const head = Buffer.alloc(19);
  head.write("N");
  head.writeBigUInt64BE(OUR_FLAGS, 1);
  head.writeUInt32BE(number, 9);
  head.writeUInt32BE(1, 13);
  head.writeUInt16BE(name.length, 17);
  return message(Buffer.concat([head, Buffer.from(name)]));
}
