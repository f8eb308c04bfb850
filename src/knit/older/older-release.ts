import { EnitError } from "../../error/index.ts";
import { type ReleaseSpec, parseReleaseFile, readZip } from "../../otp/index.ts";
import { MAX_COMPARED, fileDigest } from "../tree/native-files.ts";
import { readTarball, type TarChoice, type TarMember } from "../../tar/index.ts";

/** An older release, as far as an upgrade needs it. */
export interface OlderRelease {
  readonly version: string;
  /** The tarball, absolute. */
  readonly file: string;
  /** As its `.rel` file has it. */
  readonly spec: ReleaseSpec;
  /** What is in `lib`, by the names of the directories (`stdlib-4.2`), whether they are directories or archives. */
  readonly libraries: ReadonlyMap<string, OlderLibrary>;
  /** What lies beside its `.rel` file: `sys.config`, `vm.args` and `relup`, by these names, as far as they are there. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Whether `releases/RELEASES` is there, which `release_handler` knows its releases by. */
  readonly hasReleasesFile: boolean;
}

/** What is in the `ebin` of an application. */
export interface OlderLibrary {
  /** The names of all files. */
  readonly names: ReadonlySet<string>;
  /** The files that are not known already, by path below the application's directory: `ebin/lists.beam`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What tells versions of the files in `priv` apart, by path below the application's directory; unless it is known. */
  readonly priv: ReadonlyMap<string, string>;
  /** Whether it is an archive (`.ez`). */
  readonly isArchive: boolean;
  /** Whether all of it is known, so that nothing was read. */
  readonly isKnown: boolean;
}

export interface ReadOlderOptions {
  readonly signal: AbortSignal;
  /** Whether a file is known, by its path (`lib/stdlib-4.2/ebin/lists.beam`) and its bytes. Default: none is. */
  readonly isKnown?: (path: string, bytes: Uint8Array) => boolean;
  /**
   * Which application that is known lies in pieces of a tarball with these hashes, which are not even inflated then. Only for
   * tarballs of one's own, as pieces are taken for what they say that they are. Default: none is known.
   */
  readonly knownUnit?: (hashes: readonly bigint[]) => KnownUnit | undefined;
}

export interface KnownUnit {
  /** The name of the application's directory. */
  readonly library: string;
  /** Of the files in its `ebin`. */
  readonly names: ReadonlySet<string>;
}

/** A release by its name and version. */
export interface ReleaseId {
  readonly name: string;
  readonly version: string;
}

/**
 * Reads a release from its tarball: with or without a directory at its top. Where it is known which release that is, reading
 * stops once everything was seen, which is early if `releases` and `lib` come first, as in tarballs of enit. Where it is not,
 * it is the one with the most applications.
 *
 * @throws EnitError `tarball_foreign` if it holds another release or none; `tarball_damaged`, `file_unreadable`,
 * `release_malformed`, `term_syntax`, `zip_malformed`.
 */
export async function readOlderRelease(
  file: string,
  release: ReleaseId | undefined,
  options: ReadOlderOptions,
): Promise<OlderRelease> {
  const collector = new ReleaseCollector(file, release, options.isKnown ?? (() => false));
  const { knownUnit } = options;
  await readTarball(
    file,
    collector,
    options.signal,
    knownUnit === undefined ? undefined : (hashes) => collector.addKnown(knownUnit(hashes)),
  );
  return collector.result();
}

class ReleaseCollector {
  readonly #file: string;
  readonly #release: ReleaseId | undefined;
  readonly #isKnown: (path: string, bytes: Uint8Array) => boolean;
  readonly #libraries = new Map<string, CollectedLibrary>();
  readonly #beside = new Map<string, Map<string, Uint8Array>>();
  readonly #others = new Set<string>();
  #spec: ReleaseSpec | undefined;
  #version = "";
  #hasReleasesFile = false;

  constructor(file: string, release: ReleaseId | undefined, isKnown: (path: string, bytes: Uint8Array) => boolean) {
    this.#file = file;
    this.#release = release;
    this.#isKnown = isKnown;
  }

  readonly choose = ({ path, type, size }: TarMember): TarChoice => {
    const parts = partsOf(path);
    const [top, directory, third, name] = parts;
    if (top === "lib") {
      if (directory === undefined) return "skip";
      if (type === "directory" && parts.length === 2) this.#library(directory);
      if (type !== "file") return "skip";
      if (parts.length === 2 && directory.endsWith(ARCHIVE)) return "read";
      if (third === "priv") return size <= MAX_COMPARED ? "read" : "skip";
      return parts.length === 4 && third === "ebin" && name !== undefined ? "read" : "skip";
    }
    if (top === "releases" && parts.length === 2 && directory === "RELEASES") this.#hasReleasesFile = true;
    if (top === "releases" && parts.length === 3 && BESIDE.has(third ?? "") && type === "file") return "read";
    if (top === "releases" && parts.length === 3 && third?.endsWith(".rel") === true) {
      const wanted = this.#release;
      if (wanted === undefined || (directory === wanted.version && third === `${wanted.name}.rel`)) return "read";
      this.#others.add(parts.join("/"));
    }
    return top !== "releases" && this.#isComplete() ? "stop" : "skip";
  };

