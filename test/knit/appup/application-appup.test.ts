import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type ApplicationAppup, Behaviours, makeApplicationAppup } from "../../../src/knit/appup/index.ts";
import type { ApplicationCode } from "../../../src/knit/code/index.ts";
import { type Term, atom, printTerm } from "../../../src/term/index.ts";
import { failure } from "../../support/failure.ts";
import { type Oracle, oracle, systemOtp } from "../../support/otp.ts";
import { type CompiledPair, compilePair } from "./support.ts";

const otp = systemOtp();
let vm: Oracle;
let pair: CompiledPair;
beforeAll(async () => {
  vm = await oracle(otp);
  const source = (value: number): string => `-export([f/0]).\nf() -> ${value}.\n`;
  pair = await compilePair(vm, { a_a: source(1) }, { a_a: source(2), a_b: source(1) });
});
afterAll(async () => {
  pair[Symbol.dispose]();
  await vm[Symbol.asyncDispose]();
});

const UP = '{"1",[{add_module,a_b},{load_module,a_a}]}';
const DOWN = '{"1",[{load_module,a_a},{delete_module,a_b}]}';

describe("makeApplicationAppup()", () => {
  test("makes a file that carries what it was made from", async () => {
    const made = await make();
    expect(shown(made.term)).toBe(`{"2",[${UP}],[${DOWN}]}`);
    expect(made).toMatchObject({ found: "none", ways: [{ from: "1", written: { up: false, down: false } }] });
    const file = pair.dir.write("made.appup", made.text ?? "");
    expect(await vm.text(`{ok, [Term]} = file:consult("${file}"), Term`)).toBe(shown(made.term));
    expect(made.text).toMatch(/^%% coding: utf-8\n%% Made by enit from a 1 \([0-9a-f]+\), for 2 \([0-9a-f]+\)\.\n/);
  });

  test("has entries for all older versions, one each", async () => {
    const older = [version("1"), version("0.9"), version("1"), version("2")];
    const made = await make({ older });
    expect(made.ways.map(({ from }) => from)).toEqual(["1", "0.9"]);
    expect(shown(made.term)).toBe(`{"2",[${UP},${UP.replace("1", "0.9")}],[${DOWN},${DOWN.replace("1", "0.9")}]}`);
  });

  test("recognises its own file, and a stale one, and makes both anew", async () => {
    const { text = "" } = await make();
    expect(await make({ appup: text })).toMatchObject({ found: "ours", text });
    const stale = await make({ appup: text, older: [version("0.9")] });
    expect(stale.found).toBe("stale");
    expect(shown(stale.term)).not.toContain('"1"');
  });

  test("takes a file that was edited as written by hand", async () => {
    const { text = "" } = await make();
    const made = await make({ appup: text.replace("add_module", "load_module") });
    expect(made).toMatchObject({ found: "written", text: undefined });
    expect(shown(made.term)).toContain("{load_module,a_b}");
  });

  test("leaves what is written by hand alone, regular expressions included", async () => {
    const made = await make({ appup: '{"2", [{<<"[0-9]">>, [{load_module, a_a}]}], [{<<"1(\\\\.0)?">>, []}]}.\n' });
    expect(made).toMatchObject({ text: undefined, found: "written", ways: [{ written: { up: true, down: true } }] });
    expect(made.ways[0]?.up.map(shown)).toEqual(["{load_module,a_a}"]);
    expect(made.ways[0]?.explanations.up[0]?.reason).toBe(`written by hand in ${pair.to.origin}/ebin/a.appup`);
  });

  test("adds what a hand-written file does not say, for one direction or one version", async () => {
    const written = '{"1", [{load_module, a_a}]}';
    const lopsided = await make({ appup: `{"2", [${written}], []}.\n` });
    expect(shown(lopsided.term)).toBe(`{"2",[{"1",[{load_module,a_a}]}],[${DOWN}]}`);
    expect(lopsided.ways).toMatchObject([{ written: { up: true, down: false } }]);
    const other = await make({ appup: `{"2", [${written}], [${written}]}.\n`, older: [version("1"), version("0.9")] });
    expect(shown(other.term)).toStartWith(`{"2",[${UP.replace("1", "0.9")},{"1",[{load_module,a_a}]}],`);
    expect(other.text).toStartWith('%% coding: utf-8\n{"2"');
  });

  test("lets instructions be changed, hand-written ones too", async () => {
    const restart = [atom("restart_new_emulator")];
    const change = ({ down }: { readonly down: readonly Term[] }, from: string) => ({
      up: from === "1" ? restart : [],
      down,
    });
    const made = await make({ change, appup: '{"2", [{<<".*">>, []}], [{<<".*">>, []}]}.\n' });
    expect(shown(made.term)).toBe('{"2",[{"1",[restart_new_emulator]},{<<".*">>,[]}],[{<<".*">>,[]}]}');
    expect(made.ways[0]?.explanations.up[0]?.reason).toBe("put here by a plugin");
  });

  test("takes an empty file for none, as a shell makes one where output is to go", async () => {
    expect(await make({ appup: "" })).toMatchObject({ found: "none", text: (await make()).text });
  });

  test("refuses a file that does not parse, with its place", async () => {
    expect(await failure(make({ appup: '{"2", [\n' }))).toMatchObject({ code: "term_syntax", data: { line: 1 } });
    expect(await failure(make({ appup: '{"2", []}.' }))).toMatchObject({ code: "appup_malformed" });
  });
});

interface Given {
  readonly appup?: string;
  readonly older?: readonly ApplicationCode[];
  readonly change?: (
    value: { readonly up: readonly Term[]; readonly down: readonly Term[] },
    from: string,
  ) => {
    readonly up: readonly Term[];
    readonly down: readonly Term[];
  };
}

function make({ appup, older = [pair.from], change }: Given = {}): Promise<ApplicationAppup> {
  const file = `${pair.to.origin}/ebin/a.appup`;
  const to = { ...pair.to, appup: appup === undefined ? undefined : { file, bytes: Buffer.from(appup) } };
  const from = older.map((application) => ({ application, behaviours: new Behaviours(new Map(), [to, application]) }));
  return makeApplicationAppup({ to, from, otpRelease: otp.major, ...(change && { change }) });
}

function version(vsn: string): ApplicationCode {
  return { ...pair.from, version: vsn };
}

function shown(term: Term): string {
  return printTerm(term, { format: "tp", width: 0, printableRange: "unicode" });
}
