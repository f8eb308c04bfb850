import { expect, test } from "bun:test";
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { findIdentity } from "../../src/vm/identity.ts";
import type { StartEvent } from "../../src/vm/index.ts";
import { ProgressWatch } from "../../src/vm/progress.ts";
import { statePaths } from "../../src/vm/state-paths.ts";
import { tempDir } from "../support/temp-dir.ts";

test("a start is followed also where there can be no bell", async () => {
  using dir = tempDir();
  const { progress, bell } = statePaths(dir.join("relex"));
  mkdirSync(dir.join("relex"));
  writeFileSync(progress, "");
  writeFileSync(bell, "in its place");
  const { promise, resolve } = Promise.withResolvers<StartEvent>();
  using watch = await ProgressWatch.withBell(dir.join("relex"), await findIdentity(undefined, undefined), resolve);
  appendFileSync(progress, "running.\n");
  expect(await promise).toEqual({ kind: "running" });
  watch[Symbol.dispose]();
  expect(existsSync(bell)).toBe(true);
});
