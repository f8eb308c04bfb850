import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connectNode, type NodeConnection } from "../../src/dist/index.ts";
import { atom, encodeTerm, integer, type PidTerm, type Term, tuple } from "../../src/term/index.ts";
import { otpInstallations, startNode, type TestNode } from "../support/otp.ts";

/** The next message that a connection gets. */
function nextMessage(connection: NodeConnection): Promise<{ message: Term; to: PidTerm | string }> {
  const { promise, resolve } = Promise.withResolvers<{ message: Term; to: PidTerm | string }>();
  const undo = connection.onMessage((message, to) => {
    undo();
    resolve({ message, to });
  });
  return promise;
}

for (const otp of otpInstallations()) {
  describe(`on OTP ${otp.major}`, () => {
    let node: TestNode;
    let connection: NodeConnection;
    beforeAll(async () => {
      node = await startNode({ otp });
      connection = await connectNode({ node: node.node, cookie: node.cookie, epmdPort: node.epmdPort });
    });
    afterAll(async () => {
      await connection.close();
      await node[Symbol.asyncDispose]();
    });

    /** Evaluates with our pid as `Input`. */
    const evaluate = (expressions: string): Promise<string> => node.text(expressions, encodeTerm(connection.self));
    /** A pid that could be ours and is not there. */
    const nobody = (): Uint8Array => encodeTerm({ ...connection.self, id: 4711 });

    test("onMessage() takes what is sent to our pid, and to names", async () => {
      const first = nextMessage(connection);
      await evaluate("Input ! {hello, 1}");
      expect(await first).toEqual({ message: tuple(atom("hello"), integer(1)), to: connection.self });
      const second = nextMessage(connection);
      await evaluate("{someone, node(Input)} ! hello");
      expect(await second).toEqual({ message: atom("hello"), to: "someone" });
    });

    test("onMessage() takes messages in order, and none for pids that are not there", async () => {
      const messages: Term[] = [];
      const last = Promise.withResolvers<void>();
      const undo = connection.onMessage((message) => {
        if (message.kind === "atom") last.resolve();
        else messages.push(message);
      });
      await node.evaluate("Input ! 0, Input ! stop", nobody());
      await evaluate("[Input ! N || N <- lists:seq(1, 1000)], Input ! stop");
      await last.promise;
      undo();
      expect(messages).toEqual(Array.from({ length: 1000 }, (_, index) => integer(index + 1)));
    });

    test("send() reaches names and pids of the node", async () => {
      const pid = nextMessage(connection);
      const received = evaluate(
        "register(waiting, self()), Input ! self(), receive M1 -> ok end, receive M2 -> {M1, M2} end",
      );
      const { message } = await pid;
      if (message.kind !== "pid") throw new Error("no pid came");
      connection.send("waiting", tuple(atom("by"), atom("name")));
      connection.send(message, connection.self);
      expect(await received).toMatch(/^\{\{by,name\},<\d+\.1\.0>\}$/);
      connection.send("nobody_of_this_name", atom("x"));
      expect(await connection.call("erlang", "node", [])).toEqual(atom(node.node));
    });

    test("a monitor on our pid stands, one on a pid or name that is not there goes down at once", async () => {
      const down = "receive {'DOWN', R, process, _, Why} -> Why after 5000 -> none end";
      expect(await node.text(`R = monitor(process, Input), ${down}`, nobody())).toBe("noproc");
      expect(await evaluate(`R = monitor(process, {nobody, node(Input)}), ${down}`)).toBe("noproc");
      const standing = nextMessage(connection);
      const ended = evaluate(`R = monitor(process, Input), Input ! monitored, ${down}`);
      expect((await standing).message).toEqual(atom("monitored"));
      const second = await connectNode({ node: node.node, cookie: node.cookie, epmdPort: node.epmdPort });
      // The monitor of the first connection outlives another one's end, and ends with its own.
      await second.close();
      await connection.close();
      expect(await ended).toBe("noconnection");
      connection = await connectNode({ node: node.node, cookie: node.cookie, epmdPort: node.epmdPort });
    });

    test("a link to our pid stands, one to a pid that is not there breaks at once", async () => {
      const exit = "receive {'EXIT', Input, Why} -> Why after 5000 -> none end";
      const trap = "process_flag(trap_exit, true), link(Input)";
      expect(await node.text(`${trap}, ${exit}`, nobody())).toBe("noproc");
      const standing = nextMessage(connection);
      const unlinked = evaluate(`${trap}, Input ! linked, unlink(Input), link(Input), unlink(Input), ok`);
      expect((await standing).message).toEqual(atom("linked"));
      expect(await unlinked).toBe("ok");
    });

    test("exits reach our pid as messages, as they reach a process that traps them", async () => {
      const sent = nextMessage(connection);
      await evaluate("exit(Input, enough)");
      expect((await sent).message).toMatchObject({ elements: [atom("EXIT"), { kind: "pid" }, atom("enough")] });
      const linked = nextMessage(connection);
      await evaluate("spawn(fun() -> link(Input), exit(gone) end)");
      expect((await linked).message).toMatchObject({ elements: [atom("EXIT"), { kind: "pid" }, atom("gone")] });
    });

    test("what only a whole node can do is refused, and does no harm", async () => {
      expect(await evaluate("catch spawn_monitor(node(Input), erlang, node, [])")).toMatch(/notsup/);
      expect(await evaluate("rpc:call(node(Input), erlang, node, [], 5000)")).toMatch(/^\{badrpc,/);
      expect(await evaluate("group_leader(self(), Input), net_adm:ping(node(Input))")).toBe("pong");
      expect(await connection.call("erlang", "node", [])).toEqual(atom(node.node));
    });

    test("a listener that is undone hears nothing more", async () => {
      let heard = 0;
      connection.onMessage(() => (heard += 1))();
      const other = nextMessage(connection);
      await evaluate("Input ! hello");
      await other;
      expect(heard).toBe(0);
    });
  });
}
