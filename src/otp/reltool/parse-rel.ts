import { type Term, booleanValue, isTagged, isTuple, listElements, stringValue } from "../../term/index.ts";
import type { RelAppConfig, RelConfig } from "./config.ts";
import { type ParseContext, illegalOption, unknownOption } from "./option-error.ts";
import { appType } from "./option-words.ts";
import { atoms } from "./values.ts";

const REL_FORM = "{rel, Name, Vsn, [Application]} or {rel, Name, Vsn, [Application], [Option]}";
const REL_APP_FORM = "App, {App, Type}, {App, [Included]} or {App, Type, [Included]}";

/** Reads `{rel, Name, Vsn, Applications}` or `{rel, Name, Vsn, Applications, Options}`. */
export function parseRel(option: Term & { kind: "tuple" }, context: ParseContext): RelConfig {
  const [, nameTerm, vsnTerm, appsTerm, optionsTerm] = option.elements;
  const [name, vsn, apps] = [stringValue(nameTerm), stringValue(vsnTerm), listElements(appsTerm)];
  const options = option.elements.length === 5 ? listElements(optionsTerm) : [];
  if (name === undefined || vsn === undefined || apps === undefined || options === undefined) {
    throw illegalOption(option, REL_FORM, context);
  }
  let loadDotErlang = true;
  for (const each of options) {
    if (!isTuple(each, 2) || !isTagged(each, "load_dot_erlang"))
      throw unknownOption(each, ["load_dot_erlang"], context);
    const value = booleanValue(each.elements[1]);
    if (value === undefined) throw illegalOption(each, "{load_dot_erlang, true | false}", context);
    loadDotErlang = value;
  }
  return { name, vsn, apps: apps.map((app) => parseRelApp(app, context)), loadDotErlang };
}

function parseRelApp(term: Term, context: ParseContext): RelAppConfig {
  const [name, second, third, ...more] = term.kind === "tuple" ? term.elements : [term];
  const isPair = third === undefined && second?.kind === "list";
  const [typeTerm, includedTerm] = isPair ? [undefined, second] : [second, third];
  const type = typeTerm === undefined ? undefined : appType(typeTerm);
  const includedApplications = includedTerm && atoms(includedTerm);
  const isBare = term.kind === "tuple" && second === undefined;
  const lacksNames = includedTerm !== undefined && includedApplications === undefined;
  if (name?.kind !== "atom" || type === null || lacksNames || isBare || more.length > 0) {
    throw illegalOption(term, REL_APP_FORM, context);
  }
  return { name: name.name, type, includedApplications };
}
