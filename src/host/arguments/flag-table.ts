import type { ArgumentDefinition, ArgumentDefinitions } from "../../contract/index.ts";

type FlagDefinition = Exclude<ArgumentDefinition, { type: "positional" }>;

/** A flag under one of its names. */
export interface Flag {
  /** The key of its definition. */
  readonly key: string;
  readonly owner: "host" | "command";
  readonly definition: FlagDefinition;
}

/** Flags by their names, dashes included: `--dry-run`, `-n`. */
export type FlagTable = ReadonlyMap<string, Flag>;

/** Collects the flags of the host and of a command; the command's letters win over the host's. */
export function makeFlagTable(host: ArgumentDefinitions, command: ArgumentDefinitions = {}): FlagTable {
  const table = new Map<string, Flag>();
  for (const [owner, definitions] of [
    ["host", host],
    ["command", command],
  ] as const) {
    for (const [key, definition] of Object.entries(definitions)) {
      if (definition.type === "positional") continue;
      for (const name of flagNames(key, definition)) table.set(name, { key, owner, definition });
    }
  }
  return table;
}

/** All names of a flag, short ones first. */
export function flagNames(key: string, definition: FlagDefinition): string[] {
  const aliases = definition.alias === undefined ? [] : [definition.alias].flat();
  const names = [...aliases, key].map((name) => (name.length === 1 ? `-${name}` : `--${kebabCase(name)}`));
  return names.sort((a, b) => Number(a.startsWith("--")) - Number(b.startsWith("--")));
}

function kebabCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
