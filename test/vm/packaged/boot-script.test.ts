import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  parseBootScript,
  pathVariables,
  shellScript,
  startsOfScript,
  withoutStarts,
} from "../../../src/vm/packaged/boot-script.ts";
import {
  atom,
  encodeTerm,
  list,
  listElements,
  parseTerm,
  printTerm,
  string,
  type Term,
  tuple,
  type TupleTerm,
} from "../../../src/term/index.ts";
import { failure } from "../../support/failure.ts";
import { otpInstallations } from "../../support/otp.ts";

describe.each(otpInstallations())("the boot script of sasl in OTP $major", ({ root }) => {
  const script = parseBootScript(readFileSync(join(root, "bin", "start_sasl.boot")), root, "start_sasl.boot");
  const printed = (instruction: Term): string => printTerm(instruction, { format: "w" });
  const left = (made: Term): string[] => (listElements((made as TupleTerm).elements[2]) ?? []).map(printed);
  const START = "{apply,{application,start_boot,[sasl,permanent]}}";

  test("is taken apart, and loses its start alone", () => {
    expect(startsOfScript(script)).toEqual([["sasl", "permanent"]]);
    expect(pathVariables(script)).toEqual([]);
    const all = script.instructions.map(printed);
    expect(all).toContain(START);
    expect(left(withoutStarts(script))).toEqual(all.filter((instruction) => instruction !== START));
    expect((withoutStarts(script) as TupleTerm).elements[1]).toBe(script.id);
  });

  test("for a remote shell loads kernel and stdlib alone", () => {
    const starting = left(withoutStarts(script));
    const shell = left(shellScript(script));
    const gone = starting.filter((instruction) => !shell.includes(instruction));
    expect(gone).toHaveLength(1);
    expect(gone[0]).toStartWith("{apply,{application,load,[{application,sasl,");
  });
});

test("what paths begin with is found, $ROOT aside", () => {
  const path = (...names: string[]): Term => tuple(atom("path"), list(names.map(string)));
  const instructions = [
    path("$ROOT/lib/a"),
    path("$RELEASE_LIB/b/ebin", "$ROOT/c", "$LIB_DIR/d", "/abs", "$RELEASE_LIB/e"),
  ];
  expect(pathVariables({ id: atom("id"), instructions })).toEqual(["RELEASE_LIB", "LIB_DIR"]);
});

test("types of starts are kept; kernel and stdlib are not for the agent", () => {
  const text = `[{apply,{application,start_boot,[kernel,permanent]}},{apply,{application,start_boot,[a,transient]}},
    {apply,{other,start_boot,[b,permanent]}},{apply,{application,start_boot,[c,temporary]}},{progress,started}]`;
  const instructions = listElements(parseTerm(text)) ?? [];
  expect(startsOfScript({ id: atom("id"), instructions })).toEqual([
    ["a", "transient"],
    ["c", "temporary"],
  ]);
});

test("what is no boot script is refused", async () => {
  for (const content of [Buffer.from("text"), new Uint8Array(), encodeTerm(atom("script"))]) {
    const error = await failure(Promise.try(() => parseBootScript(content, "/root", "start.boot")));
    expect(error).toMatchObject({ code: "packaged_release_invalid", kind: "input" });
    expect(error.message).toBe('cannot use the release in "/root": start.boot is no boot file');
  }
});
