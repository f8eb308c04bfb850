import { expect, test } from "bun:test";
import { connectNode, type ConnectOptions, type NodeConnection } from "../../src/dist/index.ts";
import { containing } from "../support/containing.ts";
import { failure } from "../support/failure.ts";
import { fakeNode, fakeServer, message } from "./fake-peer.ts";

const NODE = "fake@127.0.0.1";
const COOKIE = "secret_of_this_test";

function connect(port: number, options: Partial<ConnectOptions> = {}): Promise<NodeConnection> {
  return connectNode({ node: NODE, cookie: COOKIE, port, ...options });
}

/** Shakes hands with a fake node that then sends these bytes, and gives why the connection ended. */
async function endAfter(bytes: Uint8Array, options: Partial<ConnectOptions> = {}): Promise<string | undefined> {
  using node = fakeNode({ name: NODE, cookie: COOKIE, shaken: (socket) => socket.write(bytes) });
  const connection = await connect(node.port, options);
  const reason = await connection.closed;
  expect(Bun.inspect(reason)).not.toContain(COOKIE);
  return reason?.message;
}

const refusals: readonly (readonly [what: string, answer: Uint8Array | string, code: string, state: string])[] = [
  ["a web server", "HTTP/1.1 400 Bad Request\r\n\r\n", "handshake_refused", "is no Erlang node"],
  ["a server that speaks first", "SSH-2.0-OpenSSH_9.2p1\r\n", "handshake_refused", "is no Erlang node"],
  ["an empty message", message(""), "handshake_refused", "(it sent a message ends after 0 bytes)"],
  ["a node that does not allow us", message("snot_allowed"), "handshake_refused", 'answered "not_allowed"'],
  ["a node that is connecting to us", message("snok"), "handshake_refused", 'answered "nok"'],
  ["a node that thinks it knows us", message("salive"), "handshake_refused", 'answered "alive"'],
  ["a node that gives us a name", message("snamed:\0\u0001x"), "handshake_refused", 'answered "named:??x"'],
];

for (const [what, answer, code, state] of refusals) {
  test(`connectNode() refuses ${what}`, async () => {
    using server = fakeServer({ data: (socket) => socket.write(answer) });
    const error = await failure(connect(server.port));
    expect(error.code).toBe(code);
    expect(error.message).toStartWith(`cannot connect to "${NODE}": `);
    expect(error.message).toContain(state);
    expect(Bun.inspect(error)).not.toContain(COOKIE);
  });
}

test("connectNode() refuses a server that speaks before we do", async () => {
  using server = fakeServer({ opened: (socket) => socket.write("SSH-2.0-OpenSSH_9.2p1\r\n") });
  const error = await failure(connect(server.port));
  expect(error).toMatchObject({ code: "handshake_refused", data: { host: "127.0.0.1", port: server.port } });
});

test("connectNode() says so when it is closed at once, or after the status", async () => {
  for (const answer of ["", message("sok")]) {
    using server = fakeServer({
      data: (socket) => {
        socket.write(answer);
        socket.end();
      },
    });
    const error = await failure(connect(server.port));
    expect(error.code).toBe("handshake_refused");
    expect(error.message).toContain("during the handshake");
  }
});

test("connectNode() says so when a node of another name answers", async () => {
  using node = fakeNode({ name: "other@127.0.0.1", cookie: COOKIE, shaken: () => {} });
  const error = await failure(connect(node.port));
  expect(error).toMatchObject({ code: "node_not_found", data: { node: NODE, found: "other@127.0.0.1" } });
});

test("connectNode() trusts no peer that does not know the cookie", async () => {
  using node = fakeNode({ name: NODE, cookie: "guessed", shaken: () => {} });
  const error = await failure(connect(node.port));
  expect(error).toMatchObject({ code: "wrong_cookie", message: containing("does not know it") });
  expect(Bun.inspect(error)).not.toContain(COOKIE);
});

test("connectNode() gives up in time when the server says nothing", async () => {
  const closed = Promise.withResolvers<void>();
  using server = fakeServer({ closed: closed.resolve });
  const error = await failure(connect(server.port, { timeout: 20 }));
  expect(error).toMatchObject({
    code: "node_unreachable",
    message: `cannot connect to "${NODE}": nothing came within 20 ms while shaking hands on port ${server.port}`,
  });
  await closed.promise;
});

