import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
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
import { oracle, otpInstallations } from "../support/otp.ts";

/** Every BEAM file of an installation, with what `beam_lib` says of it; what is large as an MD5 of its text. */
const SURVEY = `
  Word = fun(A) when is_atom(A) -> atom_to_binary(A); (N) -> integer_to_binary(N) end,
  Text = fun(L) -> erlang:md5([[[Word(W), $ ] || W <- tuple_to_list(T)] || T <- L]) end,
  [begin
     {ok, Bin} = file:read_file(File),
     {ok, {_, MD5}} = beam_lib:md5(Bin),
     {ok, {_, Stripped}} = beam_lib:strip(Bin),
     {ok, {Module, [{_, Attributes}, {_, Info}, {_, Exports}, {_, Imports}, {_, Locals}]}} =
       beam_lib:chunks(Bin, [attributes, compile_info, labeled_exports, imports, labeled_locals]),
     [list_to_binary(File), atom_to_binary(Module), MD5, erlang:md5(zlib:gunzip(Stripped)),
      Text(Exports), Text(Imports), Text(Locals), Attributes, Info]
   end || File <- filelib:wildcard(code:root_dir() ++ "/lib/*/ebin/*.beam")]`;

for (const otp of otpInstallations()) {
  test(`every BEAM file of OTP ${otp.major} reads as beam_lib reads it`, async () => {
    await using erl = await oracle(otp);
    const survey = elements(decodeTerm(await erl.evaluate(SURVEY)));
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
