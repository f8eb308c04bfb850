import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Context, EnitError } from "../../src/contract/index.ts";

type Otp = ReturnType<Context["otp"]["findOtp"]>;
type Spec = ReturnType<Context["otp"]["makeTargetSpec"]>;

/** A target specification and what it was made of. */
export interface FoundSpec extends Spec {
  /** The configuration, as it was named or found. */
  readonly file: string;
  readonly otp: Otp;
}

/** Where a configuration is looked for, in this order. */
const PLACES = ["reltool.config", "rel/reltool.config"] as const;

/**
 * Makes the target specification of a configuration; paths in it begin at its directory.
 *
 * @throws EnitError `reltool_config_missing`, `reltool_sys_missing`, and what reading and making it throws.
 */
export function readSpec(ctx: Context, named: string | undefined): FoundSpec {
  const file = named ?? PLACES.find((place) => existsSync(place));
  if (file === undefined) {
    throw new EnitError(
      "reltool_config_missing",
      `cannot find a configuration: neither ${PLACES.join(" nor ")} is there`,
      {
        kind: "input",
        hint: "Name it with -r FILE.",
        data: { places: PLACES },
      },
    );
  }
  const { terms, positionOf } = ctx.otp.readTermFile(file);
  const sys = terms.find((term) => ctx.terms.isTagged(term, "sys", 2));
  if (sys === undefined) {
    throw new EnitError("reltool_sys_missing", `cannot use the configuration "${file}": it has no {sys, [...]}`, {
      kind: "input",
      data: { file },
    });
  }
  const otp = ctx.otp.findOtp({ root: ctx.settings.otpRoot });
  const spec = ctx.otp.makeTargetSpec(sys, { otp, directory: dirname(resolve(file)), positionOf });
  return { ...spec, file, otp };
}
