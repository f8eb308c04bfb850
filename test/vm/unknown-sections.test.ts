import { expect, test } from "bun:test";
import type { Release } from "../../src/release/index.ts";
import { loadRelease } from "../../src/release/index.ts";
import { loadSettings } from "../../src/release/settings.ts";
import { findUnknownSections } from "../../src/vm/unknown-sections.ts";
import { tempDir } from "../support/temp-dir.ts";

const KNOWN = ["kernel", "stdlib", "sasl", "relex_application", "crypto"];

async function withRelease<T>(config: string, look: (release: Release, root: string) => T): Promise<T> {
  using dir = tempDir();
  dir.write(
    "var/lib/enit/relex/release.enit",
    '{release, relex, [{vsn, "1"}, {applications, [relex_application]}]}.\n',
  );
  dir.write("etc/enit/relex/user.config", `{node, [{cookie, "c"}]}.\n${config}`);
  return look(await loadRelease("relex", await loadSettings({ flags: { root: dir.path }, env: {} })), dir.path);
}

test("a section for an application that the release does not have is warned of, with its place and the nearest name", async () => {
  await withRelease("{relx_application, [{a, 1}]}.\n{quite_another, []}.\n", (release, root) => {
    const file = `${root}/etc/enit/relex/user.config`;
    expect(findUnknownSections(release, KNOWN)).toEqual([
      {
        code: "unknown_application",
        message: `${file}:2:1: the release has no application "relx_application"`,
        hint: 'Did you mean "relex_application"?',
        position: { file, line: 2, column: 1 },
      },
      {
        code: "unknown_application",
        message: `${file}:3:1: the release has no application "quite_another"`,
        hint: "Nobody will read these values.",
        position: { file, line: 3, column: 1 },
      },
    ]);
  });
});

test("none for applications that others need, nor for enit's own sections", async () => {
  await withRelease("{crypto, [{fips_mode, false}]}.\n{kernel, []}.\n{enit, []}.\n", (release) => {
    expect(findUnknownSections(release, KNOWN)).toEqual([]);
  });
});
