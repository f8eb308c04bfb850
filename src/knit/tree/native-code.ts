import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { EnitError } from "../../error/index.ts";
import { describeNativeFile } from "../../system/index.ts";

/**
 * Checks that the native code of applications (`lib/APP/priv`) is for the machine of the emulator (`erts-VSN/bin/erlexec`).
 *
 * @throws EnitError `native_code_foreign`, which names every file that is not. Systems without an emulator are not checked.
 */
export function checkNativeCode(tree: string, ertsVersion: string): void {
  const emulator = join(tree, `erts-${ertsVersion}`, "bin", "erlexec");
  const wanted = existsSync(emulator) ? describeNativeFile(emulator) : undefined;
  if (wanted === undefined) return;
  const foreign = privFiles(join(tree, "lib")).flatMap((file) => {
    const found = describeNativeFile(file);
    return found === undefined || found === wanted ? [] : [{ file: relative(tree, file), for: found }];
  });
  if (foreign.length === 0) return;
  const lines = foreign.map((each) => `  ${each.file} is for ${each.for}`);
  throw new EnitError(
    "native_code_foreign",
    `cannot pack native code beside the emulator erts-${ertsVersion}, which is for ${wanted}:\n${lines.join("\n")}`,
    {
      kind: "input",
      hint: "Build the applications for that machine, or leave these files out with excl_app_filters.",
      data: { emulator: wanted, files: foreign },
    },
  );
}

function privFiles(lib: string): string[] {
  const applications = existsSync(lib) ? readdirSync(lib).sort() : [];
  return applications.flatMap((application) => {
    const priv = join(lib, application, "priv");
    if (!existsSync(priv)) return [];
    return readdirSync(priv, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  });
}
