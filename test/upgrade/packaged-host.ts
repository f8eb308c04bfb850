import { cpSync, mkdirSync } from "node:fs";
import { definePackaged } from "../support/packaged.ts";
import { COOKIE, type ReleaseHost, releaseHost } from "../support/release-host.ts";
import type { Builds } from "./target-system.ts";

/** A host with version 1 of what was built as the packaged release `relex`, not yet started. */
export async function packagedHost(builds: Builds, config = ""): Promise<ReleaseHost> {
  const host = await releaseHost(builds.otp);
  const root = host.join("opt", "relex");
  mkdirSync(root, { recursive: true });
  cpSync(builds.base, root, { recursive: true, verbatimSymlinks: true });
  definePackaged(host, root, config);
  host.write("etc/enit/relex/user.config", `{node, [{cookie, "${COOKIE}"}]}.\n`);
  return host;
}
