import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connectNode, type NodeConnection } from "../../src/dist/index.ts";
import { atom, binary, integer, list, nil, type Term, tuple } from "../../src/term/index.ts";
import { failure } from "../support/failure.ts";
import { otpInstallations, startNode, type TestNode } from "../support/otp.ts";

const TEN_MEGABYTES = 10 * 1024 * 1024;

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

    test("call() gives what the function returns", async () => {
      const term = tuple(atom("ä"), list([integer(1n << 100n)]), binary("λ"), connection.self);
      expect(await connection.call("lists", "reverse", [list([term, nil])])).toEqual(list([nil, term]));
      expect(await connection.call("erlang", "node", [])).toEqual(atom(node.node));
      expect(await connection.call("erlang", "node", [connection.self])).toEqual(atom(connection.self.node));
    });

    test("call() says that there is no such function", async () => {
      for (const [module, name, args] of [
        ["no_such_module", "f", [integer(1)]],
        ["lists", "no_such_function", []],
        ["lists", "reverse", []],
      ] as const) {
        expect(await failure(connection.call(module, name, args))).toMatchObject({
          code: "call_failed",
          message: `cannot call "${module}:${name}/${args.length}" on "${node.node}": there is no such function`,
          data: { node: node.node, module, function: name, arity: args.length },
        });
      }
    });

    test("call() tells what the function failed with", async () => {
      const undefinedInside = failure(connection.call("lists", "map", [nil, atom("x")]));
      expect((await undefinedInside).message).toContain("it failed with {'EXIT',{function_clause,[{lists,map,");
      const errors: readonly (readonly [string, Term, string])[] = [
        ["error", atom("boom"), "{'EXIT',{boom,[{erlang,error,[boom],"],
        ["exit", atom("kill"), "{'EXIT',kill}"],
      ];
      for (const [name, reason, printed] of errors) {
        const error = await failure(connection.call("erlang", name, [reason]));
        expect(error.code).toBe("call_failed");
        expect(String(error.data["reason"])).toStartWith(printed);
        expect(error.message).toContain(`it failed with ${printed}`);
      }
      const long = await failure(connection.call("erlang", "error", [binary("λ".repeat(5000))]));
      expect(long.message.length).toBeLessThan(2200);
      expect(long.message).toEndWith("λλλ...");
      expect(String(long.data["reason"])).toContain("λ".repeat(5000));
      // As rpc:call does, which cannot tell a throw from a result.
      expect(await connection.call("erlang", "throw", [atom("ball")])).toEqual(atom("ball"));
    });

    test("call() does not say that a function is missing when that one called a missing one", async () => {
      const error = await failure(connection.call("erlang", "apply", [atom("nowhere"), atom("f"), nil]));
      expect(error.message).toContain("it failed with {'EXIT',{undef,[{nowhere,f,[],");
    });

    test("call() notices that the process of the call was killed", async () => {
      // The process that waits in gen_server:call/3 is linked to nobody: whoever is asked may kill it.
      const victim = "fun() -> receive {'$gen_call', {Pid, _}, die} -> exit(Pid, kill) end end";
      await node.evaluate(`register(victim, spawn(${victim}))`);
      const args = [atom("victim"), atom("die"), atom("infinity")];
      const error = await failure(connection.call("gen_server", "call", args));
      expect(error.message).toEndWith("it failed with {'EXIT',killed}");
    });

    test("a thousand calls at once each get their own result", async () => {
      const results = await Promise.all(
        Array.from({ length: 1000 }, (_, index) => connection.call("erlang", "+", [integer(index), integer(1)])),
      );
      expect(results).toEqual(Array.from({ length: 1000 }, (_, index) => integer(index + 1)));
    });

    test("calls end in the order of their work, not of their making", async () => {
      const order: string[] = [];
      const controller = new AbortController();
      const { signal } = controller;
      const slow = connection.call("timer", "sleep", [atom("infinity")], { signal }).catch(() => order.push("slow"));
      await connection.call("erlang", "node", []);
      order.push("fast");
      controller.abort();
      await slow;
      expect(order).toEqual(["fast", "slow"]);
    });

    test("ten megabytes go there and come back", async () => {
      const bytes = new Uint8Array(TEN_MEGABYTES).map((_, index) => index * 31);
      expect(await connection.call("erlang", "md5", [binary(bytes)])).toEqual(
        binary(new Bun.CryptoHasher("md5").update(bytes).digest()),
      );
      const [echo, small] = await Promise.all([
        connection.call("lists", "last", [list([binary(bytes)])]),
        connection.call("erlang", "node", []),
      ]);
      expect(echo.kind === "bitstring" && Buffer.compare(echo.bytes, bytes) === 0).toBe(true);
      expect(small).toEqual(atom(node.node));
    });

    test("call() gives up in time, and drops the result that comes late", async () => {
      const messages: Term[] = [];
      const undo = connection.onMessage((message) => messages.push(message));
      const error = await failure(connection.call("timer", "sleep", [integer(100)], { timeout: 5 }));
      expect(error).toMatchObject({
        code: "call_timeout",
        message: `cannot call "timer:sleep/1" on "${node.node}": no result within 5 ms`,
        data: { timeout: 5 },
      });
      // Another process of the node sleeps longer, so the late result was here before this one.
      await connection.call("timer", "sleep", [integer(200)]);
      undo();
      expect(messages).toEqual([]);
    });

    test("call() ends at once when it is aborted", async () => {
      const controller = new AbortController();
      const reason = new Error("no longer wanted");
      const call = connection.call("timer", "sleep", [atom("infinity")], { signal: controller.signal });
      controller.abort(reason);
      await expect(call).rejects.toBe(reason);
      await expect(connection.call("erlang", "node", [], { signal: controller.signal })).rejects.toBe(reason);
    });

    test("call() says so when there is no rex, and works again when there is one", async () => {
      // What the node says of it depends on whether our monitor was there before.
      const missing = /the node has no process "rex" \((noproc|shutdown)\)$/;
      await node.evaluate("ok = supervisor:terminate_child(kernel_sup, rex)");
      const refused = await failure(connection.call("erlang", "node", []));
      expect(refused.code).toBe("call_failed");
      expect(refused.message).toMatch(missing);
      await node.evaluate("{ok, _} = supervisor:restart_child(kernel_sup, rex)");
      expect(await connection.call("erlang", "node", [])).toEqual(atom(node.node));
      const call = failure(connection.call("timer", "sleep", [atom("infinity")]));
      await node.evaluate("ok = supervisor:terminate_child(kernel_sup, rex)");
      expect((await call).message).toMatch(missing);
      await node.evaluate("{ok, _} = supervisor:restart_child(kernel_sup, rex)");
    });
  });
}
