import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { EnitError } from "../../error/index.ts";
import type { OtpInstallation } from "../../otp/index.ts";
import { type Term, decodeTerm, encodeTerm, list, listElements } from "../../term/index.ts";

/**
 * Evaluates the script with the terms in one file and writes its value to another, so that what the script prints is not
 * mistaken for it. `file:script/2` is what rebar calls.
 */
const EVALUATE = `
  [Script, Terms, Result] = init:get_plain_arguments(),
  {ok, Config} = file:read_file(Terms),
  case file:script(Script, [{'CONFIG', binary_to_term(Config)}, {'SCRIPT', Script}]) of
    {ok, Value} -> ok = file:write_file(Result, term_to_binary(Value)), halt(0);
    {error, {_, _, _} = Reason} -> io:put_chars(standard_error, file:format_error(Reason)), halt(1);
    {error, Reason} -> io:put_chars(standard_error, file:format_error(Reason)), halt(1)
  end.`;

/**
 * Evaluates a `.script` file, which only Erlang itself can: the OTP at hand is started for it, in the file's directory, as
 * rebar does. What the script prints goes to standard error.
 *
 * @throws EnitError `script_failed`.
 */
export async function evaluateScript(
  script: string,
  config: readonly Term[],
  options: { readonly otp: OtpInstallation; readonly signal: AbortSignal },
): Promise<readonly Term[]> {
  const { otp, signal } = options;
  const dir = mkdtempSync(join(tmpdir(), "knit-script-"));
  try {
    const files = { terms: join(dir, "terms"), result: join(dir, "result") };
    writeFileSync(files.terms, encodeTerm(list(config)));
    const run = Bun.spawn({
      cmd: [
        join(otp.root, "bin", "erl"),
        "-noinput",
        "-boot",
        "no_dot_erlang",
        "-eval",
        EVALUATE,
        "-extra",
        script,
        files.terms,
        files.result,
      ],
      cwd: dirname(script),
      env: { ...process.env, ERL_CRASH_DUMP_SECONDS: "0" },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      signal,
    });
    const [printed, complaint, exitCode] = await Promise.all([run.stdout.text(), run.stderr.text(), run.exited]);
    signal.throwIfAborted();
    if (exitCode !== 0) throw scriptError(script, (complaint || printed).trim() || `Erlang ended with ${exitCode}`);
    return listElements(decodeTerm(readFileSync(files.result))) ?? notAList(script);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function notAList(script: string): never {
  throw scriptError(script, "its value is not a list of terms");
}

function scriptError(script: string, state: string): EnitError {
  return new EnitError("script_failed", `cannot evaluate "${script}": ${state}`, {
    kind: "input",
    data: { file: script },
  });
}
