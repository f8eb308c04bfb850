import { join } from "node:path";
import { readdirSync } from "node:fs";
import { listDirectoryIfAny, readWholeFile } from "../../otp/index.ts";

/** Whether a file is a library of native code that a VM may load, by its name. */
export function isNativeCode(path: string): boolean {
  return /\.(so|dll|dylib)$/.test(path);
}

/** Tells versions of a file apart that nobody made to look alike. */
export function nativeDigest(bytes: Uint8Array): string {
  return `${bytes.length} ${Bun.hash(bytes)}`;
}

/** The native code in `priv` of an application, by path below its directory (`priv/crypto.so`), with its digests. */
export function readNativeCode(directory: string): ReadonlyMap<string, string> {
  if (listDirectoryIfAny(join(directory, "priv")) === undefined) return new Map();
  const paths = readdirSync(join(directory, "priv"), { recursive: true, encoding: "utf8" }).filter(isNativeCode).sort();
  return new Map(paths.map((path) => [`priv/${path}`, nativeDigest(readWholeFile(join(directory, "priv", path)))]));
}
