import type { EnitError } from "../../error/index.ts";
import type { Term } from "../../term/index.ts";
import { patternError } from "./errors.ts";
import type { Identifier } from "./token.ts";

/** What the compiler has to be told by the node whose processes are traced. */
export interface NodeFacts {
  /** The names of the fields of a record, in their order. */
  readonly fieldsOf: (module: string, record: string) => readonly string[] | undefined;
  /** The term that an identifier is on that node; `undefined` if it is another node's. */
  readonly identify: (identifier: Identifier) => Term | undefined;
}

/** What expressions of one pattern are compiled with. */
export interface Scope {
  readonly pattern: string;
  /** The module that a record without one is of. */
  readonly module: string | undefined;
  readonly node: NodeFacts;
  /** Variables of the arguments with their names in match specifications: `$1`, `$2`... */
  readonly variables: Map<string, string>;
}

/** The atoms that mean something else in a match specification: variables. */
export const SPECIAL_ATOM = /^\$\d+$/;

export function errorAt({ pattern }: Scope, offset: number, state: string, hint?: string): EnitError {
  return patternError(pattern, offset, state, { hint });
}

/** The term of a pid, reference or port. Throws `bad_pattern` for one of another node. */
export function identify(scope: Scope, identifier: Identifier, offset: number): Term {
  const term = scope.node.identify(identifier);
  if (term !== undefined) return term;
  throw errorAt(
    scope,
    offset,
    `${identifier.text} is of another node`,
    "Only those of the node itself, which begin with 0, are known.",
  );
}
