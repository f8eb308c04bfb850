import { rmSync } from "node:fs";
import { join } from "node:path";
import { asOwnerOf } from "../vm/index.ts";
import { readInstalledReleases } from "./release-files.ts";
import type { UpgradeSession } from "./session.ts";
import { type HandlerOptions, removeRelease } from "./vm/handler.ts";

/**
 * Has `release_handler` remove a version of a packaged release and what no other one needs, and removes what it leaves: the
 * modules of an emulator that is gone, which knit and reltool pack as `lib/erts-VSN`.
 */
export async function removePackaged(
  { connection, places }: Pick<UpgradeSession, "connection" | "places">,
  version: string,
  options?: HandlerOptions,
): Promise<void> {
  const ertsVersion = readInstalledReleases(places).get(version)?.ertsVersion;
  await removeRelease(connection, version, options);
  const others = [...readInstalledReleases(places).values()];
  if (ertsVersion === undefined || others.some((each) => each.ertsVersion === ertsVersion)) return;
  const left = join(places.root, "lib", `erts-${ertsVersion}`);
  asOwnerOf(places.releasesDir, () => rmSync(left, { recursive: true, force: true }));
}
