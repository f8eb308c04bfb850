import { expect, test } from "bun:test";
import { hostname } from "node:os";
import { listNodes, lookupNode } from "../../src/dist/index.ts";
import { containing } from "../support/containing.ts";
import { failure } from "../support/failure.ts";
import { freePort, otpInstallations, startEpmd, startNode } from "../support/otp.ts";
import { fakeServer } from "./fake-peer.ts";

for (const otp of otpInstallations()) {
  test(`lookupNode() and listNodes() find what is registered with the epmd of OTP ${otp.major}`, async () => {
    await using epmd = await startEpmd(otp);
    const options = { epmdPort: epmd.port };
    expect(await listNodes(options)).toEqual([]);
    expect(await lookupNode("nobody", options)).toBeUndefined();
    await using first = await startNode({ otp, epmdPort: epmd.port });
    await using second = await startNode({ otp, epmdPort: epmd.port, name: "the-second_1" });
    const [name = ""] = first.node.split("@");
    const nodes = await listNodes(options);
    expect(nodes.map((node) => node.name).sort()).toEqual([name, "the-second_1"].sort());
    for (const host of ["localhost", "127.0.0.1", hostname()]) {
      expect(await lookupNode(name, { ...options, host })).toEqual(nodes.find((node) => node.name === name));
    }
    expect(await lookupNode("the-second_1", options)).toEqual(nodes.find((node) => node.name === "the-second_1"));
    expect(await second.text("erlang:is_alive()")).toBe("true");
  });
}

test("lookupNode() and listNodes() say that there is no epmd", async () => {
  const epmdPort = freePort();
  expect(await failure(lookupNode("relex", { epmdPort }))).toMatchObject({
    code: "epmd_unreachable",
    message: `cannot find node "relex": no epmd answers at localhost:${epmdPort} (nothing listens there)`,
    data: { host: "localhost", port: epmdPort },
  });
  expect(await failure(listNodes({ host: "::1", epmdPort }))).toMatchObject({
    message: `cannot list the nodes: no epmd answers at [::1]:${epmdPort} (nothing listens there)`,
  });
  expect((await failure(listNodes({ host: "no-such-host.invalid", epmdPort }))).message).toContain(
    "the host name does not resolve",
  );
});

test("lookupNode() and listNodes() say that something else answers", async () => {
  using web = fakeServer({ data: (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n") });
  expect(await failure(lookupNode("relex", { epmdPort: web.port }))).toMatchObject({
    code: "epmd_unreachable",
    message: containing("something else gave an answer that begins with 72"),
  });
  expect(await failure(listNodes({ epmdPort: web.port }))).toMatchObject({
    message: containing("something else gave an answer that lists no nodes"),
  });
  using short = fakeServer({ data: (socket) => socket.end(Uint8Array.of(119, 0, 1)) });
  expect((await failure(lookupNode("relex", { epmdPort: short.port }))).message).toContain("an answer that is cut off");
});

test("listNodes() refuses an answer without end", async () => {
  const megabyte = new Uint8Array(1 << 20);
  using server = fakeServer({
    data: (socket) => {
      socket.write(megabyte);
      socket.write("x");
    },
  });
  expect((await failure(listNodes({ epmdPort: server.port }))).message).toContain("an answer without end");
});

test("lookupNode() understands an answer that comes byte by byte", async () => {
  const answer = Uint8Array.fromHex("77008e0d4d000006000500087265636f726465640000");
  using server = fakeServer({
    opened: (socket) => {
      socket.setNoDelay(true);
      for (const byte of answer) socket.write(Uint8Array.of(byte));
    },
  });
  expect(await lookupNode("recorded", { epmdPort: server.port })).toEqual({ name: "recorded", port: 0x8e0d });
});

test("lookupNode() refuses a node that speaks version 5 of the protocol only", async () => {
  const answer = Uint8Array.fromHex("77008e0d4d00000500050001610000");
  using server = fakeServer({ data: (socket) => socket.end(answer) });
  expect(await failure(lookupNode("a", { epmdPort: server.port }))).toMatchObject({
    code: "handshake_refused",
    kind: "unsupported",
  });
});

test("lookupNode() gives up in time, and when it is aborted, and leaves no connection", async () => {
  const closed = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let connections = 0;
  const controller = new AbortController();
  using silent = fakeServer({
    data: () => {
      if (connections > 0) controller.abort(new Error("no longer wanted"));
    },
    closed: () => closed[connections++]?.resolve(),
  });
  const options = { epmdPort: silent.port };
  const error = await failure(lookupNode("relex", { ...options, timeout: 20 }));
  expect(error.message).toContain("nothing came within 20 ms");
  await closed[0]?.promise;
  await expect(lookupNode("relex", { ...options, signal: controller.signal })).rejects.toThrow("no longer wanted");
  await closed[1]?.promise;
});
