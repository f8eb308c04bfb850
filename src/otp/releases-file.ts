/**
 * `RELEASES`: the releases that `release_handler` knows, one list of
 * `{release, Name, Vsn, ErtsVsn, [{App, Vsn, Dir}], Status}`, the newest first.
 */
import { EnitError } from "../error/index.ts";
import { atom, atomName, isTagged, isTuple, list, listElements, string, stringValue, tuple } from "../term/index.ts";
import type { Term } from "../term/index.ts";
import { joinPath } from "./filename.ts";
import type { ReleaseSpec } from "./rel.ts";
import { readTermFile } from "./term-file.ts";

const RELEASE_STATUSES = ["unpacked", "current", "permanent", "old", "tmp_current"] as const;
export type ReleaseStatus = (typeof RELEASE_STATUSES)[number];

export interface InstalledRelease {
  readonly name: string;
  readonly vsn: string;
  readonly ertsVersion: string;
  readonly libraries: readonly InstalledLibrary[];
  readonly status: ReleaseStatus;
}

export interface InstalledLibrary {
  readonly name: string;
  readonly vsn: string;
  /** The application's own directory; a relative one is relative to the root of the OTP that runs. */
  readonly dir: string;
}

export interface InstallReleaseOptions {
  /** The directory that holds `lib`. Default: none, which makes paths that are relative to wherever OTP lies. */
  readonly root?: string;
  /** The own directories of applications that lie elsewhere, by name. */
  readonly dirs?: ReadonlyMap<string, string>;
  /** Default: `permanent`. */
  readonly status?: ReleaseStatus;
}

/** The entry of a release in `RELEASES`, its applications in the order of the release. */
export function installRelease(release: ReleaseSpec, options: InstallReleaseOptions = {}): InstalledRelease {
  const { name, vsn, ertsVersion } = release;
  const libraries = release.applications.map((application) => ({
    name: application.name,
    vsn: application.vsn,
    dir: options.dirs?.get(application.name) ?? libraryDir(application, options.root),
  }));
  return { name, vsn, ertsVersion, libraries, status: options.status ?? "permanent" };
}

/** The term of a `RELEASES` file, which `writeTermFile` writes as `release_handler` does. */
export function releasesToTerm(releases: readonly InstalledRelease[]): Term {
  return list(
    releases.map(({ name, vsn, ertsVersion, libraries, status }) =>
      tuple(
        atom("release"),
        string(name),
        string(vsn),
        string(ertsVersion),
        list(libraries.map((library) => tuple(atom(library.name), string(library.vsn), string(library.dir)))),
        atom(status),
      ),
    ),
  );
}

/** Reads a `RELEASES` file. Throws `file_not_found`, `file_unreadable`, `term_syntax` or `releases_malformed`. */
export function readReleasesFile(file: string): InstalledRelease[] {
  const { terms } = readTermFile(file);
  return (
    (terms.length === 1 ? listElements(terms[0]) : undefined)?.map((term) => parseEntry(term, file)) ?? reject(file)
  );
}

function parseEntry(term: Term, file: string): InstalledRelease {
  const [, ...fields] = isTagged(term, "release", 6) ? term.elements : [];
  const [name, vsn, ertsVersion] = fields.slice(0, 3).map(stringValue);
  const libraries = listElements(fields[3])?.map((library) => parseLibrary(library, file));
  const status = RELEASE_STATUSES.find((known) => known === atomName(fields[4]));
  if (name === undefined || vsn === undefined || ertsVersion === undefined || !libraries || !status)
    return reject(file);
  return { name, vsn, ertsVersion, libraries, status };
}

function parseLibrary(term: Term, file: string): InstalledLibrary {
  const [nameTerm, ...texts] = isTuple(term, 3) ? term.elements : [];
  const [vsn, dir] = texts.map(stringValue);
  const name = atomName(nameTerm);
  return name === undefined || vsn === undefined || dir === undefined ? reject(file) : { name, vsn, dir };
}

function reject(file: string): never {
  throw new EnitError("releases_malformed", `cannot read "${file}": it is not a list of installed releases`, {
    kind: "input",
    data: { file },
  });
}

function libraryDir({ name, vsn }: { readonly name: string; readonly vsn: string }, root: string | undefined): string {
  const directory = `${name}-${vsn}`;
  return root === undefined ? joinPath("lib", directory) : joinPath(root, "lib", directory);
}
