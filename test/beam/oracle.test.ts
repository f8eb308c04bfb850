import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type BeamFile,
  type BeamFunction,
  beamMd5,
  openBeam,
  readAttributes,
  readCompileInfo,
  readExports,
  readImports,
  readLocals,
  stripBeam,
} from "../../src/beam/index.ts";
import { type Term, atom, decodeTerm, equalTerms, list, tuple } from "../../src/term/index.ts";
import { compiledModules } from "../support/compiled.ts";
import { oracle, otpInstallations } from "../support/otp.ts";

for (const otp of otpInstallations()) {
  test(`every BEAM file of OTP ${otp.major} reads as beam_lib reads it`, async () => {
    await using erl = await oracle(otp);
    const directory = await compiledModules(otp, join(import.meta.dir, "survey.erl"));
    await erl.evaluate(`{module, _} = code:load_abs("${directory}/survey")`);
    const survey = elements(decodeTerm(await erl.evaluate("survey:all()")));
    expect(survey.length).toBeGreaterThan(500);
    const wrong: string[] = [];
    for (const each of survey) {
      const [file, module, md5, stripped, exports, imports, locals, attributes, info] = elements(each);
      const beam = openBeam(readFileSync(text(file)));
      const same = [
        beam.module === text(module),
        hex(beamMd5(beam)) === hex(bytes(md5)),
        digest(stripBeam(beam)) === hex(bytes(stripped)),
        digest(functionsText(readExports(beam))) === hex(bytes(exports)),
        digest(importsText(beam)) === hex(bytes(imports)),
        digest(functionsText(readLocals(beam))) === hex(bytes(locals)),
        equalTerms(attributesTerm(beam), attributes ?? list([])),
        equalTerms(infoTerm(beam), info ?? list([])),
      ];
      if (same.includes(false)) wrong.push(`${text(file)} ${same.join(" ")}`);
    }
    expect(wrong).toEqual([]);
  }, 60_000);
}

function attributesTerm(beam: BeamFile): Term {
  return list(readAttributes(beam).map(({ name, values }) => tuple(atom(name), list(values))));
}

function infoTerm(beam: BeamFile): Term {
  return list(readCompileInfo(beam).map(([name, value]) => tuple(atom(name), value)));
}

function functionsText(functions: readonly BeamFunction[]): string {
  return functions.map(({ name, arity, label }) => `${name} ${arity} ${label} `).join("");
}

function importsText(beam: BeamFile): string {
  return readImports(beam)
    .map(({ module, name, arity }) => `${module} ${name} ${arity} `)
    .join("");
}

function elements(term: Term): readonly Term[] {
  if (term.kind !== "list") throw new Error(`not a list: ${term.kind}`);
  return term.elements;
}

function bytes(term: Term | undefined): Uint8Array {
  if (term?.kind !== "bitstring") throw new Error(`not a binary: ${term?.kind}`);
  return term.bytes;
}

const text = (term: Term | undefined): string => new TextDecoder().decode(bytes(term));
const hex = (each: Uint8Array): string => Buffer.from(each).toString("hex");
const digest = (content: Uint8Array | string): string => createHash("md5").update(content).digest("hex");
