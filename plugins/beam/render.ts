import type { Ui } from "../../src/contract/index.ts";
import type { BeamFacts } from "./describe.ts";

/** Draws what a BEAM file says of itself. */
export function drawBeam(facts: BeamFacts, ui: Ui): string {
  const heading = ui.bold(facts.file);
  const fields = ui.fields([
    ["Module", facts.module],
    ["MD5", facts.md5],
    ["Compiler", facts.compiler ?? "unknown"],
    ["Source", facts.source ?? "unknown"],
    ["Loads", loadsText(facts)],
  ]);
  const attributes = facts.attributes.map(({ name, values }) => [name, values.join(" ")]);
  const imports = Object.entries(facts.imports).map(([module, functions]) => `${module}: ${functions.join(" ")}`);
  return [
    heading,
    ui.indent(fields, 2),
    ...section("Attributes", attributes.length === 0 ? "" : ui.table(attributes), ui),
    ...section(`Exports (${facts.exports.length})`, ui.wrap(facts.exports.join(" ")), ui),
    ...section("Imports", imports.map((line) => ui.wrap(line, 2)).join("\n"), ui),
    "",
  ].join("\n");
}

function section(title: string, text: string, ui: Ui): string[] {
  return text === "" ? [] : ["", ui.indent(ui.bold(title), 2), ui.indent(text, 4)];
}

function loadsText({ loads, maxOpcode }: BeamFacts): string {
  if (loads === null) return `unknown (instructions up to ${maxOpcode})`;
  return loads.loads ? `in Erlang/OTP ${loads.otp}` : `not in Erlang/OTP ${loads.otp}: ${loads.reason}`;
}
