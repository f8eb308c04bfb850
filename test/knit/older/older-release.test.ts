import { describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { type OlderRelease, readOlderRelease } from "../../../src/knit/older/index.ts";
import { writeTarball } from "../../../src/knit/package/tarball.ts";
import { failure } from "../../support/failure.ts";
import { oracle, systemOtp } from "../../support/otp.ts";
import { type TempDir, tempDir } from "../../support/temp-dir.ts";

const RELEASE = { name: "relex", version: "1.0" };
const LONG = `${"long".repeat(30)}_SUITE`;
const { signal } = new AbortController();
const REL = '{release, {"relex", "1.0"}, {erts, "13.1"}, [{kernel, "8.5"}, {app, "1"}]}.\n';

/** What is in the tree of these tests, by path. */
const FILES: Readonly<Record<string, string>> = {
  "bin/erl": "#!/bin/sh\n",
  "erts-13.1/bin/beam.smp": "x".repeat(70_000),
  "lib/kernel-8.5/ebin/kernel.app": "{application, kernel, []}.\n",
  "lib/kernel-8.5/ebin/kernel.beam": "y".repeat(300_000),
  "lib/kernel-8.5/src/kernel.erl": "",
  "lib/app-1/ebin/app.app": "{application, app, []}.\n",
  [`lib/app-1/ebin/${LONG}.beam`]: "",
  "lib/app-1/priv/ebin/nothing.beam": "z",
  "releases/1.0/relex.rel": REL,
  "releases/1.0/start_clean.rel": '{release, {"start_clean", "1.0"}, {erts, "13.1"}, [{kernel, "8.5"}]}.\n',
};

describe("readOlderRelease()", () => {
  test("reads what enit, erl_tar and tar write, with a directory at the top and without", async () => {
    using dir = tree();
    await writeTarball(dir.join("relex"), dir.join("enit.tar.gz"), { mtime: 0, signal, prefix: "relex" });
    await writeTarball(dir.join("relex"), dir.join("bare.tar.gz"), { mtime: 0, signal });
    for (const format of ["gnu", "pax", "oldgnu"]) {
      run(["tar", `--format=${format}`, "-C", dir.join("relex"), "-czf", dir.join(`${format}.tar.gz`), "."]);
    }
    await using vm = await oracle(systemOtp(), { cwd: dir.path });
    await vm.evaluate('ok = erl_tar:create("erl.tar.gz", ["relex"], [compressed])');
    for (const name of ["enit", "bare", "gnu", "pax", "oldgnu", "erl"]) {
      const release = await readOlderRelease(dir.join(`${name}.tar.gz`), RELEASE, { signal });
      expect({ name, content: contentOf(release) }).toEqual({
        name,
        content: {
          "app-1": { "ebin/app.app": 24, [`ebin/${LONG}.beam`]: 0 },
          "kernel-8.5": { "ebin/kernel.app": 27, "ebin/kernel.beam": 300_000 },
        },
      });
      expect(release.spec).toMatchObject({ name: "relex", vsn: "1.0", ertsVersion: "13.1" });
    }
  });

  test("keeps nothing that is known, but its name", async () => {
    using dir = tree();
    await writeTarball(dir.join("relex"), dir.join("x.tar.gz"), { mtime: 0, signal, prefix: "relex" });
    const asked: string[] = [];
    const release = await readOlderRelease(dir.join("x.tar.gz"), RELEASE, {
      signal,
      isKnown: (path, bytes) => {
        asked.push(`${path} ${bytes.length}`);
        return path.startsWith("lib/kernel-8.5/");
      },
    });
    expect(contentOf(release)["kernel-8.5"]).toEqual({});
    expect([...(release.libraries.get("kernel-8.5")?.names ?? [])]).toEqual(["kernel.app", "kernel.beam"]);
    expect(asked.sort()).toEqual([
      "lib/app-1/ebin/app.app 24",
      `lib/app-1/ebin/${LONG}.beam 0`,
      "lib/kernel-8.5/ebin/kernel.app 27",
      "lib/kernel-8.5/ebin/kernel.beam 300000",
    ]);
  });

  test("reads applications that are archives", async () => {
    using dir = tree();
    await using vm = await oracle(systemOtp(), { cwd: dir.join("relex/lib") });
    await vm.evaluate('{ok, _} = zip:create("app-1.ez", ["app-1"]), file:del_dir_r("app-1")');
    await writeTarball(dir.join("relex"), dir.join("x.tar.gz"), { mtime: 0, signal, prefix: "relex" });
    const release = await readOlderRelease(dir.join("x.tar.gz"), RELEASE, { signal });
    expect(contentOf(release)["app-1"]).toEqual({ "ebin/app.app": 24, [`ebin/${LONG}.beam`]: 0 });
  });

  test("takes the release with the most applications where none is named", async () => {
    using dir = tree();
    await writeTarball(dir.join("relex"), dir.join("x.tar.gz"), { mtime: 0, signal, prefix: "any-name" });
    expect(await readOlderRelease(dir.join("x.tar.gz"), undefined, { signal })).toMatchObject({
      version: "1.0",
      spec: { name: "relex" },
    });
  });

  test("refuses a tarball of another release, and says which is in it", async () => {
    using dir = tree();
    await writeTarball(dir.join("relex"), dir.join("x.tar.gz"), { mtime: 0, signal, prefix: "relex" });
    for (const release of [
      { name: "relex", version: "2.0" },
      { name: "other", version: "1.0" },
    ]) {
      expect(await failure(readOlderRelease(dir.join("x.tar.gz"), release, { signal }))).toMatchObject({
        code: "tarball_foreign",
        kind: "input",
        message: expect.stringContaining("releases/1.0/relex.rel") as string,
      });
    }
    dir.write("relex/releases/1.0/relex.rel", REL.replace('"1.0"', '"1.1"'));
    await writeTarball(dir.join("relex"), dir.join("y.tar.gz"), { mtime: 0, signal });
    expect(await failure(readOlderRelease(dir.join("y.tar.gz"), RELEASE, { signal }))).toMatchObject({
      code: "tarball_foreign",
      message: expect.stringContaining("relex 1.1") as string,
    });
  });

  test("names a tarball that is damaged, wherever it is", async () => {
    using dir = tree();
    const file = dir.join("x.tar.gz");
    await writeTarball(dir.join("relex"), file, { mtime: 0, signal, prefix: "relex" });
    const whole = readFileSync(file);
    const damaged = { code: "tarball_damaged", kind: "input", message: expect.stringContaining(file) as string };
    const tar = gunzipSync(whole);
    for (const size of [0, 5, 100, whole.length - 1200]) {
      writeFileSync(file, whole);
      truncateSync(file, size);
      expect(await failure(readOlderRelease(file, RELEASE, { signal }))).toMatchObject(damaged);
    }
    // A whole gzip file of half an archive, and of an archive with a header that is damaged.
    const header = Buffer.from(tar);
    header[3] = 0xff;
    for (const content of [tar.subarray(0, 100_000), header, Buffer.from("no archive at all".repeat(100))]) {
      writeFileSync(file, gzipSync(content));
      expect(await failure(readOlderRelease(file, RELEASE, { signal }))).toMatchObject(damaged);
    }
    writeFileSync(file, "no gzip file at all");
    expect(await failure(readOlderRelease(file, RELEASE, { signal }))).toMatchObject(damaged);
    expect(await failure(readOlderRelease(dir.join("none"), RELEASE, { signal }))).toMatchObject({
      code: "file_unreadable",
      kind: "io",
    });
  });

  test("stops when it is told to", async () => {
    using dir = tree();
    await writeTarball(dir.join("relex"), dir.join("x.tar.gz"), { mtime: 0, signal, prefix: "relex" });
    const reading = readOlderRelease(dir.join("x.tar.gz"), RELEASE, { signal: AbortSignal.abort(new Error("enough")) });
    expect(await reading.catch((error: unknown) => error)).toEqual(new Error("enough"));
  });
});

function tree(): TempDir {
  const dir = tempDir();
  mkdirSync(dir.join("relex/log"), { recursive: true });
  for (const [name, content] of Object.entries(FILES)) dir.write(`relex/${name}`, content);
  return dir;
}

/** The size of each file that was kept. */
function contentOf({ libraries }: OlderRelease): Record<string, Record<string, number>> {
  return Object.fromEntries(
    [...libraries].map(([library, { files }]) => [
      library,
      Object.fromEntries([...files].map(([path, bytes]) => [path, bytes.length])),
    ]),
  );
}

function run(command: readonly string[]): void {
  const result = Bun.spawnSync({ cmd: [...command] });
  if (result.exitCode !== 0) throw new Error(result.stderr.toString());
}
