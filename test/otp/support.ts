import { expect } from "bun:test";
import { readFileSync } from "node:fs";
import { EnitError } from "../../src/error/index.ts";
import {
  type OtpInstallation,
  type ReleaseSpec,
  type ScriptOptions,
  encodeBoot,
  findApplications,
  formatTermFile,
  makeScript,
  readReleaseFile,
} from "../../src/otp/index.ts";
import { type Term, atomName, decodeTerm, listElements, stringValue } from "../../src/term/index.ts";
import type { Oracle } from "../support/otp.ts";
import type { TempDir } from "../support/temp-dir.ts";

/** The keys of a `.app` file that tests vary; the others have values that systools accepts. */
export interface AppFixture {
  readonly vsn?: string;
  readonly modules?: readonly string[];
  readonly registered?: readonly string[];
  readonly applications?: readonly string[];
  readonly optional?: readonly string[];
  readonly included?: readonly string[];
  /** Further pairs, in Erlang's syntax. */
  readonly more?: readonly string[];
  /** Keys to leave out. */
  readonly without?: readonly string[];
}

/** The text of an application resource file. */
export function appText(name: string, fixture: AppFixture = {}): string {
  const { without = [] } = fixture;
  const pairs = [
    ["description", `"${name}"`],
    ["vsn", `"${fixture.vsn ?? "1.0"}"`],
    ["modules", atoms(fixture.modules ?? [`${name}_app`])],
    ["registered", atoms(fixture.registered ?? [])],
    ["applications", atoms(fixture.applications ?? ["kernel", "stdlib"])],
    ...(fixture.optional === undefined ? [] : [["optional_applications", atoms(fixture.optional)]]),
    ...(fixture.included === undefined ? [] : [["included_applications", atoms(fixture.included)]]),
  ] as [string, string][];
  const shown = pairs.filter(([key]) => !without.includes(key)).map(([key, value]) => `{${key}, ${value}}`);
  return `{application, '${name}', [${[...shown, ...(fixture.more ?? [])].join(",\n  ")}]}.\n`;
}

/** A list of atoms in Erlang's syntax. */
function atoms(names: readonly string[]): string {
  return `[${names.map((name) => `'${name}'`).join(", ")}]`;
}

/** The text of a release resource file; `applications` in Erlang's syntax, after kernel and stdlib of this OTP. */
export function relText(otp: OtpInstallation, applications: readonly string[], name = "rel"): string {
  const index = findApplications({ libDirs: [otp.libDir] });
  const all = ["kernel", "stdlib"].map((each) => `{${each}, "${index.find(each)?.vsn}"}`);
  const erts = otp.ertsVersion;
  return `{release, {"${name}", "1"}, {erts, "${erts}"}, [${[...all, ...applications].join(", ")}]}.\n`;
}

/** What a maker of boot scripts answered: the files' contents and the tags of its warnings, or why it refused. */
export type Outcome =
  | { readonly made: true; readonly script: string; readonly boot: Buffer; readonly warnings: readonly string[] }
  | { readonly made: false; readonly reason: string; readonly code: string };

/** Options in both worlds. */
export interface ScriptRequest {
  /** The `.rel` file. */
  readonly rel: string;
  /** Directories of `.app` files. */
  readonly path?: readonly string[];
  readonly options?: Omit<Partial<ScriptOptions>, "otp" | "applications">;
}

/** Lets systools make a boot script, in a directory of its own below `dir`. */
export async function makeWithSystools(vm: Oracle, dir: TempDir, request: ScriptRequest): Promise<Outcome> {
  const out = dir.join("systools");
  const options = [
    "silent",
    `{path, [${(request.path ?? []).map(quote).join(", ")}]}`,
    `{outdir, ${quote(out)}}`,
    ...systoolsOptions(request.options ?? {}),
  ];
  const name = request.rel.replace(/\.rel$/, "");
  const answer = decodeTerm(
    await vm.evaluate(`ok = filelib:ensure_dir(${quote(`${out}/x`)}),
      case systools:make_script(${quote(name)}, [${options.join(", ")}]) of
        {ok, _, Warnings} -> {ok, [case W of {T, _} -> T; T -> T end || {warning, W} <- Warnings]};
        {error, M, Reason} -> {error, Reason, unicode:characters_to_list(M:format_error(Reason))}
      end`),
  );
  const [tag, value, text] = answer.kind === "tuple" ? answer.elements : [];
  if (value === undefined || tag?.kind !== "atom") throw new Error("no answer of systools");
  if (tag.name === "error") return { made: false, reason: stringValue(text) ?? "", code: reasonTag(value) };
  const file = `${out}/${name.split("/").at(-1)}`;
  return {
    made: true,
    script: readFileSync(`${file}.script`, "utf8"),
    boot: readFileSync(`${file}.boot`),
    warnings: (listElements(value) ?? []).map((warning) => atomName(warning) ?? ""),
  };
}

