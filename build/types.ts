/**
 * Writes the declarations of `enit/plugin` into `dist/types`, from where they go into the binary for `enit plugin types`: one
 * compressed JSON object of texts by their paths.
 */
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "..");
const TARGET = join(ROOT, "dist", "types");

/** Makes the file, and gives its path. The same sources give the same bytes. */
export async function buildTypes(): Promise<string> {
  await mkdir(TARGET, { recursive: true });
  const directory = await mkdtemp(join(ROOT, "dist", "types-"));
  try {
    const declarations = await emitDeclarations(directory);
    const file = join(TARGET, "plugin.json.gz");
    const unfinished = join(directory, "plugin.json.gz");
    await Bun.write(unfinished, Bun.gzipSync(JSON.stringify(declarations)));
    await rename(unfinished, file);
    return file;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function emitDeclarations(directory: string): Promise<Readonly<Record<string, string>>> {
  const config = {
    extends: join(ROOT, "tsconfig.json"),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      outDir: "out",
      rootDir: join(ROOT, "src"),
    },
    include: [],
    files: [join(ROOT, "src", "contract", "index.ts")],
  };
  await Bun.write(join(directory, "tsconfig.json"), JSON.stringify(config));
  const tsc = Bun.spawn({
    cmd: [join(ROOT, "node_modules", ".bin", "tsc"), "-p", directory],
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, exitCode] = await Promise.all([tsc.stdout.text(), tsc.stderr.text(), tsc.exited]);
  if (exitCode !== 0) throw new Error(`tsc cannot write the declarations of enit/plugin:\n${stdout}${stderr}`);
  const out = join(directory, "out");
  const names = (await readdir(out, { recursive: true })).filter((name) => name.endsWith(".d.ts")).sort();
  const declarations: Record<string, string> = {};
  for (const name of names) declarations[name] = await Bun.file(join(out, name)).text();
  return declarations;
}
