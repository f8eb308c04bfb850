import { statSync } from "node:fs";
import { join } from "node:path";
import { listDirectoryIfAny } from "../../otp/index.ts";
import { type PieceFile, type PlacedPiece, openPieces } from "../../tar/index.ts";
import type { FindCompressed } from "./gzip.ts";

/** So many tarballs are looked into: a release has most in common with those that were built last. */
const TARBALLS = 3;

/** What was compressed before. */
export interface KnownPieces extends Disposable {
  readonly find: FindCompressed;
}

/** Opens the tarballs of a release that were built last, for what a new one has in common with them. */
export function openKnownPieces(directory: string, name: string): KnownPieces {
  using opened = new DisposableStack();
  const known = new Map<bigint, { readonly file: PieceFile; readonly piece: PlacedPiece }>();
  for (const path of newestTarballs(directory, name)) {
    const file = opened.use(openPieces(path));
    for (const piece of file?.pieces ?? []) if (file !== undefined) known.set(piece.hash, { file, piece });
  }
  const files = opened.move();
  return {
    find: (hash, size) => {
      const found = known.get(hash);
      return found?.piece.size === size ? found.file.read(found.piece) : undefined;
    },
    [Symbol.dispose]: () => files.dispose(),
  };
}

function newestTarballs(directory: string, name: string): string[] {
  const names = (listDirectoryIfAny(directory) ?? []).filter(
    (each) => each.startsWith(`${name}-`) && each.endsWith(".tar.gz"),
  );
  return names
    .map((each) => join(directory, each))
    .map((path) => ({ path, stats: statSync(path, { throwIfNoEntry: false }) }))
    .filter(({ stats }) => stats?.isFile() === true)
    .sort((a, b) => (b.stats?.mtimeMs ?? 0) - (a.stats?.mtimeMs ?? 0))
    .slice(0, TARBALLS)
    .map(({ path }) => path);
}
