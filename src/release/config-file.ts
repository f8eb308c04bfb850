import type { SourcePosition } from "../error/index.ts";
import { atomName, isTagged, isTuple, listElements, textValue } from "../term/index.ts";
import type { Term, TupleTerm } from "../term/index.ts";
import { readApplicationList } from "./application-list.ts";
import type { ConfigValue, Extension } from "./config-model.ts";
import { readBytes } from "./reading.ts";
import { type TermSource, parseTermSource } from "./term-source.ts";
import { hintForUnknown } from "./unknown-name.ts";
import type { Warning } from "./warning.ts";

/** A section as one file has it; keys that stand twice are both there. */
export interface WrittenSection {
  readonly application: string;
  readonly keys: readonly (ConfigValue & { readonly name: string })[];
  readonly origin: Required<SourcePosition>;
}

/** What one config file says. */
export interface ConfigFile {
  readonly file: string;
  readonly sections: readonly WrittenSection[];
  readonly extensions: readonly Extension[];
}

/**
 * Reads a config file: sections `{APPLICATION, [{KEY, VALUE}, ...]}.` and extensions
 * `{extension, NAME, [{applications, [APP, ...]}]}.`, or lists of these, as in a `sys.config`.
 *
 * Keys must be atoms and have a value, as OTP itself refuses to boot with anything else in a `sys.config`.
 *
 * @throws EnitError `unreadable`, `config_syntax`, `config_invalid`.
 */
export function readConfigFile(file: string, warnings: Warning[]): ConfigFile {
  const source = parseTermSource("config", file, readBytes(file), warnings);
  const sections: WrittenSection[] = [];
  const extensions: Extension[] = [];
  for (const term of source.terms) {
    for (const part of listElements(term) ?? [term]) {
      if (isTagged(part, "extension", 3)) extensions.push(readExtension(part, source));
      else sections.push(readSection(part, term, source));
    }
  }
  return { file, sections, extensions };
}

/** Reads a section, which stands in the term `enclosing` of the file. @throws EnitError `config_invalid`. */
export function readSection(term: Term, enclosing: Term, source: TermSource): WrittenSection {
  const origin = source.positionOf(term, enclosing);
  if (!isTuple(term, 2)) {
    throw source.invalid(origin, "it is no section", "A section is {APPLICATION, [{KEY, VALUE}, ...]}.");
  }
  const [nameTerm, list] = term.elements;
  const application = atomName(nameTerm);
  if (application === undefined) throw source.invalid(origin, "the name of a section must be an atom");
  const elements = listElements(list);
  if (elements === undefined) throw source.invalid(origin, `the section ${application} must hold a list`);
  const keys = elements.map((element) => readKey(element, application, source, list, term));
  return { application, keys, origin };
}

function readKey(
  term: Term,
  application: string,
  source: TermSource,
  ...enclosing: readonly (Term | undefined)[]
): WrittenSection["keys"][number] {
  const origin = source.positionOf(term, ...enclosing);
  const [nameTerm, value] = isTuple(term, 2) ? term.elements : [];
  if (value === undefined) {
    const hint = term.kind === "atom" ? `Write {${term.name}, true}.` : "A key is {KEY, VALUE}.";
    throw source.invalid(origin, `the section ${application} holds what is no {KEY, VALUE}`, hint);
  }
  const name = atomName(nameTerm);
  if (name === undefined) throw source.invalid(origin, `a key of the section ${application} must be an atom`);
  return { name, value, origin };
}

function readExtension(term: TupleTerm, source: TermSource): Extension {
  const position = source.positionOf(term);
  const [, nameTerm, properties] = term.elements;
  const name = textValue(nameTerm);
  if (name === undefined || name === "") throw source.invalid(position, "the name of an extension must be an atom");
  const elements = listElements(properties);
  if (elements === undefined) {
    throw source.invalid(position, `the properties of the extension ${name} must be a list`);
  }
  const applications = elements.flatMap((property) => {
    const [keyTerm, value] = isTuple(property, 2) ? property.elements : [];
    const key = atomName(keyTerm);
    const place = source.positionOf(property, properties, term);
    if (key === undefined) throw source.invalid(place, "a property of an extension must be {KEY, VALUE}");
    if (key === "applications") return readApplicationList(value, source, property);
    const hint = hintForUnknown(key, ["applications"]);
    source.warn("unknown_property", place, `"${key}" is no property of an extension`, hint);
    return [];
  });
  return { name, applications, position };
}
