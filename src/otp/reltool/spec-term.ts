import { type Term, atom, binary, list, string, tuple } from "../../term/index.ts";
import type { SpecItem } from "./spec.ts";

/** The term of a target specification, as `reltool:get_target_spec/1` gives it. */
export function specToTerm(items: readonly SpecItem[]): Term {
  return list(items.map(itemToTerm));
}

function itemToTerm(item: SpecItem): Term {
  const head = [atom(item.kind), string(item.name)];
  switch (item.kind) {
    case "create_dir":
      return tuple(...head, ...optional(item.source), specToTerm(item.items));
    case "archive":
      return tuple(...head, list(item.options), specToTerm(item.items));
    case "copy_file":
      return tuple(...head, ...optional(item.source));
    case "write_file":
      return tuple(...head, binary(item.content));
    case "strip_beam":
      return tuple(...head, ...(item.keep === undefined ? [] : [list(item.keep.map(string))]));
  }
}

function optional(source: string | undefined): Term[] {
  return source === undefined ? [] : [string(source)];
}
