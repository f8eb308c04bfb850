import { atom, atomName, isTuple, list, listElements, printTerm, tuple } from "../term/index.ts";
import type { ListTerm, Term } from "../term/index.ts";
import type { MergedConfig } from "./config-model.ts";

/** The configuration of applications: values by key by application. */
export type ConfigTable = ReadonlyMap<string, ReadonlyMap<string, Term>>;

/** The section that is enit's own and no application's. */
const NODE = "node";

/** The configuration as OTP takes it in a `sys.config`: `[{Application, [{Key, Value}]}]`, without the section `node`. */
export function toSysConfig(config: MergedConfig): ListTerm {
  const sections = config.sections.filter(({ application }) => application !== NODE);
  return list(
    sections.map(({ application, keys }) =>
      tuple(atom(application), list(keys.map(({ name, value }) => tuple(atom(name), value)))),
    ),
  );
}

/** The text of a `sys.config` in UTF-8, which `file:consult/1` reads back as the same term. */
export function formatSysConfig(config: MergedConfig): string {
  return `%% coding: utf-8\n${printTerm(toSysConfig(config), { format: "tp" })}.\n`;
}

/** The configuration as a table, without the section `node`. */
export function toConfigTable(config: MergedConfig): ConfigTable {
  return tableOf(toSysConfig(config)) ?? new Map();
}

/**
 * Reads the term of a `sys.config`, of `application:get_all_env/1` of several applications, or the like.
 *
 * @returns `undefined` if it is no `[{Application, [{Key, Value}]}]`; a key that stands twice has its first value.
 */
export function tableOf(term: Term | undefined): ConfigTable | undefined {
  const sections = pairsOf(term);
  if (sections === undefined) return undefined;
  const table = new Map<string, ReadonlyMap<string, Term>>();
  for (const [application, keys] of sections) {
    const pairs = pairsOf(keys);
    if (pairs === undefined) return undefined;
    // The first stands: a map keeps the last.
    if (!table.has(application)) table.set(application, new Map(pairs.reverse()));
  }
  return table;
}

function pairsOf(term: Term | undefined): [name: string, value: Term][] | undefined {
  const elements = listElements(term);
  if (elements === undefined) return undefined;
  const pairs: [string, Term][] = [];
  for (const element of elements) {
    const [nameTerm, value] = isTuple(element, 2) ? element.elements : [];
    const name = atomName(nameTerm);
    if (name === undefined || value === undefined) return undefined;
    pairs.push([name, value]);
  }
  return pairs;
}
