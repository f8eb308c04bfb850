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
export function flagNames(key: string, { alias = [] }: FlagDefinition): string[] {
  const names = typeof alias === "string" ? [alias, key] : [...alias, key];
  const short = names.filter((name) => name.length === 1).map((letter) => `-${letter}`);
  return [...short, ...names.filter((name) => name.length > 1).map((name) => `--${kebabCase(name)}`)];
}

function kebabCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
