import { resolve } from "node:path";
import { EnitError, nearestName } from "../../error/index.ts";
import { type Term, type TupleTerm, atomName, isTuple, listElements, printTerm } from "../../term/index.ts";
import { type IgnoredWarning, readIgnored } from "../lint/index.ts";
import type { Config, Warn } from "./config.ts";
import {
  type Reader,
  asAny,
  asAtomPairs,
  asBoolean,
  asPattern,
  asText,
  asTexts,
  asTuples,
  asWords,
} from "./option-values.ts";

/** A regular expression with the options that `re:run/3` gets. */
export interface VersionPattern {
  readonly source: string;
  readonly options: readonly Term[];
}

/** What a build is told, defaults filled in. All directories are absolute. */
export interface KnitOptions {
  /** `{sys, [Option]}`, what reltool gets. */
  readonly sys: TupleTerm;
  /** Whether tarballs that are there are overwritten. Default: no. */
  readonly force: boolean;
  readonly overlay: readonly TupleTerm[];
  /** Files of variables, absolute; what a later one sets counts. */
  readonly variableFiles: readonly string[];
  /** Default: no. */
  readonly warningsAsErrors: boolean;
  /** Whether versions are compared as semantic versions. Default: yes. */
  readonly semver: boolean;
  readonly versionRegex: VersionPattern | undefined;
  readonly versionMin: string | undefined;
  readonly upgradeVersions: readonly string[] | undefined;
  /** What behaviours are built on, for those whose modules do not tell: `my_server` on `gen_server`. */
  readonly behaviours: ReadonlyMap<string, string>;
  /** The warnings of upgrades that are not wanted. */
  readonly lintIgnore: readonly IgnoredWarning[];
  /** Default: yes. */
  readonly removeTmp: boolean;
  /** Default: the directory of the configuration. */
  readonly targetDir: string;
  /** Default: `releases` in the target directory. */
  readonly releaseDir: string;
  /** Default: `upgrades` in the target directory. */
  readonly upgradeDir: string;
  /** Default: `.knit_tmp` in the target directory. */
  readonly tmpDir: string;
  /** The Erlang/OTP that is packed. Default: the one at hand. */
  readonly rootDir: string | undefined;
}

/** Every option, with how its value is read and what a message says that it must be. */
const READERS = {
  sys: asAny,
  force: asBoolean,
  overlay: asTuples,
  overlay_vars: asTexts,
  extra_overlay_vars: asTexts,
  warnings_as_errors: asBoolean,
  semver: asBoolean,
  version_regex: asPattern,
  version_regexp: asPattern,
  version_min: asText,
  upgrade_versions: asTexts,
  behaviours: asAtomPairs,
  lint_ignore: asWords,
  remove_tmp: asBoolean,
  target_dir: asText,
  release_dir: asText,
  upgrade_dir: asText,
  tmp_dir: asText,
  root_dir: asText,
} as const satisfies Readonly<Record<string, Reader<unknown>>>;

type OptionName = keyof typeof READERS;
type OptionValue<N extends OptionName> = (typeof READERS)[N] extends Reader<infer Value> ? Value : never;

/**
 * Reads the options of a configuration. Of one that is given twice the first counts; unknown ones are warned of.
 *
 * @throws EnitError `option_invalid`, `sys_missing`.
 */
