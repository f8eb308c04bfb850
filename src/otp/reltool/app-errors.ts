import { EnitError, nearestName } from "../../error/index.ts";
import type { SysConfig } from "./config.ts";

/** An application that is not there, and what needs it. */
export interface MissingApp {
  readonly name: string;
  /** `release "NAME"`, `application NAME`, or nothing if it is configured for itself. */
  readonly neededBy: string | undefined;
}

/** The error for applications that are in no library directory: all of them, who needs each, and where was looked. */
export function appsNotFound(missing: readonly MissingApp[], sys: SysConfig, installed: readonly string[]): EnitError {
  const directories = [`${sys.rootDir}/lib`, ...sys.libDirs];
  const shown = missing.map(({ name, neededBy }) =>
    neededBy === undefined ? name : `${name} (needed by ${neededBy})`,
  );
  const meant = missing.flatMap(({ name }) => {
    const near = nearestName(name, installed);
    return near === undefined ? [] : [`${near} for ${name}`];
  });
  const [what, state] = missing.length === 1 ? ["application", "it is"] : ["applications", "they are"];
  return new EnitError(
    "application_not_found",
    `cannot find the ${what} ${[...new Set(shown)].join(", ")}: ${state} not in ${directories.join(", ")}`,
    {
      kind: "input",
      hint:
        meant.length > 0
          ? `Perhaps it should be ${meant.join(", ")}.`
          : "Name the directory that it is in in lib_dirs.",
      data: { applications: missing, directories },
    },
  );
}

/** An error about one application. */
export function appError(
  code: string,
  name: string,
  state: string,
  data: Readonly<Record<string, unknown>> = {},
): EnitError {
  return new EnitError(code, `cannot use the application "${name}": ${state}`, {
    kind: "input",
    data: { name, ...data },
  });
}
