import { expect } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { EnitError } from "../../../src/error/index.ts";
import {
  type OtpInstallation,
  type Relup,
  findApplications,
  formatTermFile,
  makeRelup,
  readReleaseFile,
} from "../../../src/otp/index.ts";
import { type Term, atomName, decodeTerm, isTuple, listElements, stringValue } from "../../../src/term/index.ts";
import type { Oracle } from "../../support/otp.ts";
import type { TempDir } from "../../support/temp-dir.ts";

/** A relup to be made, in both worlds. */
export interface RelupRequest {
  /** The newer release's file. */
  readonly top: string;
  readonly up: readonly string[];
  readonly down: readonly string[];
  /** Directories of `.app` files. */
  readonly path: readonly string[];
  readonly restartEmulator?: boolean;
  readonly warningsAsErrors?: boolean;
  /** What the relup says of each older release. */
  readonly description?: string;
}

/** What a maker of relups answered: the file's content and the codes of warnings, or why it refused. */
export type RelupOutcome =
  | { readonly made: true; readonly text: string; readonly warnings: readonly string[]; readonly relup?: Relup }
  | { readonly made: false; readonly code: string; readonly reason: string; readonly error?: EnitError };

/** Lets systools make a relup. */
export async function relupOfSystools(vm: Oracle, dir: TempDir, request: RelupRequest): Promise<RelupOutcome> {
  const base = (file: string): string => {
    const name = quote(file.replace(/\.rel$/, ""));
    return request.description === undefined ? name : `{${name}, ${quote(request.description)}}`;
  };
  const options = [
    "silent",
    `{path, [${request.path.map(quote).join(", ")}]}`,
    `{outdir, ${quote(dir.path)}}`,
    ...(request.restartEmulator === true ? ["restart_emulator"] : []),
    ...(request.warningsAsErrors === true ? ["warnings_as_errors"] : []),
  ];
  const answer = decodeTerm(
    await vm.evaluate(`try systools:make_relup(${quote(request.top.replace(/\.rel$/, ""))},
        [${request.up.map(base).join(", ")}], [${request.down.map(base).join(", ")}], [${options.join(", ")}]) of
      {ok, _, _, Warnings} -> {ok, [case W of _ when is_tuple(W) -> element(1, W); _ -> W end || W <- Warnings]};
      {error, _, Reason} -> {error, Reason, lists:flatten(io_lib:format("~tp", [Reason]))}
    catch Class:Reason -> {error, crash, lists:flatten(io_lib:format("~tp", [{Class, Reason}]))}
    end`),
  );
  const [tag, value, text] = isTuple(answer) ? answer.elements : [];
  if (value === undefined) throw new Error("no answer of systools");
  if (atomName(tag) === "error") return { made: false, code: reasonTag(value), reason: stringValue(text) ?? "" };
  const file = dir.join("relup");
  if (!existsSync(file)) throw new Error("systools wrote no relup");
  const warnings = (listElements(value) ?? []).map((each) => atomName(each) ?? "");
  return { made: true, text: readFileSync(file, "utf8"), warnings };
}

/** Makes the relup with the code under test. */
export function relupOfOurs(otp: OtpInstallation, request: RelupRequest): RelupOutcome {
  const applications = findApplications({ ebinDirs: request.path, libDirs: [otp.libDir] });
  const older = (files: readonly string[]) =>
    files.map((file) => ({
      release: readReleaseFile(file),
      ...(request.description !== undefined && { description: request.description }),
    }));
  try {
    const { up, down, top, restartEmulator = false, warningsAsErrors = false } = request;
    const options = { otp, applications, up: older(up), down: older(down), restartEmulator, warningsAsErrors };
    const relup = makeRelup(readReleaseFile(top), options);
    const text = formatTermFile(relup.relup, { otp: otp.release });
    return { made: true, text, warnings: relup.warnings.map(({ code }) => code), relup };
  } catch (error) {
    if (!(error instanceof EnitError)) throw error;
    return { made: false, code: error.code, reason: error.message, error };
  }
}

/** Both wrote the same, to the byte, and warned of the same. */
export function expectSameRelup(ours: RelupOutcome, systools: RelupOutcome): void {
  if (!ours.made || !systools.made) {
    expect(ours).toEqual(systools);
    return;
  }
  expect(ours.text).toBe(systools.text);
  expectSameWarnings(ours.warnings, systools.warnings);
}

function expectSameWarnings(ours: readonly string[], systools: readonly string[]): void {
  const expected = systools.map((warning) => WARNINGS[warning] ?? warning);
  expect([...new Set(ours)].sort()).toEqual([...new Set(expected)].sort());
}

/** Both refused, for the same reason; `code` is ours where systools crashes or says something vaguer. */
export function expectSameRefusal(ours: RelupOutcome, systools: RelupOutcome, code?: string): void {
  expect([ours.made, systools.made]).toEqual([false, false]);
  if (ours.made || systools.made) return;
  const expected = code ?? REASONS[systools.code] ?? systools.code;
  expect({ code: ours.code, reason: ours.reason }).toEqual({
    code: expected,
    reason: ours.code === expected ? ours.reason : systools.reason,
  });
}

/** The codes of ours that stand for a reason of systools; the others have the same word. */
const REASONS: Readonly<Record<string, string>> = {
  "file_problem open": "appup_not_found",
  "file_problem parse": "term_syntax",
  "file_problem read": "term_syntax",
  "file_problem ok": "appup_malformed",
  no_relup: "appup_version_not_found",
  missing_sasl: "sasl_missing",
  warnings_treated_as_errors: "warnings_as_errors",
  // Systools crashes on an improper list.
  function_clause: "bad_list",
  error_reading: "application_not_found",
};

const WARNINGS: Readonly<Record<string, string>> = {
  erts_vsn_changed: "erts_version_changed",
  bad_vsn: "appup_version_differs",
  pre_R15_emulator_upgrade: "emulator_before_r15",
};

/** The word of a reason; of a problem with a file what failed besides. */
function reasonTag(reason: Term): string {
  if (reason.kind === "atom") return reason.name;
  if (reason.kind === "list" && reason.elements[0] !== undefined) return reasonTag(reason.elements[0]);
  if (reason.kind !== "tuple") return "";
  const [tag, problem] = reason.elements;
  const name = atomName(tag) ?? "";
  if (name !== "file_problem" || !isTuple(problem, 2)) return name;
  const [, answer] = problem.elements;
  const [first, second] = isTuple(answer, 2) ? answer.elements : [];
  return `${name} ${atomName(isTuple(second) && atomName(first) === "error" ? second.elements[0] : first) ?? ""}`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
