import { basename, join } from "node:path";
import { EnitError } from "../../error/index.ts";
import { type AppSpec, listDirectoryIfAny, parseApplicationFile, readWholeFile } from "../../otp/index.ts";
import { ModuleCode } from "./module-code.ts";

/** An application with its code, as it lies in a directory or in a tarball. */
export interface ApplicationCode {
  readonly name: string;
  readonly version: string;
  readonly spec: AppSpec;
  /** The modules in `ebin`, by name, sorted; whether the application file lists them does not matter. */
  readonly modules: ReadonlyMap<string, ModuleCode>;
  /** The file `NAME.appup` in `ebin`. */
  readonly appup: AppupFile | undefined;
  /** Where it was found, for messages: the application's directory. */
  readonly origin: string;
}

/** An appup as it was found. */
export interface AppupFile {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/**
 * Reads an application from its directory, that of `ebin`. The bytes of a module are read when they are asked for.
 *
 * @throws EnitError `application_not_found` if there is no single `.app` file in `ebin`, or what reading that file throws.
 */
export function readApplicationCode(directory: string): ApplicationCode {
  const ebin = join(directory, "ebin");
  const names = listDirectoryIfAny(ebin) ?? [];
  return collect(
    directory,
    names.map((name) => [join(ebin, name), () => readWholeFile(join(ebin, name))]),
  );
}

/**
 * As `readApplicationCode`, of files at hand: by path below the application's directory (`ebin/lists.beam`). What does not lie
 * in `ebin` is passed over. `origin`: where they were found, for messages.
 */
export function applicationCodeOf(files: ReadonlyMap<string, Uint8Array>, origin: string): ApplicationCode {
  const inEbin = [...files].filter(([path]) => /^ebin\/[^/]+$/.test(path));
  return collect(
    origin,
    inEbin.map(([path, bytes]) => [join(origin, path), () => bytes]),
  );
}

type FoundFile = readonly [path: string, read: () => Uint8Array];

function collect(origin: string, files: readonly FoundFile[]): ApplicationCode {
  const [app, another] = files.filter(([path]) => path.endsWith(".app"));
  if (app === undefined || another !== undefined)
    throw notFound(origin, another === undefined ? "no" : "more than one");
  const [file, read] = app;
  const spec = parseApplicationFile(read(), file);
  const modules = files.flatMap(([path, bytes]) =>
    path.endsWith(".beam") ? new ModuleCode(basename(path, ".beam"), path, bytes) : [],
  );
  const appup = files.find(([path]) => basename(path) === `${spec.name}.appup`);
  return {
    name: spec.name,
    version: spec.vsn,
    spec,
    modules: new Map(modules.sort((a, b) => (a.name < b.name ? -1 : 1)).map((module) => [module.name, module])),
    appup: appup && { file: appup[0], bytes: appup[1]() },
    origin,
  };
}

function notFound(origin: string, count: string): EnitError {
  return new EnitError(
    "application_not_found",
    `cannot read an application from "${origin}": ${count} .app file in ebin`,
    {
      kind: "input",
      hint: "Name the directory of an application, which holds ebin/NAME.app.",
      data: { directory: origin },
    },
  );
}