export function readOptions(config: Config, warn: Warn): KnitOptions {
  const given = collect(config, warn);
  const sys = given.get("sys");
  if (sys === undefined) {
    throw new EnitError("sys_missing", `cannot build a release from "${config.file}": it has no {sys, [...]}`, {
      kind: "input",
      data: { file: config.file },
    });
  }
  const read = <N extends OptionName>(name: N): OptionValue<N> | undefined => {
    const option = given.get(name);
    return option === undefined ? undefined : readValue(name, option, config);
  };
  const path = (name: "target_dir" | "release_dir" | "upgrade_dir" | "tmp_dir" | "root_dir"): string | undefined => {
    const text = read(name);
    return text === undefined ? undefined : resolve(config.directory, text);
  };
  const targetDir = path("target_dir") ?? config.directory;
  const files = [...(read("overlay_vars") ?? []), ...(read("extra_overlay_vars") ?? [])];
  return {
    sys,
    force: read("force") ?? false,
    overlay: read("overlay") ?? [],
    variableFiles: files.map((file) => resolve(config.directory, file)),
    warningsAsErrors: read("warnings_as_errors") ?? false,
    semver: read("semver") ?? true,
    versionRegex: read("version_regex") ?? read("version_regexp"),
    versionMin: read("version_min"),
    upgradeVersions: read("upgrade_versions"),
    behaviours: read("behaviours") ?? new Map(),
    lintIgnore: (read("lint_ignore") ?? []).map(([code, name]) =>
      readIgnored(code, name, placeIn(config, given.get("lint_ignore"))),
    ),
    removeTmp: read("remove_tmp") ?? true,
    targetDir,
    releaseDir: path("release_dir") ?? resolve(targetDir, "releases"),
    upgradeDir: path("upgrade_dir") ?? resolve(targetDir, "upgrades"),
    tmpDir: path("tmp_dir") ?? resolve(targetDir, ".knit_tmp"),
    rootDir: path("root_dir"),
  };
}

function collect(config: Config, warn: Warn): ReadonlyMap<OptionName, TupleTerm> {
  const given = new Map<OptionName, TupleTerm>();
  for (const term of config.terms) {
    const name = isTuple(term) ? atomName(term.elements[0]) : undefined;
    const place = placeOf(term, config);
    if (name === undefined || !isTuple(term)) {
      warn({ code: "unknown_option", message: `${place}: ${shown(term)} is no option, and is ignored` });
    } else if (!isOption(name)) {
      const nearest = nearestName(name, Object.keys(READERS));
      const hint = nearest === undefined ? "" : `; perhaps it should be ${nearest}`;
      warn({ code: "unknown_option", message: `${place}: there is no option ${name}, and it is ignored${hint}` });
    } else if (given.has(name)) {
      warn({ code: "repeated_option", message: `${place}: the option ${name} is given once more, and it is ignored` });
    } else {
      given.set(name, term);
    }
  }
  return given;
}

function isOption(name: string): name is OptionName {
  return Object.hasOwn(READERS, name);
}

function readValue<N extends OptionName>(name: N, option: TupleTerm, config: Config): OptionValue<N> {
  const reader: Reader<OptionValue<N>> = READERS[name] as Reader<OptionValue<N>>;
  const [, value] = option.elements;
  const result = option.elements.length === 2 && value !== undefined ? reader.read(value) : undefined;
  if (result !== undefined) return result;
  const position = config.positionOf(option);
  throw new EnitError(
    "option_invalid",
    `cannot use the option ${shown(option)} (${placeOf(option, config)}): it must be {${name}, ${reader.form}}`,
    { kind: "input", data: { option: name, file: config.file, ...position } },
  );
}

function placeIn(config: Config, option: TupleTerm | undefined): { text: string; data: Record<string, unknown> } {
  if (option === undefined) return { text: config.file, data: { file: config.file } };
  return { text: placeOf(option, config), data: { file: config.file, ...config.positionOf(option) } };
}

function placeOf(term: Term, config: Config): string {
  const position = config.positionOf(term);
  return position === undefined ? config.file : `${config.file}:${position.line}:${position.column}`;
}

const SHOWN_CHARACTERS = 80;

function shown(term: Term): string {
  const text = printTerm(term, { format: "tw" });
  const readable = listElements(term) === undefined ? printTerm(term, { format: "tp" }).replaceAll(/\s+/g, " ") : text;
  return readable.length > SHOWN_CHARACTERS ? `${readable.slice(0, SHOWN_CHARACTERS)}...` : readable;
}
