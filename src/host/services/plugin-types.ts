import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { EnitError, toFileError } from "../../error/index.ts";

/** The name under which the build puts the declarations into the binary; see `build/types.ts`. */
const EMBEDDED = "dist/types/plugin.json.gz";
const DESCRIPTION = "Types of enit/plugin, written by enit plugin types";

/**
 * Writes the declarations of `enit/plugin` as the package `DIR/node_modules/enit`, in place of those that are there, and gives its
 * path. It has no code: where enit loads a plugin, that comes out of the binary.
 *
 * @throws EnitError `package_exists` where another package of the name is there; `unwritable`.
 */
export async function installPluginTypes(directory: string, version: string): Promise<string> {
  const target = join(directory, "node_modules", "enit");
  await refuseForeign(target);
  const declarations = await readDeclarations();
  const manifest = {
    name: "enit",
    version,
    description: DESCRIPTION,
    exports: { "./plugin": { types: "./contract/index.d.ts" } },
  };
  try {
    const unfinished = join(dirname(target), `.enit-${process.pid}`);
    await mkdir(unfinished, { recursive: true });
    try {
      await Bun.write(join(unfinished, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
      await Promise.all(Object.entries(declarations).map(([name, text]) => Bun.write(join(unfinished, name), text)));
      await rm(target, { recursive: true, force: true });
      await rename(unfinished, target);
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  } catch (cause) {
    throw toFileError(cause, { code: "unwritable", action: "write the types to", path: target });
  }
  return target;
}

async function refuseForeign(target: string): Promise<void> {
  const file = Bun.file(join(target, "package.json"));
  if (!(await file.exists()) || (await file.text()).includes(DESCRIPTION)) return;
  throw new EnitError("package_exists", `cannot write the types to "${target}": another package is there`, {
    kind: "input",
    hint: "Name another directory.",
    data: { file: target },
  });
}

async function readDeclarations(): Promise<Readonly<Record<string, string>>> {
  const embedded = Bun.embeddedFiles.find((file) => "name" in file && file.name === EMBEDDED);
  // While enit runs from its sources, the file that the build left.
  const file = embedded ?? Bun.file(join(import.meta.dir, "..", "..", "..", EMBEDDED));
  const text = new TextDecoder().decode(Bun.gunzipSync(await file.bytes()));
  return JSON.parse(text) as Readonly<Record<string, string>>;
}
