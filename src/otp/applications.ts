import { EnitError } from "../error/index.ts";
import type { AppSpec } from "./application.ts";
import { applicationIncomplete, readApplicationIfAny } from "./application.ts";
import { listDirectoryIfAny } from "./files.ts";
import { joinPath } from "./filename.ts";
import type { OtpInstallation } from "./installation.ts";
import { compareVersions } from "./version.ts";

export interface ApplicationPlaces {
  /** Directories that hold applications as `APP/ebin` or `APP-VSN/ebin`. */
  readonly libDirs?: readonly string[];
  /** Directories that hold `.app` files themselves; looked in before the others. */
  readonly ebinDirs?: readonly string[];
  /** Applications that were read already, from archives for one; found before those in directories. */
  readonly specs?: readonly AppSpec[];
}

/**
 * The directories of libraries in order of strength: those given, those in `ERL_LIBS`, the installation's own.
 */
export function libraryDirs(
  otp: OtpInstallation,
  given: readonly string[] = [],
  env: Readonly<Record<string, string | undefined>> = process.env,
): string[] {
  const named = (env["ERL_LIBS"] ?? "").split(":").filter((directory) => directory !== "");
  return [...given, ...named, otp.libDir];
}

/** Makes an index of the applications in some places. Nothing is read before it is asked for. */
export function findApplications(places: ApplicationPlaces): ApplicationIndex {
  return new ApplicationIndex(places);
}

/**
 * The applications installed in some places.
 *
 * A directory is listed once, when the first application is asked for, and a `.app` file is read once, when its own
 * application is asked for; so hundreds of installed applications cost no more than their directories' listing.
 * A directory that does not exist is passed over, as OTP does. The version of an application is that of its `.app` file.
 */
export class ApplicationIndex {
  /** The directories looked in, in order of strength. */
  readonly places: readonly string[];
  readonly #ebinDirs: readonly string[];
  readonly #libDirs: readonly string[];
  readonly #found = new Map<string, AppSpec>();
  readonly #given: readonly AppSpec[];
  readonly #listings = new Map<string, readonly string[]>();
  readonly #specs = new Map<string, AppSpec | undefined>();

  constructor({ libDirs = [], ebinDirs = [], specs = [] }: ApplicationPlaces) {
    this.#given = specs;
    this.#libDirs = libDirs;
    this.#ebinDirs = ebinDirs;
    this.places = [...ebinDirs, ...libDirs];
  }

  /**
   * Finds an application: of the version named, or the highest one. Of the same version in two places the first counts.
   *
   * A `.app` file that cannot be used is an error, unless the version named is found in another place.
   */
  find(name: string, vsn?: string): AppSpec | undefined {
    if (vsn === undefined) return this.all(name)[0];
    const key = `${name}-${vsn}`;
    const spec = this.#found.get(key) ?? this.#findVersion(name, vsn);
    if (spec !== undefined) this.#found.set(key, spec);
    return spec;
  }

  /** All versions of an application, the highest first; of the same version, in the order of the places. */
  all(name: string): AppSpec[] {
    const found = this.#files(name).flatMap((file) => this.#read(name, file) ?? []);
    const specs = [...this.#given.filter((spec) => spec.name === name), ...found];
    return specs.sort((a, b) => compareVersions(b.vsn, a.vsn));
  }

  /** The names of all that looks like an application, sorted; for hints, since no file is read for it. */
  names(): string[] {
    const names = new Set(this.#given.map((spec) => spec.name));
    for (const directory of this.#libDirs) {
      for (const entry of this.#list(directory)) names.add(entry.replace(/-\d.*$/, ""));
    }
    for (const directory of this.#ebinDirs) {
      for (const entry of this.#list(directory)) if (entry.endsWith(".app")) names.add(entry.slice(0, -".app".length));
    }
    return [...names].sort();
  }

  #findVersion(name: string, vsn: string): AppSpec | undefined {
    const given = this.#given.find((spec) => spec.name === name && spec.vsn === vsn);
    if (given !== undefined) return given;
    let fault: EnitError | undefined;
    for (const file of this.#files(name)) {
      try {
        const spec = this.#read(name, file);
        if (spec?.vsn === vsn) return spec;
        if (spec?.properties.has("vsn") === false) fault ??= applicationIncomplete(spec, ["vsn"]);
      } catch (error) {
        if (!(error instanceof EnitError)) throw error;
        fault ??= error;
      }
    }
    if (fault !== undefined) throw fault;
    return undefined;
  }

  /** Where the file of an application may lie, in the order of the places; `NAME-VSN` before `NAME`, as in a code path. */
  #files(name: string): string[] {
    const app = `${name}.app`;
    const files = this.#ebinDirs.map((directory) => joinPath(directory, app));
    for (const directory of this.#libDirs) {
      const entries = this.#list(directory).filter((entry) => entry === name || entry.startsWith(`${name}-`));
      for (const entry of entries.toReversed()) files.push(joinPath(directory, entry, "ebin", app));
    }
    return files;
  }

  #read(name: string, file: string): AppSpec | undefined {
    if (this.#specs.has(file)) return this.#specs.get(file);
    const spec = readApplicationIfAny(file);
    if (spec !== undefined && spec.name !== name) {
      throw new EnitError(
        "application_misnamed",
        `cannot use the application file "${file}": it is of "${spec.name}"`,
        {
          kind: "input",
          data: { file, name: spec.name },
        },
      );
    }
    this.#specs.set(file, spec);
    return spec;
  }

  #list(directory: string): readonly string[] {
    const known = this.#listings.get(directory);
    if (known !== undefined) return known;
    const entries = listDirectoryIfAny(directory) ?? [];
    this.#listings.set(directory, entries);
    return entries;
  }
}
