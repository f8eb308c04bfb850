import { join } from "node:path";
import { readWholeFile } from "../../otp/index.ts";
import { type ApplicationCode, applicationCodeOf, compareModules } from "../code/index.ts";
import { type OlderLibrary, type OlderRelease, type OlderTarball, readOlderRelease } from "../older/index.ts";
import type { TreeCode } from "./tree-code.ts";

/** An application whose version stands for two different codes. */
export interface AmbiguousVersion {
  readonly library: string;
  readonly modules: readonly string[];
  /** The tarballs, or the tree, that have it. */
  readonly files: readonly [older: string, newer: string];
}

/**
 * The applications of older releases, each version once, and what of them disagrees. What the tree or another older release has
 * too is not kept a second time.
 */
export class OlderCode {
  readonly #tree: TreeCode;
  readonly #libraries = new Map<string, { readonly code: ApplicationCode; readonly file: string }>();
  readonly ambiguous: AmbiguousVersion[] = [];
  /** Files in `priv` that the tree has in another form, or anew, in an application of the same version; by its directory. */
  readonly keptFiles = new Map<string, Set<string>>();

  constructor(tree: TreeCode) {
    this.#tree = tree;
  }

  /** Reads a release, but for what the tree has. Throws what `readOlderRelease` throws. */
  read({ version, file }: OlderTarball, name: string, signal: AbortSignal): Promise<OlderRelease> {
    const { has: isKnown, unit: knownUnit } = this.#tree;
    return readOlderRelease(file, { name, version }, { signal, isKnown, knownUnit });
  }

  /** Adds the applications of a release, and gives the release without them. Throws what `applicationCodeOf` throws. */
  add(release: OlderRelease): OlderRelease {
    for (const [library, content] of release.libraries) this.#add(release, library, content);
    // What was compared is not needed any more.
    const libraries = new Map([...release.libraries].map(([library, all]) => [library, { ...all, files: EMPTY }]));
    return { ...release, libraries };
  }

  /** An application of an older release that the tree does not have, by the name of its directory. */
  application(library: string): ApplicationCode | undefined {
    return this.#libraries.get(library)?.code;
  }

  /** All applications of older releases that the tree does not have. */
  get applications(): readonly ApplicationCode[] {
    return [...this.#libraries.values()].map(({ code }) => code);
  }

  #add({ file }: OlderRelease, library: string, content: OlderLibrary): void {
    if (content.isKnown) return;
    const origin = `${file}:lib/${library}`;
    // A directory that holds no application, but something else.
    if (![...content.names].some((name) => name.endsWith(".app"))) return;
    if (this.#tree.libraries.has(library)) {
      const newer = this.#tree.application(library);
      const names = new Set([...newer.modules.keys()].map((name) => `${name}.beam`));
      const isSame = content.files.size === 0 && names.isSubsetOf(content.names);
      if (!isSame) this.#compare(library, this.#complete(library, content, origin), newer, [file, "the new release"]);
      this.#compareFiles(library, content);
      return;
    }
    const code = applicationCodeOf(content.files, origin);
    const known = this.#libraries.get(library);
    if (known === undefined) this.#libraries.set(library, { code, file });
    else this.#compare(library, known.code, code, [known.file, file]);
  }

  #compareFiles(library: string, { priv }: OlderLibrary): void {
    const fresh = [...this.#tree.priv(library)].filter(([path, digest]) => priv.get(path) !== digest);
    if (fresh.length === 0) return;
    const kept = this.keptFiles.get(library) ?? new Set();
    this.keptFiles.set(library, kept);
    for (const [path] of fresh) kept.add(path);
  }

  /** Of a library that the tree has, an older release gives only what is different. */
  #complete(library: string, { names, files }: OlderLibrary, origin: string): ApplicationCode {
    const { origin: directory } = this.#tree.application(library);
    const all = [...names].map(
      (name) => [`ebin/${name}`, files.get(`ebin/${name}`) ?? readWholeFile(join(directory, "ebin", name))] as const,
    );
    return applicationCodeOf(new Map(all), origin);
  }

  #compare(
    library: string,
    older: ApplicationCode,
    newer: ApplicationCode,
    files: readonly [older: string, newer: string],
  ): void {
    const { added, changed, removed } = compareModules(older, newer);
    const modules = [...added, ...changed, ...removed].sort();
    if (modules.length > 0) this.ambiguous.push({ library, modules, files });
  }
}

const EMPTY: ReadonlyMap<string, Uint8Array> = new Map();
