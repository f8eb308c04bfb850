import { EnitError, type Context, type Term } from "../../src/contract/index.ts";

interface ReleaseRequest {
  readonly release: string;
  readonly match: boolean;
}

/** What the Erlang module asks for. */
export type Request = ReleaseRequest &
  (
    | { readonly kind: "config"; readonly showCookie: boolean }
    | {
        readonly kind: "call";
        readonly module: string;
        readonly function: string;
        readonly args: readonly Term[];
        /** Milliseconds. */
        readonly timeout: number | undefined;
      }
  );

/** Reads `{config, Release, Options}` or `{call, Release, Options, Module, Function, Arguments}`. Throws `bad_request`. */
export function readRequest(terms: Context["terms"], request: Term): Request {
  const { atomName, isTuple, listElements, mapValue, textValue, booleanValue, integerValue } = terms;
  const [kind, name, options, module, functionName, args] = isTuple(request) ? request.elements : [];
  const release = textValue(name);
  const isSet = (option: string): boolean => booleanValue(mapValue(options, option)) ?? false;
  if (release !== undefined && options?.kind === "map") {
    const asked = { release, match: isSet("match") };
    if (atomName(kind) === "config") return { ...asked, kind: "config", showCookie: isSet("show_cookie") };
    const call = { module: atomName(module), function: atomName(functionName), args: listElements(args) };
    if (
      atomName(kind) === "call" &&
      call.module !== undefined &&
      call.function !== undefined &&
      call.args !== undefined
    ) {
      const { module: ofModule, function: called, args: list } = call;
      const timeout = integerValue(mapValue(options, "timeout"));
      return { ...asked, kind: "call", module: ofModule, function: called, args: list, timeout };
    }
  }
  throw new EnitError("bad_request", 'cannot read the request on "standard input": it is none that this enit knows', {
    kind: "input",
    hint: "This command is run by the Erlang module enit, which has to be of the same version.",
  });
}
