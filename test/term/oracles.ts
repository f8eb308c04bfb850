import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BitstringTerm, type Term, decodeTerm } from "../../src/term/index.ts";
import { compiledModules } from "../support/compiled.ts";
import { type Oracle, type VmOptions, oracle, otpInstallations } from "../support/otp.ts";

const MODULES = ["terms", "consult"];

/** An oracle for each OTP at hand, with the Erlang modules of this directory loaded. */
export async function termOracles(options: VmOptions = {}): Promise<readonly Oracle[]> {
  const sources = MODULES.map((module) => join(import.meta.dir, `${module}.erl`));
  return Promise.all(
    otpInstallations().map(async (otp) => {
      const erl = await oracle(otp, options);
      const directory = await compiledModules(otp, ...sources);
      for (const module of MODULES) await erl.evaluate(`{module, _} = code:load_abs("${directory}/${module}")`);
      return erl;
    }),
  );
}

/** Evaluates expressions whose value is a list. */
export async function evaluateList(erl: Oracle, expressions: string, input?: Uint8Array): Promise<readonly Term[]> {
  const value = decodeTerm(await erl.evaluate(expressions, input));
  if (value.kind !== "list") throw new Error(`not a list: ${expressions}`);
  return value.elements;
}

/** The elements of a tuple. */
export function tupleOf(term: Term | undefined): readonly Term[] {
  if (term?.kind !== "tuple") throw new Error("not a tuple");
  return term.elements;
}

/** The bytes of a binary. */
export function bytesOf(term: Term | undefined): Uint8Array {
  return binaryOf(term).bytes;
}

/** The text of a binary in UTF-8. */
export function textOf(term: Term | undefined): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(binaryOf(term).bytes);
}

/** The cases of a fixture of this directory, parted by lines of four hyphens. */
export function readCases(name: string): readonly string[] {
  return readFileSync(join(import.meta.dir, name), "utf8")
    .replace(/\n$/, "")
    .split("\n----\n");
}

function binaryOf(term: Term | undefined): BitstringTerm {
  if (term?.kind !== "bitstring" || term.lastBits !== 8) throw new Error("not a binary");
  return term;
}
