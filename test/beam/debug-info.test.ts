import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { openBeam, readRecords, stripBeam } from "../../src/beam/index.ts";
import { type Term, atomName, decodeTerm, listElements } from "../../src/term/index.ts";
import { oracle, otpInstallations } from "../support/otp.ts";

/** The records of some modules as `beam_lib` has them. */
const SURVEY = `
  Name = fun F({typed_record_field, R, _}) -> F(R); F({record_field, _, {atom, _, N}}) -> N; F({record_field, _, {atom, _, N}, _}) -> N end,
  [begin
     {ok, {_, [{abstract_code, {_, Forms}}]}} = beam_lib:chunks(File, [abstract_code]),
     {list_to_binary(File), [{R, [Name(F) || F <- Fields]} || {attribute, _, record, {R, Fields}} <- Forms]}
   end || File <- filelib:wildcard(code:lib_dir(stdlib) ++ "/ebin/{supervisor,gen_statem,dets,lists}.beam")]`;

for (const otp of otpInstallations()) {
  test(`records of OTP ${otp.major} have the fields that beam_lib sees`, async () => {
    await using erl = await oracle(otp);
    const survey = listElements(decodeTerm(await erl.evaluate(SURVEY))) ?? [];
    expect(survey).toHaveLength(4);
    for (const each of survey) {
      const [file, records] = each.kind === "tuple" ? each.elements : [];
      if (file?.kind !== "bitstring") throw new Error("no file");
      const beam = openBeam(readFileSync(new TextDecoder().decode(file.bytes)));
      expect([...(readRecords(beam) ?? [])]).toEqual((listElements(records) ?? []).map(readRecord));
      expect(readRecords(openBeam(stripBeam(beam)))).toBeUndefined();
    }
  });
}

function readRecord(term: Term): [string, string[]] {
  const [name, fields] = term.kind === "tuple" ? term.elements : [];
  return [atomName(name) ?? "", (listElements(fields) ?? []).map((field) => atomName(field) ?? "")];
}
