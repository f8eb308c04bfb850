import { dirname, join, resolve } from "node:path";
import { EnitError } from "../../error/index.ts";
import { statIfAny } from "../../otp/index.ts";

/** Where the configuration of a build is. */
export interface ConfigPlace {
  /** Absolute, also where there is only `FILE.script` beside it. */
  readonly file: string;
  /** What paths in it are relative to. */
  readonly directory: string;
}

const DEFAULT_FILES = ["reltool.config", join("rel", "reltool.config")];

/**
 * Finds the configuration: the file that is named, or `reltool.config`, or `rel/reltool.config`. A file counts as being there
 * if `FILE.script` is.
 *
 * @throws EnitError `config_not_found`.
 */
export function findConfig(workingDirectory: string, named: string | undefined): ConfigPlace {
  const candidates = named === undefined ? DEFAULT_FILES : [named];
  for (const candidate of candidates) {
    const file = resolve(workingDirectory, candidate);
    if (isFile(file) || isFile(`${file}.script`)) return { file, directory: dirname(file) };
  }
  throw new EnitError(
    "config_not_found",
    named === undefined
      ? `cannot build a release in "${workingDirectory}": there is neither ${DEFAULT_FILES.join(" nor ")}`
      : `cannot read "${named}": there is no such file`,
    {
      kind: "input",
      hint: named === undefined ? "Go to the project's directory, or name its configuration with -r FILE." : undefined,
      data: { directory: workingDirectory, files: candidates },
    },
  );
}

function isFile(path: string): boolean {
  return statIfAny(path)?.isFile() === true;
}
