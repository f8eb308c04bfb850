import { atomName, isTagged, isTuple, listElements, textValue } from "../term/index.ts";
import type { Term, TupleTerm } from "../term/index.ts";
import { readApplicationList } from "./application-list.ts";
import type { ApplicationRequest } from "./config-model.ts";
import { type TermSource, parseTermSource } from "./term-source.ts";
import { hintForUnknown } from "./unknown-name.ts";
import type { Warning } from "./warning.ts";

/** What a `release.enit` says. */
export interface ReleaseDefinition {
  readonly file: string;
  readonly name: string;
  /** Always there, but for a packaged release. */
  readonly version: string | undefined;
  /** As written: an application may come twice. */
  readonly applications: readonly ApplicationRequest[];
}

const PROPERTIES = ["vsn", "applications"];
const FORM = "{release, NAME, [{vsn, VERSION}, {applications, [APP, ...]}]}.";

/**
 * Reads the content of a `release.enit`. It holds one term:
 *
 *     {release, relex, [{vsn, "1.0"}, {applications, [sasl, {relex, "1.2"}, {tools, load}]}]}.
 *
 * The name must be that of the directory; `vsn` is required, and as it becomes the name of a directory it must be
 * fit for that. Unknown properties are warnings, and so are all those of a packaged release, which has its own.
 *
 * @throws EnitError `definition_syntax`, `definition_invalid`.
 */
export function readDefinition(
  content: Uint8Array,
  file: string,
  directoryName: string,
  warnings: Warning[],
  options: { readonly packaged?: boolean } = {},
): ReleaseDefinition {
  const source = parseTermSource("definition", file, content, warnings);
  const release = onlyRelease(source);
  const [, nameTerm, properties] = release.elements;
  checkName(textValue(nameTerm), directoryName, source, release);
  const values = readProperties(properties, source, release);
  if (options.packaged === true) {
    for (const [key, property] of values) {
      const hint = "Leave it out: a packaged release has the version and the applications that are packed in it.";
      source.warn("ignored_property", source.positionOf(property, release), `"${key}" has no effect`, hint);
    }
    return { file, name: directoryName, version: undefined, applications: [] };
  }
  return {
    file,
    name: directoryName,
    version: readVersion(values.get("vsn"), source, release),
    applications: readApplications(values.get("applications"), source),
  };
}

function onlyRelease(source: TermSource): TupleTerm {
  const [release, another] = source.terms;
  if (!isTagged(release, "release", 3)) {
    throw source.invalid(source.positionOf(release), "it is no release", `The file must hold ${FORM}`);
  }
  if (another !== undefined) {
    throw source.invalid(source.positionOf(another), "another term follows the release", `The file must hold ${FORM}`);
  }
  return release;
}

function checkName(name: string | undefined, directoryName: string, source: TermSource, release: Term): void {
  const position = source.positionOf(release);
  if (name === undefined) throw source.invalid(position, "the name of the release must be an atom");
  if (name !== directoryName) {
    const state = `the release is named "${name}" and its directory "${directoryName}"`;
    throw source.invalid(position, state, "Give both the same name.");
  }
}

/** The pairs `{Key, Value}` by key. */
function readProperties(list: Term | undefined, source: TermSource, release: Term): Map<string, TupleTerm> {
  const elements = listElements(list);
  const properties = new Map<string, TupleTerm>();
  if (elements === undefined) {
    throw source.invalid(source.positionOf(list, release), "the properties of the release must be a list");
  }
  for (const element of elements) {
    const position = source.positionOf(element, list, release);
    const key = isTuple(element, 2) ? atomName(element.elements[0]) : undefined;
    if (!isTuple(element, 2) || key === undefined) {
      throw source.invalid(position, "a property of a release must be {KEY, VALUE}");
    }
    if (properties.has(key)) throw source.invalid(position, `the property ${key} stands twice`);
    properties.set(key, element);
    if (PROPERTIES.includes(key)) continue;
    source.warn("unknown_property", position, `"${key}" is no property of a release`, hintForUnknown(key, PROPERTIES));
  }
  return properties;
}

function readVersion(property: TupleTerm | undefined, source: TermSource, release: Term): string {
  const [, value] = property?.elements ?? [];
  const position = source.positionOf(property, release);
  if (property === undefined) throw source.invalid(position, "the release has no vsn", 'Add {vsn, "1.0"} to it.');
  const version = value?.kind === "atom" ? undefined : textValue(value);
  if (version === undefined || version === "") {
    throw source.invalid(position, "vsn must be a string that is not empty");
  }
  if (/[/\p{Cc}]/u.test(version) || version.startsWith(".")) {
    throw source.invalid(position, "vsn must be fit to be the name of a directory");
  }
  return version;
}

function readApplications(property: TupleTerm | undefined, source: TermSource): readonly ApplicationRequest[] {
  return property === undefined ? [] : readApplicationList(property.elements[1], source, property);
}
