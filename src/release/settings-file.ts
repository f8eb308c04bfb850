import { EnitError, type SourcePosition } from "../error/index.ts";
import { type TomlDocument, type TomlTable, isTomlTable, parseToml } from "./toml.ts";
import { readBytes, readBytesIfAny } from "./reading.ts";
import { hintForUnknown } from "./unknown-name.ts";
import { type Warning, formatPlace } from "./warning.ts";

/** What `enit.toml` says. Relative paths in it start at its own directory. */
export interface SettingsFile {
  readonly path: string;
  readonly get: (key: string) => unknown;
  readonly positionOf: (key: string) => SourcePosition;
  /** The tables of plugins, by name: `[NAME]` or `[plugins.NAME]`. */
  readonly plugins: Readonly<Record<string, TomlTable>>;
  /** Where each of them begins. */
  readonly pluginPlaces: Readonly<Record<string, SourcePosition>>;
  readonly warnings: readonly Warning[];
}

/**
 * Reads `enit.toml`; a file that does not exist says nothing.
 *
 * @param known the keys that are no tables of plugins.
 * @throws EnitError `unreadable`, `toml_syntax`, `settings_invalid`.
 */
export async function readSettingsFile(
  path: string,
  known: ReadonlySet<string>,
  options: { mustExist: boolean },
): Promise<SettingsFile> {
  const content = options.mustExist ? readBytes(path) : readBytesIfAny(path);
  const document: TomlDocument =
    content === undefined ? EMPTY : await parseToml(new TextDecoder().decode(content), path);
  const positionOf = (...keys: string[]): SourcePosition =>
    document.positionOf(...keys) ?? { file: path, line: 1, column: 1 };
  return {
    path,
    get: (key) => (Object.hasOwn(document.values, key) ? document.values[key] : undefined),
    positionOf,
    ...readTables(document.values, known, positionOf),
  };
}

const EMPTY: TomlDocument = { values: {}, positionOf: () => undefined };

function readTables(
  values: TomlTable,
  known: ReadonlySet<string>,
  positionOf: (...keys: string[]) => SourcePosition,
): Pick<SettingsFile, "plugins" | "pluginPlaces" | "warnings"> {
  const plugins: [string, TomlTable][] = [];
  const places: [string, SourcePosition][] = [];
  const warnings: Warning[] = [];
  const addPlugin = (name: string, value: unknown, position: SourcePosition): void => {
    if (!isTomlTable(value)) throw invalidSetting(formatPlace(position), `"${name}" must be the table of a plugin`);
    if (plugins.some(([other]) => other === name)) {
      throw invalidSetting(formatPlace(position), `the plugin "${name}" has a second table here`);
    }
    plugins.push([name, value]);
    places.push([name, position]);
  };
  for (const [key, value] of Object.entries(values)) {
    if (known.has(key)) continue;
    if (key === "plugins") {
      if (!isTomlTable(value)) throw invalidSetting(formatPlace(positionOf(key)), '"plugins" must be a table');
      for (const [name, table] of Object.entries(value)) addPlugin(name, table, positionOf(key, name));
    } else if (isTomlTable(value)) {
      addPlugin(key, value, positionOf(key));
    } else {
      warnings.push(unknownKey(key, positionOf(key), known));
    }
  }
  return { plugins: Object.fromEntries(plugins), pluginPlaces: Object.fromEntries(places), warnings };
}

function unknownKey(key: string, position: SourcePosition, known: ReadonlySet<string>): Warning {
  return {
    code: "unknown_setting",
    message: `${formatPlace(position)}: "${key}" is no setting`,
    hint: hintForUnknown(key, [...known]),
    position,
  };
}

/** The error of a setting whose value cannot be used; `place` is where it comes from, in words. */
export function invalidSetting(place: string, state: string, setting?: string): EnitError {
  const what = setting === undefined ? "the setting" : `the setting ${setting}`;
  return new EnitError("settings_invalid", `cannot use ${what} from "${place}": ${state}`, {
    kind: "input",
    data: { place, ...(setting === undefined ? {} : { setting }) },
  });
}