/** Makes the boot script with the code under test. */
export function makeOurs(otp: OtpInstallation, request: ScriptRequest): Outcome {
  const applications = findApplications({ ebinDirs: request.path ?? [], libDirs: [otp.libDir] });
  try {
    const release: ReleaseSpec = readReleaseFile(request.rel);
    const { script, warnings } = makeScript(release, { ...request.options, otp, applications });
    return {
      made: true,
      script: formatTermFile(script, { otp: otp.release }),
      boot: Buffer.from(encodeBoot(script, otp)),
      warnings: warnings.map(({ code }) => code),
    };
  } catch (error) {
    if (!(error instanceof EnitError)) throw error;
    return { made: false, reason: error.message, code: error.code };
  }
}

function systoolsOptions(options: Omit<Partial<ScriptOptions>, "otp" | "applications">): string[] {
  const variables = (options.variables ?? []).map(([name, directory]) => `{${quote(name)}, ${quote(directory)}}`);
  return [
    ...(options.local === true ? ["local"] : []),
    ...(options.noDotErlang === true ? ["no_dot_erlang"] : []),
    ...(options.noWarnSasl === true ? ["no_warn_sasl"] : []),
    ...(options.warningsAsErrors === true ? ["warnings_as_errors"] : []),
    ...(options.sourceTests === true ? ["src_tests"] : []),
    ...(variables.length > 0 ? [`{variables, [${variables.join(", ")}]}`] : []),
  ];
}

/** The words in a reason that say what was wrong, outermost first. */
function reasonTag(reason: Term): string {
  if (reason.kind === "atom") return reason.name;
  if (reason.kind === "list") return reason.elements.map(reasonTag).join(" ");
  if (reason.kind !== "tuple") return "";
  const [first, second] = reason.elements;
  if (first?.kind === "tuple") return reasonTag(first);
  const tag = first?.kind === "atom" ? first.name : "";
  if (tag === "error_reading" && second?.kind === "tuple" && second.elements[1] !== undefined) {
    return reasonTag(second.elements[1]);
  }
  if (tag === "error" || tag === "modules") return second === undefined ? tag : reasonTag(second);
  return tag;
}

function quote(text: string): string {
  return JSON.stringify(text);
}

/** The codes of ours that stand for a reason of systools. */
const REASONS: Readonly<Record<string, string>> = {
  // A version that is no list crashes systools.
  EXIT: "release_malformed",
  badly_formatted_release: "release_malformed",
  illegal_name: "release_malformed",
  illegal_form: "release_malformed",
  illegal_applications: "release_malformed",
  missing_mandatory_app: "mandatory_application_missing",
  mandatory_app: "mandatory_application_not_permanent",
  not_found: "application_not_found",
  no_valid_version: "application_version_not_found",
  parse_error: "term_syntax",
  bad_param: "application_malformed",
  badly_formatted_application: "application_malformed",
  missing_param: "application_incomplete",
  dupl_entry: "duplicate_entry",
  bad_application_name: "application_misnamed",
  override_include: "included_application_unknown",
  undefined_applications: "application_not_in_release",
  duplicate_register: "duplicate_registered_name",
  duplicate_include: "application_included_twice",
  duplicate_modules: "duplicate_module",
  circular_dependencies: "circular_dependency",
  module_not_found: "module_not_found",
  warnings_treated_as_errors: "warnings_as_errors",
};

const WARNINGS: Readonly<Record<string, string>> = {
  missing_sasl: "sasl_missing",
  source_not_found: "source_not_found",
  obj_out_of_date: "module_out_of_date",
};

/** Both made the same files, to the byte, and warned of the same. */
export function expectSame(ours: Outcome, systools: Outcome): void {
  if (!ours.made || !systools.made) {
    expect(ours).toEqual(systools);
    return;
  }
  expect(ours.script).toBe(systools.script);
  expect(ours.boot.equals(systools.boot)).toBe(true);
  expect(ours.warnings).toEqual(systools.warnings.map((warning) => WARNINGS[warning] ?? warning));
}

/** Both refused, for the same reason. */
export function expectSameRefusal(ours: Outcome, systools: Outcome): void {
  expect([ours.made, systools.made]).toEqual([false, false]);
  if (ours.made || systools.made) return;
  const expected = REASONS[systools.code];
  // Of an application that is listed twice, systools says that what it registers, or its modules, are there twice.
  const same =
    ours.code === "application_listed_twice" ? systools.code.startsWith("duplicate_") : ours.code === expected;
  if (!same)
    expect({ ours: ours.code, reason: ours.reason }).toEqual({
      ours: expected ?? systools.code,
      reason: systools.reason,
    });
}

/** The error with which something is refused. */
export function refusal(run: () => unknown): EnitError {
  try {
    run();
  } catch (error) {
    if (error instanceof EnitError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}
