import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { openBeam, readStubs } from "../../src/beam/index.ts";
import { oracle, otpInstallations } from "../support/otp.ts";

/** Modules in which nothing but functions of the emulator are stubs. */
const MODULES = [
  "atomics",
  "binary",
  "ets",
  "io",
  "lists",
  "maps",
  "math",
  "os",
  "persistent_term",
  "re",
  "string",
  "unicode",
];

for (const otp of otpInstallations()) {
  test(`readStubs() finds what the emulator of OTP ${otp.major} brings itself`, async () => {
    await using erl = await oracle(otp);
    for (const module of MODULES) {
      const file = await erl.bytes(`list_to_binary(code:where_is_file("${module}.beam"))`);
      const builtins = await erl.bytes(`
        {ok, {M, [{exports, E}]}} = beam_lib:chunks(code:where_is_file("${module}.beam"), [exports]),
        list_to_binary(lists:join(" ", [[atom_to_list(F), $/, integer_to_list(A)] || {F, A} <- E, erlang:is_builtin(M, F, A)]))`);
      const beam = openBeam(readFileSync(new TextDecoder().decode(file)));
      expect(readStubs(beam).join(" ")).toBe(new TextDecoder().decode(builtins));
    }
  });
}
