import { join } from "node:path";
import { listDirectoryIfAny, readWholeFile } from "../../otp/index.ts";
import { hashPiece } from "../../tar/index.ts";
import { type ApplicationCode, readApplicationCode } from "../code/index.ts";
import type { KnownUnit } from "../older/index.ts";
import { listTree } from "../package/tree-entries.ts";
import { groupUnits, piecesOf } from "../package/units.ts";
import { fileDigest, readPriv } from "../tree/native-files.ts";

/** How a tree is packed into a tarball. */
export interface Packing {
  /** The directory at the top. */
  readonly prefix: string;
  /** The time of all entries. */
  readonly mtime: number;
}

/**
 * The code of a release that lies in a tree, in its own terms: what older releases are compared with. Each file is read
 * once, however many older releases there are.
 */
export class TreeCode {
  /** The directories in `lib`: `stdlib-4.2`. */
  readonly libraries: ReadonlySet<string>;
  /** The archives in `lib`: `stdlib-4.2.ez`. */
  readonly archives: readonly string[];
  readonly #lib: string;
  readonly #packing: Packing;
  #units: ReadonlyMap<string, KnownUnit> | undefined;
  readonly #files = new Map<string, ReadonlyMap<string, string>>();
  readonly #privs = new Map<string, ReadonlyMap<string, string>>();
  readonly #applications = new Map<string, ApplicationCode>();

  constructor(tree: string, packing: Packing) {
    this.#lib = join(tree, "lib");
    this.#packing = packing;
    const names = listDirectoryIfAny(this.#lib) ?? [];
    this.archives = names.filter((name) => name.endsWith(".ez"));
    this.libraries = new Set(names.filter((name) => !name.endsWith(".ez")));
  }

  /** Whether the tree has this very file: `lib/stdlib-4.2/ebin/lists.beam`. */
  readonly has = (path: string, bytes: Uint8Array): boolean => {
    const [, library = "", , name = ""] = path.split("/");
    return this.libraries.has(library) && this.#digests(library).get(name) === fileDigest(bytes);
  };

  /** The application that would be packed into pieces of these hashes. */
  readonly unit = (hashes: readonly bigint[]): KnownUnit | undefined => {
    this.#units ??= this.#hashUnits();
    return this.#units.get(hashes.join());
  };

  /** An application, by the name of its directory. Throws what `readApplicationCode` throws. */
  application(library: string): ApplicationCode {
    const known = this.#applications.get(library);
    if (known !== undefined) return known;
    const code = readApplicationCode(join(this.#lib, library));
    this.#applications.set(library, code);
    return code;
  }

  /** The files in `priv` of an application by path below its directory, with what tells versions of them apart. */
  priv(library: string): ReadonlyMap<string, string> {
    const known = this.#privs.get(library) ?? readPriv(join(this.#lib, library));
    this.#privs.set(library, known);
    return known;
  }

  #hashUnits(): ReadonlyMap<string, KnownUnit> {
    const { prefix, mtime } = this.#packing;
    const entries = listTree(this.#lib, { prefix: `${prefix}/lib` });
    const known = new Map<string, KnownUnit>();
    for (const unit of groupUnits(entries, prefix, mtime)) {
      const library = unit.name.slice("lib/".length);
      if (!this.libraries.has(library)) continue;
      const hashes = [...piecesOf(unit)].map(hashPiece);
      known.set(hashes.join(), { library, names: new Set(listDirectoryIfAny(join(this.#lib, library, "ebin"))) });
    }
    return known;
  }

  #digests(library: string): ReadonlyMap<string, string> {
    const known = this.#files.get(library);
    if (known !== undefined) return known;
    const ebin = join(this.#lib, library, "ebin");
    const files = new Map(
      (listDirectoryIfAny(ebin) ?? []).map((name) => [name, fileDigest(readWholeFile(join(ebin, name)))]),
    );
    this.#files.set(library, files);
    return files;
  }
}
