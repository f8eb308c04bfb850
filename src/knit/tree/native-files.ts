import { join } from "node:path";
import { readdirSync, statSync } from "node:fs";
import { listDirectoryIfAny, readWholeFile } from "../../otp/index.ts";

/** Whether a file is a library of native code that a VM may load, by its name. */
export function isNativeCode(path: string): boolean {
  return /\.(so|dll|dylib)$/.test(path);
}

/** Larger files, in bytes, are not compared, since each is read as a whole. */
export const MAX_COMPARED = 64 * 1024 * 1024;

/** Tells versions of a file apart that nobody made to look alike. */
export function fileDigest(bytes: Uint8Array): string {
  return `${bytes.length} ${Bun.hash(bytes)}`;
}

/** The native code in `priv` of an application, by path below its directory (`priv/crypto.so`), with its digests. */
export function readNativeCode(directory: string): ReadonlyMap<string, string> {
  return readPriv(directory, isNativeCode);
}

/** As `readNativeCode`, of all files in `priv` that are not too large, or those that are wanted. */
export function readPriv(
  directory: string,
  isWanted: (path: string) => boolean = () => true,
): ReadonlyMap<string, string> {
  const priv = join(directory, "priv");
  if (listDirectoryIfAny(priv) === undefined) return new Map();
  const paths = readdirSync(priv, { recursive: true, encoding: "utf8" }).filter(isWanted).sort();
  const isSmall = (path: string): boolean => {
    const stats = statSync(join(priv, path), { throwIfNoEntry: false });
    return stats?.isFile() === true && stats.size <= MAX_COMPARED;
  };
  return new Map(paths.filter(isSmall).map((path) => [`priv/${path}`, fileDigest(readWholeFile(join(priv, path)))]));
}
