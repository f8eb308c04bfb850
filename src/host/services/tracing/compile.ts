import type { WaitOptions } from "../../../contract/index.ts";
import type { NodeConnection } from "../../../dist/index.ts";
import { type EnitError, nearestName } from "../../../error/index.ts";
import type { Release } from "../../../release/index.ts";
import { atom, atomName, isTagged, listElements, textValue } from "../../../term/index.ts";
import {
  type CompiledPattern,
  type Pattern,
  type RecordName,
  compilePattern,
  patternError,
  recordsOf,
} from "../../../trace/index.ts";
import { callAgent } from "../releases/agent.ts";
import { identifyOn } from "./request.ts";

/** Compiles patterns with what a node knows: the fields of records, its pids. Throws `bad_pattern`, `unknown_record`. */
export async function compileOnNode(
  node: NodeConnection,
  release: Release,
  patterns: readonly Pattern[],
  options: WaitOptions,
): Promise<readonly CompiledPattern[]> {
  const fields = new Map<string, readonly string[]>();
  for (const pattern of patterns) {
    for (const name of pattern.kind === "calls" ? recordsOf(pattern) : []) {
      const key = keyOf(name.module, name.record);
      if (!fields.has(key)) fields.set(key, await askForFields({ node, release, text: pattern.text }, name, options));
    }
  }
  return patterns.map((each) =>
    compilePattern(each, {
      fieldsOf: (module, record) => fields.get(keyOf(module, record)),
      identify: (identifier) => identifyOn(node, identifier),
    }),
  );
}

function keyOf(module: string, record: string): string {
  return JSON.stringify([module, record]);
}

interface Asked {
  readonly node: NodeConnection;
  readonly release: Release;
  /** The pattern that names the record. */
  readonly text: string;
}

async function askForFields(
  { node, release, text }: Asked,
  { module, record, offset }: RecordName,
  { signal }: WaitOptions,
): Promise<readonly string[]> {
  const answer = await callAgent(node, release, "enit_trace", "fields", [atom(module), atom(record)], { signal });
  const [, value] = answer.kind === "tuple" ? answer.elements : [];
  if (isTagged(answer, "ok", 2)) return (listElements(value) ?? []).map((each) => atomName(each) ?? "");

  const failed = (state: string, hint?: string): EnitError =>
    patternError(text, offset, state, { code: "unknown_record", hint });
  if (isTagged(value, "no_record", 2)) {
    const known = (listElements(value.elements[1]) ?? []).map((each) => textValue(each) ?? "");
    const nearest = nearestName(record, known);
    const hint = nearest === undefined ? describeKnown(module, known) : `Did you mean ${module}#${nearest}?`;
    throw failed(`the module ${module} has no record ${record}`, hint);
  }
  if (atomName(value) === "no_debug_info") {
    const hint = "Write a tuple in its place: {NAME, _, Value, _}";
    throw failed(`the module ${module} has no debug information, which names the fields`, hint);
  }
  throw failed(`there is no module ${module}`);
}

function describeKnown(module: string, records: readonly string[]): string {
  return records.length === 0 ? `${module} has no records.` : `${module} has ${records.join(", ")}.`;
}
