import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { connectNode, type OpenTransport } from "../../src/dist/index.ts";
import { openTcp } from "../../src/dist/transport.ts";
import { atom, encodeTerm, integer } from "../../src/term/index.ts";
import { otpInstallations, startNode, type TestNode } from "../support/otp.ts";

setDefaultTimeout(30_000);

/** Seconds. The node sends a tick every quarter of it, and closes when it hears nothing for so long. */
const NET_TICKTIME = 2;

/** Waits in the node until it lets go of us, or for twice its `net_ticktime`. */
function watch(node: TestNode, name: string): Promise<string> {
  return node.text(
    `monitor_node('${name}', true), receive {nodedown, _} -> down after ${2000 * NET_TICKTIME} -> up end`,
  );
}

/** A connection that loses the ticks that we send. */
const withoutTicks: OpenTransport = async (endpoint, events) => {
  const transport = await openTcp(endpoint, events);
  return { ...transport, write: (bytes) => (bytes.length === 4 ? undefined : transport.write(bytes)) };
};

for (const otp of otpInstallations()) {
  describe(`a node of OTP ${otp.major} with a net_ticktime of ${NET_TICKTIME} s`, () => {
    const start = (): Promise<TestNode> => startNode({ otp, args: ["-kernel", "net_ticktime", String(NET_TICKTIME)] });

    test.concurrent(
      "keeps a connection that is idle, and one that it floods, and drops one that sends no ticks",
      async () => {
        await using node = await start();
        const options = { node: node.node, cookie: node.cookie, epmdPort: node.epmdPort };
        await using idle = await connectNode(options);
        await using flooded = await connectNode(options);
        const mute = await connectNode({ ...options, open: withoutTicks });
        const flood =
          "F = fun(_, 0) -> ok; (F, N) -> Input ! N, receive after 20 -> F(F, N - 1) end end, spawn(fun() -> F(F, 250) end)";
        await node.evaluate(flood, encodeTerm(flooded.self));
        expect((await mute.closed)?.message).toStartWith(`cannot talk to "${node.node}": the `);
        expect(await watch(node, idle.self.node)).toBe("up");
        expect(await node.text("lists:sort(nodes(hidden))")).toBe(
          `[${[idle.self.node, flooded.self.node]
            .sort()
            .map((name) => `'${name}'`)
            .join()}]`,
        );
        for (const each of [idle, flooded]) expect(await each.call("erlang", "node", [])).toEqual(atom(node.node));
      },
    );
  });

  test.concurrent(`a node of OTP ${otp.major} that is silent for long is asked, and answers`, async () => {
    await using node = await startNode({ otp });
    const options = { node: node.node, cookie: node.cookie, epmdPort: node.epmdPort };
    await using connection = await connectNode({ ...options, tickTimeout: 1000 });
    expect(await connection.call("timer", "sleep", [integer(2000)])).toEqual(atom("ok"));
  });
}
