import { existsSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { listElements, stringValue } from "../../term/index.ts";
import { type ConfigFile, type WrittenSection, readSection } from "../config-file.ts";
import { readBytes } from "../reading.ts";
import { type TermSource, parseTermSource } from "../term-source.ts";
import type { Warning } from "../warning.ts";
import { substituteVariables, type Variables } from "./variables.ts";

export interface ShippedConfigOptions {
  /** The root of the release: where relative names start that are not beside the file that includes them. */
  readonly root: string;
  /** For `.src` files. */
  readonly variables: Variables;
}

/**
 * Reads a `sys.config` as OTP does, with the files that it includes: strings in its list. A relative name is looked for beside
 * the file itself, then in the root; the extension `.config` may be left out. Included files may include others.
 *
 * @returns what each file, or part of one between two included ones, says, the weakest first.
 * @throws EnitError `unreadable`, `config_syntax`, `config_invalid`, `variable_not_set`.
 */
export function readShippedConfig(file: string, options: ShippedConfigOptions, warnings: Warning[]): ConfigFile[] {
  return readIncluding(file, options, warnings, []);
}

function readIncluding(
  file: string,
  options: ShippedConfigOptions,
  warnings: Warning[],
  including: readonly string[],
): ConfigFile[] {
  const written = readBytes(file);
  const content = file.endsWith(".src") ? substituteVariables(written, file, "%", options.variables) : written;
  const source = parseTermSource("config", file, content, warnings);
  const [term, another] = source.terms;
  const elements = listElements(term);
  if (term === undefined || elements === undefined || another !== undefined) {
    const position = source.positionOf(elements === undefined ? term : another);
    throw source.invalid(position, "a sys.config must hold one list", "It looks like [{APPLICATION, [{KEY, VALUE}]}].");
  }
  const files: ConfigFile[] = [];
  for (const element of elements) {
    const name = stringValue(element);
    if (name === undefined || name === "") {
      const section = readSection(element, term, source);
      if (isOfNode(section, source)) continue;
      files.push({ file, sections: [section], extensions: [] });
      continue;
    }
    const included = findIncluded(name, file, options.root);
    if (included === undefined) {
      throw source.invalid(source.positionOf(element, term), `it includes "${name}", which is not there`);
    }
    if ([...including, file].includes(included)) {
      throw source.invalid(source.positionOf(element, term), `"${included}" includes itself`);
    }
    files.push(...readIncluding(included, options, warnings, [...including, file]));
  }
  return files;
}

/** How the VM runs is said by the host, and not by the package. */
function isOfNode({ application, origin }: WrittenSection, source: TermSource): boolean {
  if (application !== "node") return false;
  source.warn(
    "ignored_section",
    origin,
    "the section node has no effect in a package",
    "Write it into a config file of the release.",
  );
  return true;
}

function findIncluded(name: string, file: string, root: string): string | undefined {
  const full = join(dirname(name), `${basename(name, ".config")}.config`);
  const candidates = isAbsolute(full) ? [full] : [resolve(dirname(file), full), resolve(root, full)];
  return candidates.find((path) => existsSync(path));
}
