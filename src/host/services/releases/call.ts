import type { EvaluateOptions, FunctionCall } from "../../../contract/index.ts";
import { EnitError } from "../../../error/index.ts";
import type { Release } from "../../../release/index.ts";
import type { Term } from "../../../term/index.ts";
import { connect } from "./connect.ts";
import { inTime } from "./in-time.ts";

/** Calls a function in a running release as `ReleaseService.call` does. */
export async function call(release: Release, called: FunctionCall, options: EvaluateOptions): Promise<Term> {
  const { module, function: name, args } = called;
  const { timeout, onOutput } = options;
  const tooLate = (): EnitError => {
    const node = release.node.nodeName;
    const target = `${module}:${name}/${args.length}`;
    return new EnitError("call_timeout", `cannot call "${target}" on "${node}": no result within ${timeout} ms`, {
      hint: "The node may be busy; what was called goes on there.",
      data: { node, module, function: name, arity: args.length, timeout },
    });
  };
  return inTime(options, tooLate, async (signal) => {
    await using node = await connect(release, { signal });
    return await node.call(module, name, args, { signal, onOutput });
  });
}
