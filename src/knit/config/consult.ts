import { existsSync } from "node:fs";
import type { OtpInstallation, TermFile } from "../../otp/index.ts";
import { readTermFile } from "../../otp/index.ts";
import { evaluateScript } from "./script.ts";

/**
 * Reads a file of Erlang terms as rebar does: a file `FILE.script` beside it, or one whose own name ends in `.script`, is
 * evaluated by Erlang, which sees the terms of FILE (none, where there is no such file) as `CONFIG` and its own name as
 * `SCRIPT`, and its value counts.
 *
 * `otp` is asked for only then. @throws EnitError what `readTermFile` and `evaluateScript` throw.
 */
export async function consultFile(
  file: string,
  options: { readonly otp: () => OtpInstallation; readonly signal: AbortSignal },
): Promise<TermFile> {
  const plain = file.replace(/\.script$/, "");
  const script = `${plain}.script`;
  if (!existsSync(script)) return readTermFile(file);
  const base = existsSync(plain) ? readTermFile(plain) : undefined;
  const terms = await evaluateScript(script, base?.terms ?? [], { otp: options.otp(), signal: options.signal });
  return { file: script, terms, positionOf: () => undefined };
}
