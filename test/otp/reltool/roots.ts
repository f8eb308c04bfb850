import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import type { OtpInstallation } from "../../support/otp.ts";
import type { TempDir } from "../../support/temp-dir.ts";

/** The libraries of the root directories made here, and the modules that a miniature has of them. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  erts: ["atomics", "erlang", "init", "prim_file", "zlib"],
  kernel: ["application", "application_starter", "error_handler", "heart", "kernel", "logger_server"],
  stdlib: ["gen", "lists", "proc_lib", "supervisor_bridge", "timer"],
  sasl: ["alarm_handler", "sasl", "systools"],
  crypto: ["crypto", "crypto_ec_curves"],
  runtime_tools: ["runtime_tools", "runtime_tools_sup", "scheduler"],
};

/** Of the files of a directory, a miniature has one with each ending, and of each no more than this. */
const BYTES = 4096;

/** Makes a root directory whose libraries and emulator are those of the OTP, by symbolic links. */
export function smallRoot(dir: TempDir, otp: OtpInstallation, name = "root"): string {
  const root = dir.join(name);
  mkdirSync(join(root, "lib"), { recursive: true });
  for (const path of pathsOf(otp)) symlinkSync(join(otp.root, path), join(root, path));
  return withOwnFiles(dir, root, name);
}

/**
 * Makes a root directory as `smallRoot`, of the same form, but with a few modules of each library, and no more than the
 * beginning of other large files: making a whole tree of it takes no time.
 */
export function miniatureRoot(dir: TempDir, otp: OtpInstallation, name = "root"): string {
  const root = dir.join(name);
  for (const path of pathsOf(otp)) copySome(join(otp.root, path), join(root, path));
  return withOwnFiles(dir, root, name);
}

/** What both have of an installation. */
function pathsOf({ root }: OtpInstallation): string[] {
  const isSystem = (name: string): boolean => name.startsWith("erts-") || name === "releases" || name === "bin";
  const isLibrary = (name: string): boolean => Object.hasOwn(LIBRARIES, name.replace(/-.*/, ""));
  const libraries = readdirSync(join(root, "lib")).filter(isLibrary);
  return [...readdirSync(root).filter(isSystem), ...libraries.map((name) => join("lib", name))];
}

/** What no filter of a profile is meant for. */
function withOwnFiles(dir: TempDir, root: string, name: string): string {
  dir.write(`${name}/misc/notes.txt`, "notes\n");
  dir.write(`${name}/COPYRIGHT`, "nobody\n");
  return root;
}

function copySome(source: string, target: string): void {
  mkdirSync(target, { recursive: true });
  const names = readdirSync(source).sort();
  const modules = basename(source) === "ebin" ? modulesOf(dirname(source), names) : [];
  const taken = new Set<string>();
  for (const name of names) {
    const [from, to, ending] = [join(source, name), join(target, name), extname(name)];
    const stats = statSync(from);
    if (stats.isDirectory()) {
      copySome(from, to);
    } else if (ending === ".beam" ? modules.includes(basename(name, ending)) : !taken.has(ending)) {
      // Programs have no ending, and are all taken.
      if (ending !== "") taken.add(ending);
      writeFileSync(to, contentOf(from, modules));
      chmodSync(to, stats.mode);
    }
  }
}

/** A `.app` file names the modules that are there. */
function contentOf(file: string, modules: readonly string[]): Uint8Array | string {
  const bytes = readFileSync(file);
  if (file.endsWith(".beam") || file.endsWith(".appup")) return bytes;
  if (!file.endsWith(".app") || modules.length === 0) return bytes.subarray(0, BYTES);
  const text = bytes.toString();
  const changed = text.replace(/\{modules,\s*\[[^\]]*\]\}/, `{modules, [${modules.join(", ")}]}`);
  if (changed === text) throw new Error(`${file} names no modules`);
  return changed;
}

function modulesOf(directory: string, files: readonly string[]): readonly string[] {
  const modules = LIBRARIES[basename(directory).replace(/-.*/, "")] ?? [];
  return modules.filter((name) => files.includes(`${name}.beam`));
}
