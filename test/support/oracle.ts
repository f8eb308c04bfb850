import { tmpdir } from "node:os";
import { join } from "node:path";
import { compiledModules } from "./compiled.ts";
import { readFrames } from "./frames.ts";
import type { OtpInstallation } from "./installations.ts";

/** A running Erlang VM that evaluates expressions for tests, one after the other. */
export interface Oracle extends AsyncDisposable {
  readonly otp: OtpInstallation;
  /** The process id of the VM. */
  readonly pid: number;
  /** Settles when the VM has ended, with its exit code (137 after SIGKILL). */
  readonly exited: Promise<number>;
  /**
   * Evaluates Erlang expressions (separated by commas, the last dot left out) and gives the last one's value in the
   * external format, version byte included.
   *
   * `input` is what the expressions see as the binary `Bytes`, and, if it is in the external format, as the term
   * `Input`.
   *
   * @throws OracleError if the expressions throw, or do not parse.
   */
  readonly evaluate: (expressions: string, input?: Uint8Array | string) => Promise<Uint8Array>;
  /** As `evaluate`; the value must be a binary, and its bytes are the result. */
  readonly bytes: (expressions: string, input?: Uint8Array | string) => Promise<Uint8Array>;
  /** As `evaluate`; gives the value printed on one line with `~0tp`. */
  readonly text: (expressions: string, input?: Uint8Array | string) => Promise<string>;
  /** Calls a function with a list of arguments in the external format, and gives the result in it. */
  readonly apply: (module: string, fun: string, args: Uint8Array) => Promise<Uint8Array>;
}

/** What the Erlang side said of an exception: `class:reason`, and the stack. */
export class OracleError extends Error {
  override readonly name = "OracleError";
}

/** What may be set of the VM. */
export interface VmOptions {
  /** Arguments for `erl`. */
  readonly args?: readonly string[];
  /** Variables besides PATH, HOME and LANG. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Starts a VM of this installation that answers requests; ready when the promise settles. */
export async function oracle(otp: OtpInstallation, options: VmOptions = {}): Promise<Oracle> {
  const vm = spawnVm(otp, options, await compiledModules(otp, join(import.meta.dir, "oracle.erl")));
  const stderr = new Response(vm.stderr).text();
  const frames = readFrames(vm.stdout);

  const receive = async (): Promise<Uint8Array> => {
    const { value, done } = await frames.next();
    if (done === true) throw new OracleError(`erl of OTP ${otp.major} ended: ${(await stderr).slice(-2000)}`);
    if (value[0] !== 0x78) return value.subarray(1);
    throw new OracleError(new TextDecoder().decode(value.subarray(1)));
  };
  let last: Promise<unknown> = receive();
  await last;

  const evaluate = (expressions: string, input: Uint8Array | string = ""): Promise<Uint8Array> => {
    void vm.stdin.write(frame(expressions, Buffer.from(input)));
    void vm.stdin.flush();
    const answer = last.then(receive, receive);
    last = answer;
    return answer;
  };
  const bytes = async (expressions: string, input?: Uint8Array | string): Promise<Uint8Array> => {
    const value = await evaluate(expressions, input);
    if (value[1] !== 109) throw new OracleError(`not a binary: ${expressions}`);
    return value.subarray(6);
  };
  return {
    otp,
    pid: vm.pid,
    exited: vm.exited,
    evaluate,
    bytes,
    text: async (expressions, input) =>
      new TextDecoder().decode(
        await bytes(`unicode:characters_to_binary(io_lib:format("~0tp", [begin ${expressions} end]))`, input),
      ),
    apply: (module, fun, args) => evaluate(`erlang:apply('${module}', '${fun}', Input)`, args),
    [Symbol.asyncDispose]: async () => {
      vm.kill("SIGKILL");
      await vm.exited;
    },
  };
}

/** Starts `erl` with the answering process of `oracle.erl` in a directory. What the VM logs goes to its stderr. */
function spawnVm(otp: OtpInstallation, options: VmOptions, directory: string): Bun.Subprocess<"pipe", "pipe", "pipe"> {
  const load = `{module, M} = code:load_abs("${directory}/oracle"), M:start()`;
  const logger = "[{handler, default, logger_std_h, #{config => #{type => standard_error}}}]";
  return Bun.spawn({
    cmd: [otp.erl, "-noinput", "-kernel", "logger", logger, ...(options.args ?? []), "-eval", load],
    env: {
      PATH: process.env["PATH"],
      HOME: tmpdir(),
      LANG: "C.UTF-8",
      ERL_CRASH_DUMP_SECONDS: "0",
      ...options.env,
    },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
}

function frame(expressions: string, input: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(expressions), Buffer.of(0), input]);
  const header = Buffer.alloc(4);
  header.writeUInt32BE(body.length);
  return Buffer.concat([header, body]);
}
