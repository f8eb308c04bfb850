/**
 * Makes `dist/enit`, the one binary, and the link `dist/knit` to it. Nothing is done when no input has changed.
 *
 * Why these options: whole-process times of compiled programs, medians of 60 runs on 2 busy cores, Bun 1.4.5.
 *
 *     1.0 ms  `bun --version`, which starts no JavaScript: what the size of the binary alone costs
 *     3.0 ms  an empty program; 25 MB peak memory
 *     4.0 ms  one line of output from a program that has src/dist and src/term in it
 *     8.8 ms  the same program when it looks a node up, connects, calls a function; 38 MB
 *
 * - ES modules and splitting: code behind `import()` is a chunk of its own that costs nothing until it is needed.
 *   Without splitting all of it lands in one chunk, whose static imports run at every start: a main of two lines that
 *   could load consola, node:net and node:zlib on demand took 11.2 ms without splitting and 3.0 ms with it.
 *   What a chunk holds depends on which files import which; `direct-imports.ts` keeps that exact.
 * - Bytecode: without it the program above takes 8.2 and 19.3 ms in place of 4.0 and 8.8. CommonJS, which is what
 *   bytecode defaults to, costs an empty program 0.2 ms more than ES modules and knows no top-level await.
 * - `jitPolicy` 16: functions are compiled to machine code after 16 times as many calls. A command that is done in
 *   10 ms never earns that back: `enit status` takes 16.5 ms of processor time with it and 21 without. What runs long
 *   pays little: converting a term of 1.4 MB takes 280 ms in place of 260.
 * - Names and line breaks are kept, for the stack traces of defects: beside bytecode, minifying them gained nothing.
 *   Nor did `--smol` (-0.5 MB, +0.5 ms), or laying out the bytecode by the profile of a run.
 *
 * What code pays for at start (ms above an empty program), which is why `.oxlintrc.json` restricts some of it:
 *     process.stdout, process.stderr, process.stdin 13   consola 9   node:zlib 4   node:crypto, @iarna/toml, node:tty 3
 *     node:net 2   node:util, node:child_process 2   citty, node:os, node:path, node:fs 1
 *     Bun.write, Bun.file, Bun.spawn, Bun.connect, Bun.TOML, Bun.CryptoHasher, Bun.inflateSync, Bun.argv: below 1
 */
import { mkdir, readdir, rename, rm, stat, symlink } from "node:fs/promises";
import { join, relative } from "node:path";
import manifest from "../package.json";
import { buildAgent } from "./agent.ts";
import { directImports } from "./direct-imports.ts";
import { buildTypes } from "./types.ts";

const ROOT = join(import.meta.dir, "..");
const DIST = join(ROOT, "dist");
const BINARY = join(DIST, "enit");
const STAMP = join(DIST, ".inputs");
/** Everything that the binary is made of, as paths from the root. */
const INPUTS = ["src", "plugins", "build", "package.json", "package-lock.json", "tsconfig.json"];

await mkdir(DIST, { recursive: true });
const inputs = await hashInputs();
const stamp = Bun.file(STAMP);
if ((await stamp.exists()) && (await stamp.text()) === inputs && (await Bun.file(BINARY).exists())) {
  console.log("dist/enit is up to date");
} else {
  const began = performance.now();
  await compile();
  await Bun.write(STAMP, inputs);
  const { size } = await stat(BINARY);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`dist/enit ${manifest.version}, ${Math.round(size / 2 ** 20)} MiB, built in ${seconds} s`);
}

/** Builds beside the target and renames, so that a binary that runs stays whole and an unfinished one is never seen. */
async function compile(): Promise<void> {
  const unfinished = join(DIST, `.enit-${process.pid}`);
  const [agent, types] = await Promise.all([buildAgent(), buildTypes()]);
  await Bun.build({
    // The Erlang part and the types for plugins ride along as files, which src/vm/agent.ts and
    // src/host/services/plugin-types.ts find by their names.
    root: ROOT,
    entrypoints: [join(ROOT, "src", "main.ts"), ...agent, types],
    loader: { ".beam": "file", ".app": "file", ".gz": "file" },
    // Each file of the Erlang part is an entry too, and `enit.app` and `enit.beam` differ by their endings alone.
    naming: { entry: "[dir]/[name]-[hash].[ext]", asset: "[dir]/[name].[ext]" },
    plugins: [directImports],
    target: "bun",
    format: "esm",
    splitting: true,
    bytecode: true,
    minify: { syntax: true },
    compile: { outfile: unfinished, autoloadDotenv: false, autoloadBunfig: false, jitPolicy: 16 },
  });
  await rename(unfinished, BINARY);
  await rm(join(DIST, "knit"), { force: true });
  await symlink("enit", join(DIST, "knit"));
}

/** Names and contents of all inputs and the version of the compiler as one hash. */
async function hashInputs(): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  hash.update(`${Bun.revision}\n`);
  for (const input of INPUTS) {
    for (const file of await filesOf(join(ROOT, input))) {
      hash.update(`${relative(ROOT, file)}\n`);
      hash.update(await Bun.file(file).bytes());
    }
  }
  return hash.digest("hex");
}

async function filesOf(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
