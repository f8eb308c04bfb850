import { EnitError } from "../../error/index.ts";
import { compareText } from "../../term/index.ts";
import { inBeamFile, openBeam } from "../../beam/index.ts";
import { readWholeFile } from "../files.ts";
import { joinPath, splitPath } from "../filename.ts";
import type { OtpInstallation } from "../installation.ts";
import { type ZipEntry, readZip } from "../zip/index.ts";
import { splitBase, versionOfDir } from "./app-dirs.ts";
import { emptyAppInfo, parseAppInfo } from "./app-info.ts";
import { type FoundModule, joinModules } from "./app-modules.ts";
import type { AppConfig, SysConfig } from "./config.ts";
import { readEscriptBody } from "./escript-file.ts";
import { compileEscript, escriptError } from "./escript-source.ts";
import { labelOf } from "./labels.ts";
import type { ModuleUses } from "./module-uses.ts";
import type { ReltoolWarning } from "./option-error.ts";
import { stemOf } from "./paths.ts";
import type { App, AppInfo } from "./system.ts";

/** Tools that reading escripts takes. */
interface EscriptContext {
  readonly uses: ModuleUses;
  readonly otp: OtpInstallation;
  readonly warn: (warning: ReltoolWarning) => void;
}

/**
 * Reads the escripts of a configuration: each is an application of its own, and what lies in its archive as
 * `APP-VSN/ebin` are others, included if it is.
 *
 * Throws `escript_unusable`, and `application_clash` if an application in an escript is found elsewhere too.
 */
export function readEscripts(sys: SysConfig, apps: readonly App[], context: EscriptContext): App[] {
  const known = new Set(apps.map(({ name }) => name));
  const made: App[] = [];
  for (const config of sys.apps) {
    if (config.escript === undefined) continue;
    for (const app of readEscript(config, config.escript, context)) {
      if (known.has(app.name)) throw clash(app.name, config.escript);
      known.add(app.name);
      made.push(app);
    }
  }
  return made;
}

function readEscript(config: AppConfig, file: string, context: EscriptContext): App[] {
  const body = readEscriptBody(readWholeFile(file));
  if (body.kind === "archive") return readArchive(config, file, entriesOf(body.bytes, file), context);
  const bytes = body.kind === "beam" ? body.bytes : compileEscript(file, context.otp);
  const module = inBeamFile(file, () => {
    const beam = openBeam(bytes);
    const uses = context.uses.ofBeam(beam);
    return { name: beam.module, uses: () => uses };
  });
  return [makeApp(config, "escript", file, emptyAppInfo(""), [module], context)];
}

function readArchive(config: AppConfig, file: string, entries: readonly ZipEntry[], context: EscriptContext): App[] {
  const placed = entries.map((entry) => ({ entry, names: splitPath(entry.name) }));
  const own: FoundModule[] = [];
  const infos = new Map<string, AppInfo>();
  const modules = new Map<string, FoundModule[]>();
  const nameOf = appNames(placed.map(({ names }) => names));
  for (const { entry, names } of placed) {
    const [label = "", ebin, base = ""] = names;
    const module = foundModule(entry, file, names.at(-1) ?? "", context);
    if (names.length === 1 && module !== undefined) own.push(module);
    if (names.length !== 3 || ebin !== "ebin") continue;
    const named = stemOf(base, ".app");
    if (named !== undefined) {
      const vsn = versionOfDir(named, label);
      infos.set(named, parseAppInfo(entry.content(), joinPath(file, entry.name), named, vsn, context.warn));
    } else if (module !== undefined) {
      const name = nameOf.get(label) ?? splitBase(label).name;
      modules.set(name, [...(modules.get(name) ?? []), module]);
    }
  }
  const inlined = [...new Set([...infos.keys(), ...modules.keys()])].sort(compareText).map((name) => {
    const inherited = { name, inclCond: config.inclCond, mods: new Map() };
    const info = infos.get(name) ?? emptyAppInfo("");
    return makeApp(inherited, "inlined", joinPath(file, name), info, modules.get(name) ?? [], context);
  });
  return [makeApp(config, "escript", file, emptyAppInfo(""), own, context), ...inlined];
}

/** By directory, the application that the `.app` file in it names. */
function appNames(paths: readonly (readonly string[])[]): ReadonlyMap<string, string> {
  return new Map(
    paths.flatMap(([label = "", ebin, base = "", ...more]) => {
      const name = ebin === "ebin" && more.length === 0 ? stemOf(base, ".app") : undefined;
      return name === undefined ? [] : [[label, name] as const];
    }),
  );
}

function foundModule(entry: ZipEntry, file: string, base: string, { uses }: EscriptContext): FoundModule | undefined {
  const name = stemOf(base, ".beam");
  if (name === undefined) return undefined;
  const place = joinPath(file, entry.name);
  return { name, uses: () => inBeamFile(place, () => uses.ofBeam(openBeam(entry.content()))) };
}

function makeApp(
  config: AppConfig,
  kind: App["kind"],
  dir: string,
  info: AppInfo,
  modules: readonly FoundModule[],
  { warn }: EscriptContext,
): App {
  const { name } = config;
  const mods = joinModules(modules, info, config, warn);
  return { name, kind, config, dir, vsn: info.vsn, label: labelOf(name, info.vsn), info, mods, included: undefined };
}

function entriesOf(bytes: Uint8Array, file: string): ZipEntry[] {
  try {
    return readZip(bytes);
  } catch (cause) {
    if (!(cause instanceof EnitError)) throw cause;
    throw escriptError(file, cause.message, cause);
  }
}

function clash(name: string, file: string): EnitError {
  return new EnitError(
    "application_clash",
    `cannot use the escript "${file}": the application ${name} in it is elsewhere too`,
    {
      kind: "input",
      data: { file, name },
    },
  );
}
