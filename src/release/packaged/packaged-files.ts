import { join } from "node:path";
import { existsSync, statSync } from "node:fs";
import { EnitError, systemCode } from "../../error/index.ts";
import { parseStartErlData } from "../../otp/index.ts";
import { listNames, readBytesIfAny } from "../reading.ts";

/** Where the files of one version of a packaged release lie. All paths are absolute. */
export interface PackagedFiles {
  /** Holds `erts-*`, `lib` and `releases`. */
  readonly root: string;
  readonly version: string;
  /** `ROOT/releases`, which belongs to `release_handler`. */
  readonly releasesDir: string;
  /** `ROOT/releases/VSN` */
  readonly versionDir: string;
}

/**
 * Finds the version that a packaged release starts, which is the one that `releases/start_erl.data` names, with the version
 * of its emulator.
 *
 * @throws EnitError `packaged_release_invalid`, `unreadable`.
 */
export function findPackagedFiles(root: string): PackagedFiles & { readonly ertsVersion: string } {
  mustBeDirectory(root, root, "there is no such directory", "Unpack the release there, or change root.");
  const file = join(root, "releases", "start_erl.data");
  const content = readBytesIfAny(file);
  const hint = "root names the directory of a release: the one that holds erts-*, lib and releases.";
  if (content === undefined)
    throw invalidPackage(root, "it has no releases/start_erl.data", hintOfNested(root) ?? hint);
  const data = parseStartErlData(new TextDecoder().decode(content));
  if (data === undefined || /[/\0]|^\.+$/.test(data.vsn)) {
    const state = "its releases/start_erl.data does not hold the versions of an emulator and of a release";
    throw invalidPackage(root, state, "It holds one line, as in: 15.2.7 1.0");
  }
  return { ...packagedFiles(root, data.vsn), ertsVersion: data.ertsVersion };
}

/** Tarballs of knit hold one directory, with the release in it. */
function hintOfNested(root: string): string | undefined {
  const nested = listNames(root).filter((name) => existsSync(join(root, name, "releases", "start_erl.data")));
  return nested.length === 1 ? `There is one in "${join(root, nested[0] ?? "")}": have root name that.` : undefined;
}

/** The files of a version that must be there. @throws EnitError `packaged_release_invalid`. */
export function packagedFiles(root: string, version: string): PackagedFiles {
  const releasesDir = join(root, "releases");
  const versionDir = join(releasesDir, version);
  const hint = "Unpack that version, or name one that is there in releases/start_erl.data.";
  mustBeDirectory(root, versionDir, `it has no directory releases/${version}`, hint);
  return { root, version, releasesDir, versionDir };
}

/** The error of a packaged release whose files cannot be used. */
export function invalidPackage(root: string, state: string, hint?: string): EnitError {
  return new EnitError("packaged_release_invalid", `cannot use the release in "${root}": ${state}`, {
    kind: "input",
    hint,
    data: { root },
  });
}

function mustBeDirectory(root: string, path: string, otherwise: string, hint: string): void {
  try {
    if (statSync(path).isDirectory()) return;
  } catch (error) {
    if (systemCode(error) === "EACCES") {
      throw new EnitError("unreadable", `cannot read "${path}": permission denied`, {
        kind: "io",
        hint: "Run enit as root or as the user to whom the release belongs.",
        data: { path, reason: "EACCES" },
        cause: error,
      });
    }
    if (systemCode(error) === undefined) throw error;
  }
  throw invalidPackage(root, otherwise, hint);
}
