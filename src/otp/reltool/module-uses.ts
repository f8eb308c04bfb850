import { type BeamFile, inBeamFile, openBeam, readImportTable, readStubs, readUsedModules } from "../../beam/index.ts";
import { EnitError } from "../../error/index.ts";
import { type EmulatorLimits, whyNotLoaded } from "../emulator-limits.ts";
import { readFileIfAny } from "../files.ts";
import { joinPath } from "../filename.ts";
import { FileBuffer } from "./file-buffer.ts";

/**
 * Functions of the emulator that are no stubs in the module that they are named by, so that nothing in the files of an
 * OTP tells them apart (tried against `erlang:is_builtin/3` of OTP 25, 27 and 29).
 */
const BUILTINS_WITH_CODE: Readonly<Record<string, readonly string[]>> = {
  erlang: ["apply/2", "apply/3", "yield/0"],
  prim_file: ["internal_name2native/1", "internal_native2name/1", "internal_normalize_utf8/1", "is_translatable/1"],
};

/** Guards of `erlang` that became functions of the emulator with OTP 26. */
const BUILTINS_SINCE_26 = ["max/2", "min/2"] as const;

/**
 * Which modules a module calls, as `xref` in the mode `modules` without builtins says it: calls to functions that the
 * emulator brings itself do not count.
 */
export class ModuleUses {
  readonly #systemDirs: readonly string[];
  readonly #release: number;
  readonly #readLimits: () => EmulatorLimits;
  #limits: EmulatorLimits | undefined;
  readonly #buffer = new FileBuffer();
  readonly #builtins = new Map<string, ReadonlySet<string>>();

  /**
   * `systemDirs`: where the OTP at hand, of this release, has the BEAM files of erts, kernel and stdlib; `limits` finds out
   * what the emulator of the target system can load, when the first file is read.
   */
  constructor(systemDirs: readonly string[], release: number, limits: () => EmulatorLimits) {
    this.#systemDirs = systemDirs;
    this.#release = release;
    this.#readLimits = limits;
  }

  /**
   * The modules that the BEAM file of this name calls. Throws `beam_malformed`, `file_not_found`, `file_unreadable`, and
   * `beam_too_new` for one that the emulator of the target system would refuse.
   */
  ofFile(file: string): string[] {
    return inBeamFile(file, () => {
      const beam = openBeam(this.#buffer.read(file));
      this.#limits ??= this.#readLimits();
      const reason = whyNotLoaded(beam, this.#limits);
      if (reason !== undefined) throw tooNew(file, reason);
      return this.ofBeam(beam);
    });
  }

  /** The modules that a module calls, itself left out. */
  ofBeam(beam: BeamFile): string[] {
    return readUsedModules(beam, (module) => this.builtinsOf(module));
  }

  /** The functions of a module that the emulator brings, as `name/arity`. */
  builtinsOf(module: string): ReadonlySet<string> {
    const known = this.#builtins.get(module);
    if (known !== undefined) return known;
    const since26 = module === "erlang" && this.#release >= 26 ? BUILTINS_SINCE_26 : [];
    const withCode = Object.hasOwn(BUILTINS_WITH_CODE, module) ? BUILTINS_WITH_CODE[module] : [];
    const builtins = new Set([...this.#readStubs(module), ...(withCode ?? []), ...since26]);
    this.#builtins.set(module, builtins);
    return builtins;
  }

  /** The stubs of a module of the system. Those of one that loads native code itself are filled by that. */
  #readStubs(module: string): readonly string[] {
    for (const dir of this.#systemDirs) {
      const file = joinPath(dir, `${module}.beam`);
      const bytes = readFileIfAny(file);
      if (bytes === undefined) continue;
      return inBeamFile(file, () => {
        const beam = openBeam(bytes);
        const imports = readImportTable(beam);
        const loads = imports.some((each) => each.module === "erlang" && each.name === "load_nif");
        return loads ? [] : readStubs(beam);
      });
    }
    return [];
  }
}

function tooNew(file: string, reason: string): EnitError {
  return new EnitError("beam_too_new", `cannot use the BEAM file "${file}": ${reason}`, {
    kind: "input",
    hint: "Compile it with the Erlang/OTP that the system is made of, or an older one.",
    data: { file },
  });
}
