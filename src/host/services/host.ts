import type { ArgumentDefinition, CommandInfo, FlagInfo, HostService } from "../../contract/index.ts";
import { HOST_FLAGS, flagNames, positionalName } from "../arguments/index.ts";
import type { PluginRegistry } from "../plugins/index.ts";

/** Makes the service that tells what this enit is and has. */
export function makeHostService(registry: PluginRegistry, facts: { version: string; program: string }): HostService {
  return {
    ...facts,
    flags: Object.entries(HOST_FLAGS).flatMap(([key, definition]) => describeFlag(key, definition)),
    plugins: () => registry.describe(),
    commands: async () => {
      const infos: CommandInfo[] = [];
      for (const [name, entry] of registry.commands()) {
        const plugin = await registry.load(entry).catch(() => undefined);
        const command = plugin?.commands?.[name];
        if (command === undefined) continue;
        const args = Object.entries(command.args ?? {});
        infos.push({
          name,
          plugin: entry.name,
          builtIn: entry.builtIn,
          description: command.description,
          details: command.details,
          examples: command.examples ?? [],
          positionals: args.flatMap(([key, definition]) => {
            if (definition.type !== "positional") return [];
            const { description, required = false, rest = false } = definition;
            return [
              { name: positionalName(key, definition), description, required, rest, default: definition.default },
            ];
          }),
          flags: args.flatMap(([key, definition]) => describeFlag(key, definition)),
        });
      }
      return infos;
    },
  };
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
