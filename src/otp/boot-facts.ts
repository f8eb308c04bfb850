import { EnitError } from "../error/index.ts";
import { decodeTerm, isList, isTagged, isTuple, listElements } from "../term/index.ts";
import type { ListTerm, Term, TupleTerm } from "../term/index.ts";
import { readFileIfAny } from "./files.ts";
import { joinPath } from "./filename.ts";
import type { OtpInstallation } from "./installation.ts";

/** What a boot script begins with in every release of an OTP: it differs between OTPs, and comes with each of them. */
export interface BootFacts {
  /** The modules that are part of the emulator. */
  readonly preloaded: ListTerm;
  /** The modules that are loaded before any other. */
  readonly mandatory: ListTerm;
  /** `{kernelProcess, Name, {Module, Function, Arguments}}`, in the order in which they start. */
  readonly kernelProcesses: readonly TupleTerm[];
}

/**
 * Reads what all boot scripts of an OTP have in common from its own `start_clean.boot`.
 *
 * Throws `boot_file_missing` or `boot_file_malformed`.
 */
export function readBootFacts(otp: OtpInstallation): BootFacts {
  const files = [joinPath(otp.releaseDir, "start_clean.boot"), joinPath(otp.root, "bin", "start_clean.boot")];
  for (const file of files) {
    const bytes = readFileIfAny(file);
    if (bytes !== undefined) return parseBootFacts(decodeTerm(bytes), file);
  }
  throw new EnitError(
    "boot_file_missing",
    `cannot find the boot file start_clean.boot of Erlang/OTP in "${otp.root}": no such file`,
    {
      hint: "Install the whole of Erlang/OTP (Debian and Ubuntu: apt install erlang-base).",
      data: { files },
    },
  );
}

function parseBootFacts(script: Term, file: string): BootFacts {
  const instructions = isTagged(script, "script", 3) ? (listElements(script.elements[2]) ?? []) : [];
  const argument = (name: string): Term | undefined =>
    instructions.find((each): each is TupleTerm => isTagged(each, name, 2))?.elements[1];
  const preloaded = argument("preLoaded");
  const mandatory = argument("primLoad");
  const kernelProcesses = instructions.filter(
    (each): each is TupleTerm => isTagged(each, "kernelProcess", 3) && isTuple(each.elements[2], 3),
  );
  if (isList(preloaded) && isList(mandatory) && kernelProcesses.length > 0) {
    return { preloaded, mandatory, kernelProcesses };
  }
  throw new EnitError("boot_file_malformed", `cannot read the boot file "${file}": it is not a boot script`, {
    kind: "input",
    data: { file },
  });
}
