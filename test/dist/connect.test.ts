import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { hostname } from "node:os";
import { connectNode, lookupNode, type NodeConnection } from "../../src/dist/index.ts";
import { openTcp } from "../../src/dist/transport.ts";
import { atom, binary, integer, list, type Term, tuple } from "../../src/term/index.ts";
import { containing } from "../support/containing.ts";
import { failure } from "../support/failure.ts";
import { freePort, otpInstallations, startNode, systemOtp, type TestNode } from "../support/otp.ts";

/** Where a test node is, as `connectNode` wants it. */
function of(node: TestNode): { node: string; cookie: string; epmdPort: number } {
  return { node: node.node, cookie: node.cookie, epmdPort: node.epmdPort };
}

async function nameOf(connection: NodeConnection): Promise<Term> {
  return connection.call("erlang", "node", []);
}

for (const otp of otpInstallations()) {
  describe(`on OTP ${otp.major}`, () => {
    let shared: TestNode;
    beforeAll(async () => {
      shared = await startNode({ otp, cookie: "the_right_one" });
    });
    afterAll(async () => {
      await shared[Symbol.asyncDispose]();
    });

    test("connectNode() is a hidden node of its own name to a node of short names", async () => {
      await using connection = await connectNode(of(shared));
      await using second = await connectNode(of(shared));
      expect(await nameOf(connection)).toEqual(atom(shared.node));
      const [short = ""] = hostname().split(".");
      expect(connection.self.node).toMatch(new RegExp(`^enit-${process.pid}-\\w+@${short}$`));
      expect(await shared.text("lists:sort(nodes(hidden))")).toBe(
        `[${[connection.self.node, second.self.node]
          .sort()
          .map((name) => `'${name}'`)
          .join()}]`,
      );
      expect(await shared.text("nodes()")).toBe("[]");
      expect(await shared.text("erlang:system_info(creation)")).toBe(String(connection.creation));
      expect(await shared.text(`net_adm:ping('${connection.self.node}')`)).toBe("pong");
    });

    test("connectNode() reaches nodes of long names: an address, and a host that does not resolve", async () => {
      await using node = await startNode({ otp, longNames: true, host: "127.0.0.1" });
      await using far = await startNode({
        otp,
        longNames: true,
        host: "relex.example.invalid",
        epmdPort: node.epmdPort,
      });
      for (const each of [node, far]) {
        await using connection = await connectNode({ ...of(each), address: "127.0.0.1" });
        expect(await nameOf(connection)).toEqual(atom(each.node));
        expect(connection.self.node).toMatch(/@[^@]+\.[^@]+$/);
      }
      expect((await failure(connectNode(of(far)))).message).toContain("the host name does not resolve");
    });

    test("connectNode() reaches a node that listens on one address only, by that", async () => {
      await using node = await startNode({ otp, args: ["-kernel", "inet_dist_use_interface", "{127,0,0,2}"] });
      await using connection = await connectNode({ ...of(node), address: "127.0.0.2" });
      expect(await nameOf(connection)).toEqual(atom(node.node));
      expect(await failure(connectNode(of(node)))).toMatchObject({
        code: "node_unreachable",
        message: containing("nothing listens there (127.0.0.1:"),
        hint: containing("inet_dist_use_interface"),
      });
    });

    test("connectNode() reaches a node by IPv6", async () => {
      await using node = await startNode({ otp, longNames: true, host: "::1", args: ["-proto_dist", "inet6_tcp"] });
      await using connection = await connectNode(of(node));
      expect(await nameOf(connection)).toEqual(atom(node.node));
    });

    test("connectNode() reaches a node by its port alone, and over a transport of the caller", async () => {
      const port = freePort();
      const args = ["-kernel", "inet_dist_listen_min", String(port), "inet_dist_listen_max", String(port)];
      await using node = await startNode({ otp, args });
      const endpoints: unknown[] = [];
      await using connection = await connectNode({
        node: node.node,
        cookie: node.cookie,
        port,
        epmdPort: freePort(),
        open: (endpoint, events) => {
          endpoints.push(endpoint);
          return openTcp(endpoint, events);
        },
      });
      expect(await nameOf(connection)).toEqual(atom(node.node));
      expect(endpoints).toEqual([{ host: "127.0.0.1", port }]);
    });

    test("a connection works when every byte comes alone", async () => {
      await using connection = await connectNode({
        ...of(shared),
        open: (endpoint, events) =>
          openTcp(endpoint, {
            data: (chunk) => {
              for (const byte of chunk) events.data(Uint8Array.of(byte));
            },
            closed: (error) => events.closed(error),
          }),
      });
      const text = "äλ€".repeat(1000);
      const args = [list([binary(text), connection.self])];
      expect(await connection.call("lists", "reverse", args)).toEqual(list([connection.self, binary(text)]));
    });

    test("connectNode() says that the cookie is wrong, and never which", async () => {
      const error = await failure(connectNode({ ...of(shared), cookie: "the_wrong_one" }));
      expect(error).toMatchObject({
        code: "wrong_cookie",
        message: `cannot connect to "${shared.node}": wrong cookie (the node closed the connection)`,
      });
      expect(Bun.inspect(error)).not.toMatch(/the_(right|wrong)_one/);
    });

    test("connectNode() says that a node is not there, and which are", async () => {
      const error = await failure(connectNode({ ...of(shared), node: `no_${shared.node}` }));
      const [name] = shared.node.split("@");
      expect(error).toMatchObject({
        code: "node_not_found",
        message: `cannot connect to "no_${shared.node}": no such node is running`,
        data: { registered: [name] },
        hint: containing(String(name)),
      });
    });

    test("connectNode() says that a node refuses it, and that a node hangs", async () => {
      await using node = await startNode({ otp });
      const found = await lookupNode(String(node.node.split("@")[0]), { epmdPort: node.epmdPort });
      await node.evaluate("sys:suspend(net_kernel)");
      expect(await failure(connectNode({ ...of(node), port: found?.port, timeout: 50 }))).toMatchObject({
        code: "node_unreachable",
        message: containing("nothing came within 50 ms while shaking hands"),
      });
      await node.evaluate("sys:resume(net_kernel), net_kernel:allow(['only@this'])");
      expect(await failure(connectNode(of(node)))).toMatchObject({
        code: "handshake_refused",
        data: { status: "not_allowed" },
      });
    });

    test("a connection tells when its node is killed, and its calls end", async () => {
      await using node = await startNode({ otp });
      await using connection = await connectNode(of(node));
      const call = failure(connection.call("timer", "sleep", [atom("infinity")]));
      const begun = Promise.withResolvers<void>();
      connection.onMessage(() => begun.resolve());
      await connection.call("erlang", "send", [connection.self, atom("begun")]);
      await begun.promise;
      process.kill(node.pid, "SIGKILL");
      expect(await call).toMatchObject({ code: "connection_closed", data: { function: "sleep" } });
      expect((await connection.closed)?.message).toStartWith(`cannot talk to "${node.node}": the `);
    });

    test("close() ends calls and tells the node, which lets go of us", async () => {
      const connection = await connectNode(of(shared));
      const call = failure(connection.call("timer", "sleep", [atom("infinity")]));
      const down = shared.text(
        `monitor_node('${connection.self.node}', true), receive {nodedown, N} -> N after 5000 -> still_there end`,
      );
      await connection.call("erlang", "node", []);
      await connection.close();
      expect((await call).message).toContain("the connection was closed here");
      expect(await connection.closed).toBeUndefined();
      expect(await down).toBe(`'${connection.self.node}'`);
    });
  });
}

test("connectNode() serves nodes of all OTP releases from one process at once", async () => {
  const nodes = await Promise.all(otpInstallations().map((otp) => startNode({ otp })));
  const names = await Promise.all(
    nodes.map(async (node) => {
      await using cleanup = new AsyncDisposableStack();
      cleanup.use(node);
      const connection = cleanup.use(await connectNode(of(node)));
      return await connection.call("erlang", "element", [integer(1), tuple(atom(node.node))]);
    }),
  );
  expect(names).toEqual(nodes.map((node) => atom(node.node)));
});

test("connectNode() finds nobody where no epmd is", async () => {
  const [epmdPort, otp] = [freePort(), systemOtp()];
  expect(otp.major).toBeGreaterThanOrEqual(25);
  const error = await failure(connectNode({ node: `relex@${hostname()}`, cookie: "monster", epmdPort }));
  expect(error).toMatchObject({ code: "epmd_unreachable", data: { port: epmdPort } });
  expect(Bun.inspect(error)).not.toContain("monster");
});
