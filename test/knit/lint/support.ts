import { mkdirSync } from "node:fs";
import { openBeam, stripBeam } from "../../../src/beam/index.ts";
import { readApplicationCode } from "../../../src/knit/code/index.ts";
import { collectFacts } from "../../../src/knit/lint/collect.ts";
import type { LintWarning, ReleaseFacts, UpgradeFacts } from "../../../src/knit/lint/facts.ts";
import { lintUpgrades } from "../../../src/knit/lint/lint.ts";
import { type ReleaseSpec, type StartType, findApplications, findOtp } from "../../../src/otp/index.ts";
import { type Term, atom, binary, decodeTerm, encodeTerm, list, listElements, tuple } from "../../../src/term/index.ts";
import { type Oracle, oracle, systemOtp } from "../../support/otp.ts";
import { tempDir } from "../../support/temp-dir.ts";

/** Erlang source without its first line, by module. */
type Sources = Readonly<Record<string, string>>;

/** Two versions of the application `a`, 1 and 2, and the appup between them. */
export interface LintCase {
  readonly old: Sources;
  readonly new: Sources;
  /** The instructions for the way up, in Erlang's syntax. */
  readonly up?: string;
  /** For the way down. Default: as for the way up. */
  readonly down?: string;
  /** The whole appup; `""` for none. */
  readonly appup?: string;
  /** What the `.app` file of version 2 lists. Default: all modules. */
  readonly listed?: readonly string[];
  /** The version of the newer application. Default: 2. */
  readonly version?: string;
  /** Another application, the same in both releases. */
  readonly other?: Sources;
  /** Without `debug_info`. */
  readonly stripped?: boolean;
  /** Without attributes too. */
  readonly bare?: boolean;
  readonly from?: Partial<ReleaseFacts>;
  readonly to?: Partial<ReleaseFacts>;
  /** The type of sasl in the older release. Default: permanent. */
  readonly sasl?: StartType;
  /** Changes what follows from the rest. */
  readonly change?: (facts: UpgradeFacts) => UpgradeFacts;
}

export interface LintLab extends AsyncDisposable {
  /** Compiles a case, makes its relup, and looks at it. */
  readonly lint: (each: LintCase) => Promise<LintWarning[]>;
  /** As `lint`; gives each warning as `CODE MODULE`, or `CODE APPLICATION` if it is about no module. */
  readonly codes: (each: LintCase) => Promise<string[]>;
}

const COMPILE = `
  Forms = fun F(Text, At) -> case erl_scan:tokens([], Text, At) of
      {done, {ok, Tokens, Next}, Rest} -> {ok, Form} = erl_parse:parse_form(Tokens), [Form | F(Rest, Next)];
      _ -> [] end end,
  [begin
     {ok, _, Beam} = compile:forms(Forms(unicode:characters_to_list(Text) ++ "\\n", 1), Options),
     Beam
   end || {Options, Text} <- Input]`;

/** Starts the compiler. */
export async function lintLab(): Promise<LintLab> {
  const installation = systemOtp();
  const erl: Oracle = await oracle(installation);
  const otp = findOtp({ root: installation.root });
  const index = findApplications({ libDirs: [otp.libDir] });
  const core = ["kernel", "stdlib", "sasl"].map((name) => readApplicationCode(index.find(name)?.dir ?? ""));

  const lint = async (each: LintCase): Promise<LintWarning[]> => {
    using dir = tempDir();
    const version = each.version ?? "2";
    const applications = [
      ["a", "1", each.old, ""],
      ["a", version, each.new, each.appup ?? appupText(each)],
      ...(each.other === undefined ? [] : [["b", "1", each.other, ""]]),
    ] as [string, string, Sources, string][];
    const beams = await compile(
      erl,
      applications.flatMap(([, , sources]) => Object.entries(sources)),
      each.stripped,
    );
    if (each.bare === true) for (const [at, beam] of beams.entries()) beams[at] = stripBeam(openBeam(beam));
    for (const [at, [name, vsn, sources, appup]] of applications.entries()) {
      const ebin = `lib/${at}/${name}-${vsn}/ebin`;
      mkdirSync(dir.join(ebin), { recursive: true });
      for (const module of Object.keys(sources)) dir.write(`${ebin}/${module}.beam`, beams.shift() ?? "");
      const listed = at === 1 && each.listed !== undefined ? each.listed : Object.keys(sources);
      dir.write(`${ebin}/${name}.app`, appText(name, vsn, listed));
      if (appup !== "") dir.write(`${ebin}/${name}.appup`, appup);
    }
    const [old, fresh, other] = applications.map(([name, vsn], at) =>
      readApplicationCode(dir.join(`lib/${at}/${name}-${vsn}`)),
    );
    if (old === undefined || fresh === undefined) throw new Error("no application");
    const shared = [...core, ...(other === undefined ? [] : [other])];
    const source = (vsn: string, own: typeof old, more: Partial<ReleaseFacts> | undefined) => {
      const all = [...shared, own];
      const spec: ReleaseSpec = {
        name: "rel",
        vsn,
        ertsVersion: otp.ertsVersion,
        applications: all.map((app) => ({
          name: app.name,
          vsn: app.version,
          type: (vsn === "1" && app.name === "sasl" ? each.sasl : undefined) ?? "permanent",
        })),
      };
      return { facts: { spec, ...more }, applications: new Map(all.map((app) => [app.name, app])) };
    };
    const facts = collectFacts(source("1", old, each.from), source("2", fresh, each.to), { otp });
    return lintUpgrades([each.change?.(facts) ?? facts]);
  };
  return {
    lint,
    codes: async (each) =>
      (await lint(each)).map((warning) => `${warning.code} ${warning.module ?? warning.application ?? "-"}`),
    [Symbol.asyncDispose]: () => erl[Symbol.asyncDispose](),
  };
}

async function compile(erl: Oracle, sources: readonly [string, string][], stripped = false): Promise<Uint8Array[]> {
  const options: Term = list([...(stripped ? [] : [atom("debug_info")]), atom("nowarn_unused_vars")]);
  const input = list(sources.map(([name, text]) => tuple(options, binary(`-module(${name}).\n${text}`))));
  const beams = listElements(decodeTerm(await erl.evaluate(COMPILE, encodeTerm(input)))) ?? [];
  return beams.map((beam) => {
    if (beam.kind !== "bitstring") throw new Error("not compiled");
    return beam.bytes;
  });
}

function appupText({ up = "[]", down = up, version = "2" }: LintCase): string {
  return `{"${version}", [{"1", ${up}}], [{"1", ${down}}]}.\n`;
}

function appText(name: string, vsn: string, modules: readonly string[]): string {
  const pairs = [
    `{description, "${name}"}`,
    `{vsn, "${vsn}"}`,
    `{modules, [${modules.join(", ")}]}`,
    "{registered, []}",
    "{applications, [kernel, stdlib]}",
  ];
  return `{application, ${name}, [${pairs.join(", ")}]}.\n`;
}
