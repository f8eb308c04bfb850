import { type CompiledCalls, type NodeFacts, compilePattern, parsePattern } from "../../../src/trace/index.ts";

/** A node with one record, whose pids are those of a VM without a name. */
export const FACTS: NodeFacts = {
  fieldsOf: (module, record) => (module === "mod" && record === "rec" ? ["first", "second", "third"] : undefined),
  identify: ({ kind, numbers: [node, id, serial] }) =>
    kind === "pid" && node === 0n
      ? { kind, node: "nonode@nohost", id: Number(id), serial: Number(serial), creation: 0 }
      : undefined,
};

/** Compiles a pattern of calls. */
export function compileCalls(pattern: string, facts = FACTS): CompiledCalls {
  const compiled = compilePattern(parsePattern(pattern), facts);
  if (compiled.kind !== "calls") throw new Error(`not of calls: ${pattern}`);
  return compiled;
}