test("connectNode() ends at once when it is aborted, with the reason of that, and closes", async () => {
  const closed = Promise.withResolvers<void>();
  const controller = new AbortController();
  const reason = new Error("no longer wanted");
  using server = fakeServer({ data: () => controller.abort(reason), closed: closed.resolve });
  await expect(connect(server.port, { signal: controller.signal })).rejects.toBe(reason);
  await closed.promise;
  await expect(connect(server.port, { signal: controller.signal })).rejects.toBe(reason);
});

test("connectNode() names what is no node name, and what is no cookie", async () => {
  for (const node of ["plain", "@host", "name@", "a@b@c", "a b@c", `${"x".repeat(255)}@h`]) {
    expect(await failure(connectNode({ node, cookie: COOKIE }))).toMatchObject({ code: "invalid_node_name" });
  }
  for (const cookie of ["", "\u0100"]) {
    const error = await failure(connectNode({ node: NODE, cookie }));
    expect(error).toMatchObject({ code: "invalid_cookie", kind: "input" });
  }
});

test("a connection ends when a frame is announced that is over the limit", async () => {
  const frame = Uint8Array.of(0, 0, 0x10, 0x01, 112);
  expect(await endAfter(frame, { maxMessageBytes: 0x1000 })).toBe(
    `cannot talk to "${NODE}": the node sent what is no message (a message of 4097 bytes, where 4096 are allowed)`,
  );
});

test("a connection ends when the peer sends what is no message", async () => {
  expect(await endAfter(Uint8Array.of(0, 0, 0, 1, 131))).toContain("a message that begins with 131");
  expect(await endAfter(Uint8Array.of(0, 0, 0, 2, 112, 131))).toContain("the node sent what is no message");
});

test("a connection ends when the peer closes it, also in the middle of a frame, and calls end with it", async () => {
  using node = fakeNode({
    name: NODE,
    cookie: COOKIE,
    shaken: () => {},
    data: (socket) => socket.end(Uint8Array.of(0, 0, 0, 9, 112)),
  });
  const connection = await connect(node.port);
  const error = await failure(connection.call("erlang", "node", []));
  expect(error).toMatchObject({
    code: "connection_closed",
    message: `cannot call "erlang:node/0" on "${NODE}": the node closed the connection`,
    data: { node: NODE, module: "erlang", function: "node", arity: 0 },
  });
  expect((await connection.closed)?.code).toBe("connection_closed");
  expect(await failure(connection.call("erlang", "node", []))).toMatchObject({ code: "connection_closed" });
  expect(() => connection.send("name", connection.self)).toThrow("cannot send a message");
});

test("a connection asks a silent peer, and ends when that does not answer", async () => {
  const probed = Promise.withResolvers<void>();
  using node = fakeNode({
    name: NODE,
    cookie: COOKIE,
    shaken: () => {},
    data: (_socket, received) => {
      if (Buffer.from(received).includes("undefined")) probed.resolve();
    },
  });
  const connection = await connect(node.port, { tickTimeout: 80 });
  await probed.promise;
  expect((await connection.closed)?.message).toBe(`cannot talk to "${NODE}": the node was silent for 0.08 s`);
});

test("a connection answers a tick with a tick", async () => {
  const answered = Promise.withResolvers<string>();
  using node = fakeNode({
    name: NODE,
    cookie: COOKIE,
    shaken: (socket) => socket.write(new Uint8Array(4)),
    data: (_socket, received) => answered.resolve(received.toHex()),
  });
  await using connection = await connect(node.port);
  expect(await answered.promise).toBe("00000000");
  expect(connection.node).toBe(NODE);
});

test("a connection is understood byte by byte", async () => {
  const stream = Buffer.concat([message("sok"), Uint8Array.of(0, 1)]);
  using server = fakeServer({
    data: (socket) => {
      for (const byte of stream) {
        socket.write(Uint8Array.of(byte));
        socket.flush();
      }
      socket.end("?");
    },
  });
  expect((await failure(connect(server.port))).message).toContain('a message "?" where the challenge was due');
});

test("a connection sends ticks of its own while a message comes that takes long", async () => {
  const ticked = Promise.withResolvers<void>();
  using node = fakeNode({
    name: NODE,
    cookie: COOKIE,
    shaken: (socket) => socket.write(Uint8Array.of(0, 1, 0, 0, 112)),
    data: (socket, received) => {
      if (received.length === 12 && received.every((byte) => byte === 0)) ticked.resolve();
      socket.write(Uint8Array.of(131));
    },
  });
  await using connection = await connect(node.port, { tickTimeout: 40 });
  await ticked.promise;
  expect(connection.node).toBe(NODE);
});
