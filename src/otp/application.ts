import { EnitError } from "../error/index.ts";
import type { SourcePosition } from "../error/index.ts";
import { isAtom, isNil, isTagged, isTuple, listElements, stringValue } from "../term/index.ts";
import type { Term } from "../term/index.ts";
import { directoryOf } from "./filename.ts";
import { readFileIfAny } from "./files.ts";
import { placeData, showPlace } from "./place.ts";
import { parseTermFile } from "./term-file.ts";
import type { TermFile } from "./term-file.ts";

/** What an application resource file (`NAME.app`) says. Keys that are absent have the defaults of `application:load/1`. */
export interface AppSpec {
  readonly name: string;
  readonly vsn: string;
  readonly id: string;
  readonly description: string;
  readonly modules: readonly string[];
  readonly registered: readonly string[];
  readonly applications: readonly string[];
  /** Those of `applications` that need not be there. */
  readonly optionalApplications: readonly string[];
  readonly includedApplications: readonly string[];
  readonly env: readonly (readonly [key: string, value: Term])[];
  /** Milliseconds that the application may run. */
  readonly maxT: bigint | "infinity";
  /** How many processes the application may have. OTP does not look at it. */
  readonly maxP: bigint | "infinity";
  /** The callback module and its argument; `undefined` for a library application. */
  readonly mod: readonly [module: string, args: Term] | undefined;
  readonly startPhases: readonly (readonly [phase: string, args: Term])[] | undefined;
  /** `NAME-VSN`, each the least version of an application that it was made for. */
  readonly runtimeDependencies: readonly string[];
  /** Every key as it stands in the file, those that OTP does not know included. */
  readonly properties: ReadonlyMap<string, Term>;
  /** The file that was read. */
  readonly file: string;
  /** The directory of the file: where the modules are. */
  readonly ebinDir: string;
  /** The application's own directory, that of `ebin` and `priv`. */
  readonly dir: string;
}

/**
 * Reads an application resource file; `undefined` if there is none.
 *
 * As for systools, the first term of the file counts and of a key that stands twice the first. Throws `term_syntax`,
 * or `application_malformed` with the key and its place if a value is not of its key's type.
 */
export function readApplicationIfAny(file: string): AppSpec | undefined {
  const content = readFileIfAny(file);
  return content === undefined ? undefined : parseApplicationFile(content, file);
}

/** As `readApplicationIfAny`, with the content at hand. */
export function parseApplicationFile(content: Uint8Array, file: string): AppSpec {
  return parseApplication(parseTermFile(content, file));
}

/** As `readApplicationIfAny`, of a file that must be there. Throws `file_not_found` besides. */
export function readApplication(file: string): AppSpec {
  const spec = readApplicationIfAny(file);
  if (spec !== undefined) return spec;
  throw new EnitError("file_not_found", `cannot read "${file}": no such file`, { kind: "io", data: { file } });
}

/** The error for an application file without keys that releases need. */
export function applicationIncomplete({ file }: AppSpec, keys: readonly string[]): EnitError {
  return new EnitError(
    "application_incomplete",
    `cannot use the application file "${file}": it lacks ${keys.join(", ")}`,
    {
      kind: "input",
      data: { file, keys },
    },
  );
}

function parseApplication(source: TermFile): AppSpec {
  const [term] = source.terms;
  const [, nameTerm, dictionary] = isTagged(term, "application", 3) ? term.elements : [];
  const pairs = listElements(dictionary);
  if (!isAtom(nameTerm) || pairs === undefined) {
    const expected = "it holds no {application, NAME, [{KEY, VALUE}, ...]}";
    throw malformed(source.file, term && source.positionOf(term), expected, {});
  }

  const properties = new Map<string, Term>();
  const pairOf = new Map<string, Term>();
  for (const pair of pairs) {
    const [key, value] = isTuple(pair, 2) ? pair.elements : [];
    if (!isAtom(key) || value === undefined || properties.has(key.name)) continue;
    properties.set(key.name, value);
    pairOf.set(key.name, pair);
  }

  const read = <T>(
    key: string,
    fallback: T,
    convert: (value: Term) => T | undefined,
    expected: string,
    isDefault: (value: Term) => boolean = () => false,
  ): T => {
    const value = properties.get(key);
    if (value === undefined || isDefault(value)) return fallback;
    const converted = convert(value);
    if (converted !== undefined) return converted;
    const pair = pairOf.get(key);
    throw malformed(source.file, pair && source.positionOf(pair), `the value of ${key} is not ${expected}`, { key });
  };
  const text = (key: string): string => read(key, "", stringValue, "a string");
  const names = (key: string): readonly string[] => read(key, [], atomNames, "a list of atoms");
  const limit = (key: string): AppSpec["maxT"] => read(key, "infinity", limitValue, "a positive integer or infinity");

  const ebinDir = directoryOf(source.file);
  return {
    name: nameTerm.name,
    vsn: text("vsn"),
    id: text("id"),
    description: text("description"),
    modules: names("modules"),
    registered: names("registered"),
    applications: names("applications"),
    optionalApplications: names("optional_applications"),
    includedApplications: names("included_applications"),
    env: read("env", [], pairsValue, "a list of {NAME, VALUE}"),
    maxT: limit("maxT"),
    maxP: limit("maxP"),
    mod: read<AppSpec["mod"]>("mod", undefined, moduleValue, "{MODULE, ARGUMENT}", isNil),
    startPhases: read<AppSpec["startPhases"]>(
      "start_phases",
      undefined,
      pairsValue,
      "a list of {PHASE, ARGUMENTS}",
      (value) => isAtom(value, "undefined"),
    ),
    runtimeDependencies: stringsValue(properties.get("runtime_dependencies")),
    properties,
    file: source.file,
    ebinDir,
    dir: directoryOf(ebinDir),
  };
}

function malformed(
  file: string,
  position: SourcePosition | undefined,
  state: string,
  data: Readonly<Record<string, unknown>>,
): EnitError {
  const message = `cannot read the application file "${showPlace(file, position)}": ${state}`;
  return new EnitError("application_malformed", message, {
    kind: "input",
    data: { ...placeData(file, position), ...data },
  });
}

function atomNames(value: Term): string[] | undefined {
  const elements = listElements(value);
  if (elements === undefined) return undefined;
  const names: string[] = [];
  for (const element of elements) {
    if (!isAtom(element)) return undefined;
    names.push(element.name);
  }
  return names;
}

function pairsValue(value: Term): (readonly [string, Term])[] | undefined {
  const elements = listElements(value);
  if (elements === undefined) return undefined;
  const pairs: (readonly [string, Term])[] = [];
  for (const element of elements) {
    const [key, content] = isTuple(element, 2) ? element.elements : [];
    if (!isAtom(key) || content === undefined) return undefined;
    pairs.push([key.name, content]);
  }
  return pairs;
}

function limitValue(value: Term): AppSpec["maxT"] | undefined {
  if (isAtom(value, "infinity")) return "infinity";
  return value.kind === "integer" && value.value > 0n ? value.value : undefined;
}

function moduleValue(value: Term): readonly [string, Term] | undefined {
  const [module, args] = isTuple(value, 2) ? value.elements : [];
  return isAtom(module) && args !== undefined ? [module.name, args] : undefined;
}

/** Systools and the application controller do not look at this key, so what is no string is passed over. */
function stringsValue(value: Term | undefined): string[] {
  return (listElements(value) ?? []).flatMap((element) => stringValue(element) ?? []);
}
