import { EnitError } from "../../error/index.ts";
import { joinPath } from "../filename.ts";
import type { OtpInstallation } from "../installation.ts";

/** Prints the BEAM file that an escript of source code becomes. */
const COMPILE = `
  [File] = init:get_plain_arguments(),
  case catch escript:extract(File, [compile_source]) of
    {ok, [_, _, _, {source, Beam}]} -> io:put_chars(base64:encode(Beam)), halt(0);
    Error -> io:format(standard_error, "~tp", [Error]), halt(1)
  end.`;

/** Compiles an escript of source code, which only Erlang itself can; the OTP at hand is started for it. */
export function compileEscript(file: string, otp: OtpInstallation): Uint8Array {
  const run = Bun.spawnSync({
    cmd: [joinPath(otp.root, "bin", "erl"), "-noinput", "-boot", "no_dot_erlang", "-eval", COMPILE, "-extra", file],
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  if (run.exitCode === 0) return Buffer.from(run.stdout.toString("latin1"), "base64");
  const reason = run.stderr.toString().trim() || run.stdout.toString().trim();
  throw escriptError(file, `it does not compile: ${reason}`);
}

/** The error for an escript that cannot be used. */
export function escriptError(file: string, state: string, cause?: unknown): EnitError {
  return new EnitError("escript_unusable", `cannot use the escript "${file}": ${state}`, {
    kind: "input",
    data: { file },
    ...(cause === undefined ? {} : { cause }),
  });
}
