import { type Context, EnitError } from "../../src/contract/index.ts";

type Beam = ReturnType<Context["beam"]["openBeam"]>;

/** What a BEAM file says of itself. */
export interface BeamFacts {
  readonly file: string;
  readonly module: string;
  /** Hexadecimal. */
  readonly md5: string;
  /** The version of the compiler; `null` if the file was stripped. */
  readonly compiler: string | null;
  /** The source that it was made of, as the compiler named it. */
  readonly source: string | null;
  /** The highest instruction in the code. */
  readonly maxOpcode: number;
  /** Whether the Erlang/OTP at hand would load it, and why not; `null` if there is none. */
  readonly loads: { readonly otp: string; readonly loads: boolean; readonly reason: string | null } | null;
  /** Each value printed as `~w`. */
  readonly attributes: readonly { readonly name: string; readonly values: readonly string[] }[];
  /** `name/arity` */
  readonly exports: readonly string[];
  /** `name/arity` by module. */
  readonly imports: Readonly<Record<string, readonly string[]>>;
  readonly chunks: readonly { readonly id: string; readonly size: number }[];
}

/** Reads a BEAM file. @throws EnitError `file_not_found`, `file_unreadable`, `beam_malformed`. */
export function describeBeam(ctx: Context, file: string): BeamFacts {
  const { beam: reader, terms } = ctx;
  const bytes = ctx.otp.readWholeFile(file);
  return reader.inBeamFile(file, () => {
    const beam = reader.openBeam(bytes);
    const info = new Map(reader.readCompileInfo(beam));
    return {
      file,
      module: beam.module,
      md5: Buffer.from(reader.beamMd5(beam)).toString("hex"),
      compiler: terms.stringValue(info.get("version")) ?? null,
      source: terms.stringValue(info.get("source")) ?? null,
      maxOpcode: reader.readCodeHeader(beam).maxOpcode,
      loads: tellLoads(ctx, beam),
      attributes: reader.readAttributes(beam).map(({ name, values }) => {
        return { name, values: values.map((value) => terms.printTerm(value, { format: "tw" })) };
      }),
      exports: reader.readExports(beam).map(({ name, arity }) => functionText(ctx, name, arity)),
      imports: importsByModule(ctx, beam),
      chunks: beam.chunks.map(({ id, size }) => ({ id, size })),
    };
  });
}

function tellLoads(ctx: Context, beam: Beam): BeamFacts["loads"] {
  try {
    const { root, release, version } = ctx.otp.findOtp({ root: ctx.settings.otpRoot });
    const reason = ctx.otp.whyNotLoaded(beam, ctx.otp.readEmulatorLimits(root, release)) ?? null;
    return { otp: version, loads: reason === null, reason };
  } catch (error) {
    if (error instanceof EnitError && error.code === "otp_not_found" && ctx.settings.otpRoot === undefined) return null;
    throw error;
  }
}

function importsByModule(ctx: Context, beam: Beam): Record<string, string[]> {
  const modules = Map.groupBy(ctx.beam.readImports(beam), ({ module }) => module);
  return Object.fromEntries(
    [...modules].map(([module, functions]) => [
      module,
      functions.map(({ name, arity }) => functionText(ctx, name, arity)),
    ]),
  );
}

function functionText({ terms }: Context, name: string, arity: number): string {
  return `${terms.printTerm(terms.atom(name), { format: "tw" })}/${arity}`;
}
