import { afterAll, describe, expect, test } from "bun:test";
import { connectNode } from "../../src/dist/index.ts";
import { identifyOn, makeRequest, readProcesses } from "../../src/host/services/tracing/request.ts";
import { printTerm, textValue } from "../../src/term/index.ts";
import { type NodeFacts, compilePattern, parsePattern } from "../../src/trace/index.ts";
import { failure } from "../support/failure.ts";
import { otpInstallations, startNode } from "../support/otp.ts";

const nodes = await Promise.all(
  otpInstallations().map(async (otp) => {
    const node = await startNode({ otp });
    const { cookie, epmdPort } = node;
    return { otp, node, connection: await connectNode({ node: node.node, cookie, epmdPort }) };
  }),
);
afterAll(async () => {
  for (const { node, connection } of nodes) {
    await connection.close();
    await node[Symbol.asyncDispose]();
  }
});

describe.each(nodes)("on OTP $otp.major", ({ node, connection }) => {
  const facts: NodeFacts = { fieldsOf: () => undefined, identify: (identifier) => identifyOn(connection, identifier) };

  test("pids, references and ports of a pattern are those that the shell of the node prints so", async () => {
    const texts = await node.text(
      `{pid_to_list(self()), ref_to_list(make_ref()), ref_to_list(alias()), port_to_list(hd(erlang:ports()))}`,
    );
    const [pid, reference, alias, port] = [...texts.matchAll(/"([^"]*)"/g)].map(([, text]) => text ?? "");
    for (const [text, toText] of [
      [pid, "pid_to_list"],
      [reference, "ref_to_list"],
      [alias, "ref_to_list"],
      [port, "port_to_list"],
    ] as const) {
      const compiled = compilePattern(parsePattern(`m:f(${text})`), facts);
      const spec = compiled.kind === "calls" ? compiled.matchSpec : undefined;
      const clause = spec?.kind === "list" ? spec.elements[0] : undefined;
      const head = clause?.kind === "tuple" ? clause.elements[0] : undefined;
      const [term] = head?.kind === "list" ? head.elements : [];
      if (term === undefined) throw new Error("no argument");
      expect(textValue(await connection.call("erlang", toText, [term]))).toBe(text);
    }
  });

  test("processes are groups, names and pids", async () => {
    const choices = readProcesses(["all", "running", "rex", "<0.1.2>"]);
    const request = makeRequest([], choices, connection, { seconds: 0.0005, messages: "infinity", rate: "infinity" });
    const text = printTerm(request, { width: 0 });
    expect(text).toContain("processes => [all,existing,{name,rex},<0.1.2>]");
    expect(text).toContain("time => 1,messages => infinity,rate => infinity");
    const pid = await connection.call("maps", "get", [{ kind: "atom", name: "processes" }, request]);
    const [, , , last] = pid.kind === "list" ? pid.elements : [];
    expect(last === undefined ? "" : textValue(await connection.call("erlang", "pid_to_list", [last]))).toBe("<0.1.2>");
  });
});

test("processes that are none are refused", async () => {
  for (const text of ["", "<1.2.3>", "<0.1>"]) {
    expect(await failure(() => readProcesses([text]))).toMatchObject({ code: "bad_process", kind: "usage" });
  }
});
