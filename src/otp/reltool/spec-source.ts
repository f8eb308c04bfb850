import { inBeamFile, openBeam, stripBeam } from "../../beam/index.ts";
import { joinPath } from "../filename.ts";
import { readWholeFile } from "../files.ts";
import type { CopyFile, CreateDir, StripBeam } from "./spec.ts";

/** Where files come from: the root of the source, and the directory in it that goes with the one of the target. */
export interface SpecSource {
  readonly root: string;
  readonly dir: string;
}

/** The source of what is in a directory; one with a source of its own is the root for all below it. */
export function sourceOfDir({ name, source }: CreateDir, from: SpecSource): SpecSource {
  if (source === undefined) return { root: from.root, dir: joinPath(from.dir, name) };
  const root = joinPath(from.root, source);
  return { root, dir: root };
}

/** The file that is copied. */
export function sourceOfFile({ name, source }: CopyFile, { root, dir }: SpecSource): string {
  return source === undefined ? joinPath(dir, name) : joinPath(root, source);
}

/** The content of a stripped BEAM file: compressed, as `beam_lib:strip/2` leaves it. */
export function strippedContent({ name, keep = [] }: StripBeam, { dir }: SpecSource): Uint8Array {
  const file = joinPath(dir, name);
  const stripped = inBeamFile(file, () => stripBeam(openBeam(readWholeFile(file)), keep));
  return Bun.gzipSync(Buffer.from(stripped), { library: "libdeflate", level: 6 });
}
