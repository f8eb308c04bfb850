import type {
  ArgumentDefinition,
  Command,
  CommandInfo,
  FlagInfo,
  HostService,
  PositionalInfo,
} from "../../contract/index.ts";
import { EnitError } from "../../error/index.ts";
import { HOST_FLAGS, flagNames, positionalName } from "../arguments/index.ts";
import type { PluginEntry, PluginRegistry } from "../plugins/index.ts";

/** Makes the service that tells what this enit is and has. */
export function makeHostService(
  registry: PluginRegistry,
  facts: Pick<HostService, "version" | "program" | "executable">,
): HostService {
  return {
    ...facts,
    flags: () => Object.entries(HOST_FLAGS).flatMap(([key, definition]) => describeFlag(key, definition)),
    plugins: () => registry.describe(),
    installTypes: async (directory) => (await import("./plugin-types.ts")).installPluginTypes(directory, facts.version),
    commands: async (family) => {
      const infos: CommandInfo[] = [];
      for (const [name, entry] of registry.commands()) {
        const isWanted = family === undefined || name === family || name.startsWith(`${family} `);
        if (isWanted) infos.push(await describeCommand(name, entry, registry));
      }
      return infos;
    },
  };
}

/** Of a plugin that cannot be loaded, the reason stands in place of the description. */
async function describeCommand(name: string, entry: PluginEntry, registry: PluginRegistry): Promise<CommandInfo> {
  let command: Partial<Command> = {};
  try {
    command = (await registry.load(entry)).commands?.[name] ?? {};
  } catch (error) {
    if (!(error instanceof EnitError)) throw error;
    command = { description: error.message };
  }
  const args = Object.entries(command.args ?? {});
  return {
    name,
    plugin: entry.name,
    builtIn: entry.builtIn,
    group: command.group,
    description: command.description ?? "",
    details: command.details,
    examples: command.examples ?? [],
    positionals: args.flatMap(([key, definition]) => describePositional(key, definition)),
    flags: args.flatMap(([key, definition]) => describeFlag(key, definition)),
  };
}

function describePositional(key: string, definition: ArgumentDefinition): PositionalInfo[] {
  if (definition.type !== "positional") return [];
  const { description, required = false, rest = false, default: value } = definition;
  return [{ name: positionalName(key, definition), description, required, rest, default: value }];
}

function describeFlag(key: string, definition: ArgumentDefinition): FlagInfo[] {
  if (definition.type === "positional") return [];
  return [
    {
      names: flagNames(key, definition),
      value: valueName(definition),
      description: definition.description,
      required: definition.type !== "boolean" && definition.required === true,
      multiple: definition.type === "string" && definition.multiple === true,
      default:
        definition.type === "boolean" || definition.default === undefined ? undefined : String(definition.default),
    },
  ];
}

function valueName(definition: Exclude<ArgumentDefinition, { type: "positional" }>): string | undefined {
  if (definition.type === "boolean") return undefined;
  if (definition.type === "enum") return definition.options.join("|");
  return definition.valueHint ?? (definition.type === "number" ? "N" : "VALUE");
}