  readonly content = ({ path }: TarMember, bytes: Uint8Array): void => {
    const parts = partsOf(path);
    const [top, directory = "", third, name = ""] = parts;
    if (top === "releases" && BESIDE.has(third ?? "")) {
      const files = this.#beside.get(directory) ?? new Map<string, Uint8Array>();
      this.#beside.set(directory, files.set(third ?? "", bytes.slice()));
    } else if (top === "releases") {
      const spec = parseReleaseFile(bytes, `${this.#file}:${parts.join("/")}`);
      if (this.#spec !== undefined && this.#spec.applications.length >= spec.applications.length) return;
      this.#spec = spec;
      this.#version = directory;
    } else if (third === "ebin") {
      this.#add(directory, name, bytes);
    } else if (third === "priv") {
      this.#library(directory).priv.set(parts.slice(2).join("/"), fileDigest(bytes));
    } else {
      const library = directory.slice(0, -ARCHIVE.length);
      this.#library(library).isArchive = true;
      for (const entry of readZip(bytes)) {
        const [inside, ebin, file, ...deeper] = entry.name.split("/");
        if (inside === library && ebin === "ebin" && file !== undefined && deeper.length === 0) {
          this.#add(library, file, entry.content());
        }
      }
    }
  };

  /** Adds an application that is known, if it is. */
  addKnown(unit: KnownUnit | undefined): boolean {
    if (unit === undefined) return false;
    this.#libraries.set(unit.library, {
      names: new Set(unit.names),
      files: new Map(),
      priv: new Map(),
      isArchive: false,
      isKnown: true,
    });
    return true;
  }

  result(): OlderRelease {
    const { name, version } = this.#release ?? { name: this.#spec?.name, version: this.#version };
    if (this.#spec === undefined) throw foreign(this.#file, this.#release, [...this.#others]);
    if (this.#spec.name !== name || this.#spec.vsn !== version) {
      throw foreign(this.#file, this.#release, [`${this.#spec.name} ${this.#spec.vsn}`]);
    }
    return {
      version,
      file: this.#file,
      spec: this.#spec,
      libraries: this.#libraries,
      files: this.#beside.get(version) ?? new Map(),
      hasReleasesFile: this.#hasReleasesFile,
    };
  }

  #library(directory: string): CollectedLibrary {
    const known = this.#libraries.get(directory);
    if (known !== undefined) return known;
    const library: CollectedLibrary = {
      names: new Set(),
      files: new Map(),
      priv: new Map(),
      isArchive: false,
      isKnown: false,
    };
    this.#libraries.set(directory, library);
    return library;
  }

  #add(directory: string, name: string, bytes: Uint8Array): void {
    const library = this.#library(directory);
    library.names.add(name);
    if (!this.#isKnown(`lib/${directory}/ebin/${name}`, bytes)) library.files.set(`ebin/${name}`, bytes.slice());
  }

  /** Whether the release is known and all its applications were seen, of which none is left half read outside of `lib`. */
  #isComplete(): boolean {
    return (
      this.#release !== undefined &&
      this.#spec !== undefined &&
      this.#spec.applications.every(({ name, vsn }) => this.#libraries.has(`${name}-${vsn}`))
    );
  }
}

interface CollectedLibrary {
  readonly names: Set<string>;
  readonly files: Map<string, Uint8Array>;
  readonly priv: Map<string, string>;
  isArchive: boolean;
  readonly isKnown: boolean;
}

const ARCHIVE = ".ez";
const BESIDE = new Set(["sys.config", "vm.args", "relup"]);
/** What is at the top of a release, the directories of `erts` aside. */
const TOP = new Set(["bin", "lib", "releases"]);

/** The parts of a path from the root of the release, whatever directory it is in. */
function partsOf(path: string): string[] {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  const [first] = parts;
  return first === undefined || TOP.has(first) || first.startsWith("erts-") ? parts : parts.slice(1);
}

function foreign(file: string, release: ReleaseId | undefined, found: readonly string[]): EnitError {
  const what = release === undefined ? "a release" : `${release.name} ${release.version}`;
  const state = found.length === 0 ? "it holds no release" : `it holds ${found.join(", ")}`;
  return new EnitError("tarball_foreign", `cannot read ${what} from "${file}": ${state}`, {
    kind: "input",
    hint: "The tarball of a release has a file releases/VERSION/NAME.rel in it.",
    data: { file, ...release, found },
  });
}
