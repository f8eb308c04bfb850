import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beamMd5, inBeamFile, openBeam } from "../../beam/index.ts";
import type { NodeConnection } from "../../dist/index.ts";
import { systemCode } from "../../error/index.ts";
import type { InstalledLibrary } from "../../otp/index.ts";
import { isBinary, isTuple, listElements, textValue, type Term } from "../../term/index.ts";
import { type Problem, problem } from "../problem.ts";
import type { UpgradeRelease } from "../release-files.ts";

/** A module as a VM has loaded it. */
export interface LoadedModule {
  readonly name: string;
  readonly md5: Uint8Array;
  /** What it was loaded from, or a word such as `preloaded`. */
  readonly file: string;
}

/**
 * Compares each module that is loaded with the file of the release, by MD5. A module that is the same in both versions of
 * its application stays as it was loaded, so its place says nothing. What belongs to neither release is left alone.
 */
export async function checkModules(
  connection: NodeConnection,
  release: UpgradeRelease,
  other: UpgradeRelease | undefined,
  signal?: AbortSignal,
): Promise<Problem[]> {
  const now = new Map(release.libraries.map((library) => [library.name, library]));
  const byPlace = new Map(
    [...(other?.libraries ?? []), ...release.libraries].map((each) => [join(each.dir, "ebin"), each]),
  );
  return (await readLoadedModules(connection, signal)).flatMap((module) => {
    const place = dirname(module.file);
    const from = byPlace.get(place) ?? now.get(nameIn(place));
    return from === undefined ? [] : compare(module, from, now.get(from.name));
  });
}

/** The name in `.../NAME-VSN/ebin`: an older version may have lain somewhere else. */
function nameIn(place: string): string {
  return /([^/]+?)-\d[^/]*\/ebin$/.exec(place)?.[1] ?? "";
}

/** Asks for all modules that are loaded from files; those of the emulator itself are left out. */
export async function readLoadedModules(connection: NodeConnection, signal?: AbortSignal): Promise<LoadedModule[]> {
  const answer = await connection.call("enit_upgrade", "modules", [], { signal });
  return (listElements(answer) ?? []).flatMap((each) => toModule(each));
}

function toModule(term: Term): LoadedModule[] {
  const [name, md5, file] = isTuple(term, 3) ? term.elements : [];
  return isBinary(md5) ? [{ name: textValue(name) ?? "", md5: md5.bytes, file: textValue(file) ?? "" }] : [];
}

function compare(
  { name, md5 }: LoadedModule,
  from: InstalledLibrary,
  expected: InstalledLibrary | undefined,
): Problem[] {
  const wrong = (message: string): Problem[] => [problem("module", name, message)];
  const place = expected && join(expected.dir, "ebin", `${name}.beam`);
  const found = place === undefined ? undefined : fileMd5(place);
  if (place === undefined || found === undefined)
    return wrong(`module ${name} of ${from.name} is loaded, which the release does not have`);
  if (Buffer.compare(md5, found) === 0) return [];
  return wrong(
    from.vsn === expected?.vsn
      ? `module ${name} is not as in ${place}`
      : `module ${name} is still that of ${from.name} ${from.vsn}`,
  );
}

/** The MD5 that the VM would tell of the module in a BEAM file; `undefined` if there is none. Throws `beam_malformed`. */
export function fileMd5(file: string): Uint8Array | undefined {
  const bytes = readIfAny(file);
  return bytes && inBeamFile(file, () => beamMd5(openBeam(bytes)));
}

function readIfAny(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
