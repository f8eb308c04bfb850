import { EnitError } from "../../error/index.ts";
import { type Term, atom, isAtom, isTagged, isTuple, listElements, nil, stringValue } from "../../term/index.ts";
import { readFileIfAny } from "../files.ts";
import { parseTermFile } from "../term-file.ts";
import type { ReltoolWarning } from "./option-error.ts";
import type { AppInfo } from "./system.ts";
import { atoms } from "./values.ts";

/** What is known of an application without a `.app` file: a version, perhaps. */
export function emptyAppInfo(vsn: string): AppInfo {
  return {
    description: nil,
    id: nil,
    vsn,
    modules: [],
    maxP: atom("infinity"),
    maxT: atom("infinity"),
    registered: nil,
    applications: [],
    optionalApplications: [],
    includedApplications: [],
    env: nil,
    mod: undefined,
    startPhases: undefined,
  };
}

/**
 * Reads the `.app` file of an application. As for reltool, one that is missing or broken is warned of, and the application
 * goes on without; `vsn` is the version if the file does not say one.
 */
export function readAppInfo(file: string, name: string, vsn: string, warn: (warning: ReltoolWarning) => void): AppInfo {
  const bytes = readFileIfAny(file);
  if (bytes !== undefined) return parseAppInfo(bytes, file, name, vsn, warn);
  warn({ code: "app_file_missing", message: `the application ${name} has no file "${file}"` });
  return emptyAppInfo(vsn);
}

/** As `readAppInfo`, with the content at hand. */
export function parseAppInfo(
  bytes: Uint8Array,
  file: string,
  name: string,
  vsn: string,
  warn: (warning: ReltoolWarning) => void,
): AppInfo {
  const refuse = (reason: string): AppInfo => {
    warn({ code: "app_file_unusable", message: `the application file "${file}" is left aside: ${reason}` });
    return emptyAppInfo(vsn);
  };
  let terms: readonly Term[];
  try {
    ({ terms } = parseTermFile(bytes, file));
  } catch (error) {
    if (error instanceof EnitError && error.code === "term_syntax") return refuse(error.message);
    throw error;
  }
  const [term] = terms;
  const [, nameTerm, listTerm] = isTagged(term, "application", 3) && terms.length === 1 ? term.elements : [];
  const pairs = isAtom(nameTerm, name) ? listElements(listTerm) : undefined;
  if (pairs === undefined) return refuse(`it is not of the form {application, ${name}, [{Key, Value}]}`);

  const properties = new Map<string, Term>();
  for (const pair of pairs) {
    const [key, value] = isTuple(pair, 2) ? pair.elements : [];
    if (!isAtom(key) || value === undefined) return refuse("it has an element that is no {Key, Value}");
    if (KEYS.has(key.name)) properties.set(key.name, value);
    else warn({ code: "app_file_key", message: `the application file "${file}" has an unknown key, ${key.name}` });
  }
  const info = fromProperties(properties, vsn);
  return typeof info === "string" ? refuse(`the value of ${info} is of another type`) : info;
}

/** The keys that reltool knows; the last one it reads and does not hand on. */
const KEYS = new Set([
  "description",
  "id",
  "vsn",
  "modules",
  "maxP",
  "maxT",
  "registered",
  "applications",
  "optional_applications",
  "included_applications",
  "env",
  "mod",
  "start_phases",
  "runtime_dependencies",
]);

/** The information, or the key of a value that is not of its type. */
function fromProperties(properties: ReadonlyMap<string, Term>, defaultVsn: string): AppInfo | string {
  const names = (key: string): string[] | undefined => atoms(properties.get(key) ?? nil);
  const vsnTerm = properties.get("vsn");
  const vsn = vsnTerm === undefined ? defaultVsn : stringValue(vsnTerm);
  if (vsn === undefined) return "vsn";
  const modules = names("modules");
  if (modules === undefined) return "modules";
  const applications = names("applications");
  if (applications === undefined) return "applications";
  const optionalApplications = names("optional_applications");
  if (optionalApplications === undefined) return "optional_applications";
  const includedApplications = names("included_applications");
  if (includedApplications === undefined) return "included_applications";
  const empty = emptyAppInfo(vsn);
  const startPhases = properties.get("start_phases");
  return {
    description: properties.get("description") ?? empty.description,
    id: properties.get("id") ?? empty.id,
    vsn,
    modules,
    maxP: properties.get("maxP") ?? empty.maxP,
    maxT: properties.get("maxT") ?? empty.maxT,
    registered: properties.get("registered") ?? empty.registered,
    applications,
    optionalApplications,
    includedApplications,
    env: properties.get("env") ?? empty.env,
    mod: properties.get("mod"),
    startPhases: isAtom(startPhases, "undefined") ? undefined : startPhases,
  };
}

/** The callback module of an application that has one. */
export function startModule({ mod }: AppInfo): string | undefined {
  const [name] = isTuple(mod, 2) ? mod.elements : [];
  return isAtom(name) ? name.name : undefined;
}
