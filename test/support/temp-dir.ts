import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A directory that ends with the scope: `using dir = tempDir()`. */
export interface TempDir extends Disposable {
  readonly path: string;
  /** Joins names onto the directory's path. */
  readonly join: (...names: string[]) => string;
  /** Writes a file, with the directories that lead to it, and gives its path. */
  readonly write: (name: string, content: string | Uint8Array) => string;
}

/** Makes a fresh directory, removed with all that is in it when disposed of. */
export function tempDir(prefix = "enit-test-"): TempDir {
  const path = mkdtempSync(join(tmpdir(), prefix));
  return {
    path,
    join: (...names) => join(path, ...names),
    write: (name, content) => {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      return file;
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}
