import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connectNode, type NodeConnection } from "../../src/dist/index.ts";
import { atom, binary, integer, list, nil, string, type Term, tuple } from "../../src/term/index.ts";
import { otpInstallations, startNode, type TestNode } from "../support/otp.ts";

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

    /** What a call gives, and what it prints. */
    async function run(module: string, name: string, args: readonly Term[]): Promise<[Term, string]> {
      let printed = "";
      const onOutput = (text: string): void => {
        printed += text;
      };
      const result = await connection.call(module, name, args, { onOutput });
      return [result, printed];
    }

    test("onOutput takes what the io module prints, in every form", async () => {
      const ok = atom("ok");
      expect(await run("io", "format", [string("~p ~ts~n"), list([string("abc"), string("λü")])])).toEqual([
        ok,
        '"abc" λü\n',
      ]);
      expect(await run("io", "put_chars", [string("λ€𝄞")])).toEqual([ok, "λ€𝄞"]);
      expect(await run("io", "put_chars", [list([binary("λ"), list([integer(65)])])])).toEqual([ok, "λA"]);
      expect(await run("io", "write", [tuple(atom("a"), nil)])).toEqual([ok, "{a,[]}"]);
      expect(await run("io", "nl", [])).toEqual([ok, "\n"]);
      const requests = [
        tuple(atom("put_chars"), string("one ")),
        tuple(atom("put_chars"), atom("unicode"), string("twö")),
      ];
      expect(await run("io", "requests", [list(requests)])).toEqual([ok, "one twö"]);
      expect(await run("file", "write", [atom("standard_io"), binary(Uint8Array.of(0xfc, 10))])).toEqual([ok, "ü\n"]);
      expect(await run("io", "printable_range", [])).toEqual([atom("latin1"), ""]);
    });

    test("a call that prints comes back after its output, also when it prints much", async () => {
      const lines = list(Array.from({ length: 5000 }, (_, index) => string(`line ${index}\n`)));
      const [result, printed] = await run("lists", "foreach", [await printer(), lines]);
      expect(result).toEqual(atom("ok"));
      expect(printed.split("\n")).toEqual([...Array.from({ length: 5000 }, (_, index) => `line ${index}`), ""]);
    });

    test("a call that reads finds the end of its input", async () => {
      expect(await run("io", "get_line", [string("> ")])).toEqual([atom("eof"), ""]);
      expect(await run("io", "get_chars", [string("> "), integer(3)])).toEqual([atom("eof"), ""]);
      expect(await run("io", "fread", [string("> "), string("~d")])).toEqual([atom("eof"), ""]);
      expect(await run("io", "columns", [])).toEqual([tuple(atom("error"), atom("enotsup")), ""]);
      const [options] = await run("io", "getopts", []);
      expect(options).toEqual(list([tuple(atom("encoding"), atom("unicode"))]));
    });

    test("a format that is wrong fails the call, as it does at home", async () => {
      const call = connection.call("io", "format", [string("~p~p"), nil], { onOutput: () => {} });
      await expect(call).rejects.toThrow("it failed with {'EXIT',{badarg,");
    });

    test("calls at once each get their own output", async () => {
      const outputs = await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const [, printed] = await run("io", "format", [string("~b"), list([integer(index)])]);
          return printed;
        }),
      );
      expect(outputs).toEqual(Array.from({ length: 20 }, (_, index) => String(index)));
    });

    test("without onOutput the node prints, and we are nobody's group leader", async () => {
      expect(await connection.call("erlang", "group_leader", [])).toEqual(
        await connection.call("erlang", "whereis", [atom("user")]),
      );
      const leader = await connection.call("erlang", "group_leader", [], { onOutput: () => {} });
      expect(leader).toMatchObject({ kind: "pid", node: connection.self.node, creation: connection.self.creation });
    });

    /** `fun io:put_chars/1` */
    async function printer(): Promise<Term> {
      return { kind: "export", module: "io", function: "put_chars", arity: 1 };
    }
  });
}
