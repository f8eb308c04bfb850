import { join } from "node:path";
import { type Appup, findAppupScript, formatTermFile, parseAppup, writeFileAtomically } from "../../otp/index.ts";
import { type Term, list, string, tuple } from "../../term/index.ts";
import type { ApplicationCode } from "../code/index.ts";

/** The instructions for one application between two of its versions; a way that there is none for is `undefined`. */
export interface AppupWays {
  readonly up: readonly Term[] | undefined;
  readonly down: readonly Term[] | undefined;
  /** Whether somebody wrote them; else they were made from the code. */
  readonly written: boolean;
}

/** What plugins make of the instructions for a pair of versions. */
export type ChangeAppup = (
  change: { readonly up: readonly Term[]; readonly down: readonly Term[] },
  facts: { readonly application: string; readonly from: string; readonly to: string },
) => Promise<{ readonly up: readonly Term[]; readonly down: readonly Term[] }>;

/**
 * Makes the ways between an application and its older versions, and writes its appup where the one that is there does not say
 * the same: then with an entry of its own for each of these versions, before those that are there.
 *
 * Throws `term_syntax`, `appup_malformed` for a written appup, `file_unwritable`.
 */
export async function completeAppup(
  to: ApplicationCode,
  older: readonly { readonly version: string; readonly code: ApplicationCode | undefined }[],
  options: { readonly otpRelease: number; readonly change: ChangeAppup | undefined },
): Promise<ReadonlyMap<string, AppupWays>> {
  const { otpRelease, change } = options;
  const written = to.appup && parseAppup(to.appup.bytes, to.appup.file);
  const ways = new Map<string, AppupWays>();
  const fresh: string[] = [];
  for (const { version } of older) {
    const before = readWays(written, version, otpRelease);
    const after =
      before && change
        ? await askPlugins(before, change, { application: to.name, from: version, to: to.version })
        : before;
    if (after === undefined) continue;
    ways.set(version, after);
    if (after !== before) fresh.push(version);
  }
  if (fresh.length > 0) {
    const entries = (way: "up" | "down"): Term[] =>
      fresh.flatMap((version) => {
        const instructions = ways.get(version)?.[way];
        return instructions === undefined ? [] : [tuple(string(version), list(instructions))];
      });
    const term = tuple(
      string(to.version),
      list([...entries("up"), ...(written?.up ?? [])]),
      list([...entries("down"), ...(written?.down ?? [])]),
    );
    writeFileAtomically(join(to.origin, "ebin", `${to.name}.appup`), formatTermFile(term, { otp: otpRelease }));
  }
  return ways;
}

function readWays(written: Appup | undefined, version: string, otpRelease: number): AppupWays | undefined {
  const way = (direction: "up" | "down"): readonly Term[] | undefined =>
    written && findAppupScript(written, direction, version, otpRelease)?.instructions;
  const [up, down] = [way("up"), way("down")];
  return up === undefined && down === undefined ? undefined : { up, down, written: true };
}

/** A way that there is none for stays so, unless a plugin brings one. Gives back the same value where nothing changed. */
async function askPlugins(
  ways: AppupWays,
  change: ChangeAppup,
  facts: { readonly application: string; readonly from: string; readonly to: string },
): Promise<AppupWays> {
  const [up, down] = [ways.up ?? [], ways.down ?? []];
  const changed = await change({ up, down }, facts);
  if (changed.up === up && changed.down === down) return ways;
  const of = (direction: "up" | "down"): readonly Term[] | undefined =>
    ways[direction] === undefined && changed[direction].length === 0 ? undefined : changed[direction];
  return { ...ways, up: of("up"), down: of("down") };
}
