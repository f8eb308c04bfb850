import { type OtpInstallation, findApplications } from "../../../src/otp/index.ts";
import type { TempDir } from "../../support/temp-dir.ts";
import { type AppFixture, appText } from "../support.ts";
import type { RelupRequest } from "./support.ts";

/** Two releases and the appups between them. */
export interface RelupCase {
  /** Applications as `NAME-VSN`. Default: `a-1` and `a-2`, both with the modules m1 to m6. */
  readonly apps?: Readonly<Record<string, AppFixture>>;
  /** What the releases have besides kernel, stdlib and sasl, in Erlang's syntax. Default: a in its two versions. */
  readonly old?: readonly string[];
  readonly new?: readonly string[];
  /** The instructions of the appup of a-2 for the way up from version 1. */
  readonly up?: string;
  /** For the way down; the same unless given. */
  readonly down?: string;
  /** Whole appup files of further applications, as `NAME-VSN`, or of a-2 instead of the one made of `up` and `down`. */
  readonly appups?: Readonly<Record<string, string>>;
  /** The emulator of the older release. Default: that of the OTP. */
  readonly oldErts?: string;
  /** Versions of kernel, stdlib and sasl that the fixtures bring. Default: those of the OTP. */
  readonly oldCore?: Readonly<Record<string, string>>;
  readonly newCore?: Readonly<Record<string, string>>;
  readonly withoutSasl?: boolean;
  readonly options?: Pick<RelupRequest, "restartEmulator" | "warningsAsErrors" | "description">;
}

const MODULES = ["m1", "m2", "m3", "m4", "m5", "m6"];

/** Writes the files of a case, and asks for the relup both ways. */
export function writeCase(dir: TempDir, otp: OtpInstallation, each: RelupCase): RelupRequest {
  const apps = each.apps ?? { "a-1": { modules: MODULES }, "a-2": { modules: MODULES } };
  const ebin = (id: string): string => `lib/${id}/ebin`;
  for (const [id, fixture] of Object.entries(apps)) {
    const [name = "", vsn = ""] = id.split("-");
    dir.write(`${ebin(id)}/${name}.app`, appText(name, { vsn, ...fixture }));
  }
  const { up = "[]", down = up } = each;
  const appups = { "a-2": `{"2", [{"1", ${up}}], [{"1", ${down}}]}.`, ...each.appups };
  for (const [id, text] of Object.entries(appups)) {
    if (text !== "") dir.write(`${ebin(id)}/${id.split("-")[0]}.appup`, `${text}\n`);
  }
  const core = coreVersions(otp, each.withoutSasl === true ? ["kernel", "stdlib"] : ["kernel", "stdlib", "sasl"]);
  const rel = (vsn: string, erts: string, versions: Readonly<Record<string, string>>, more: readonly string[]) => {
    const all = [...Object.entries(versions).map(([name, version]) => `{${name}, "${version}"}`), ...more];
    return dir.write(`${vsn}.rel`, `{release, {"rel", "${vsn}"}, {erts, "${erts}"}, [${all.join(", ")}]}.\n`);
  };
  const old = rel("1", each.oldErts ?? otp.ertsVersion, { ...core, ...each.oldCore }, each.old ?? ['{a, "1"}']);
  const top = rel("2", otp.ertsVersion, { ...core, ...each.newCore }, each.new ?? ['{a, "2"}']);
  const path = Object.keys(apps).map((id) => dir.join(ebin(id)));
  return { top, up: [old], down: [old], path, ...each.options };
}

/** The versions of some applications of an OTP. */
export function coreVersions(otp: OtpInstallation, names: readonly string[]): Record<string, string> {
  const index = findApplications({ libDirs: [otp.libDir] });
  return Object.fromEntries(names.map((name) => [name, index.find(name)?.vsn ?? "?"]));
}
