import { describe, expect, test } from "bun:test";
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { type KnownUnit, readOlderRelease } from "../../src/knit/older/index.ts";
import { openKnownPieces } from "../../src/knit/package/known-pieces.ts";
import { writeTarball } from "../../src/knit/package/tarball.ts";
import { openPieces } from "../../src/tar/index.ts";
import { failure } from "../support/failure.ts";
import { type TempDir, tempDir } from "../support/temp-dir.ts";

const { signal } = new AbortController();
const RELEASE = { name: "relex", version: "1" };
const options = { mtime: 0, signal, prefix: "relex" };

describe("a tarball", () => {
  test("tells its pieces, of which each application has its own, whatever is around it", async () => {
    using dir = tree();
    await writeTarball(dir.join("relex"), dir.join("1.tar.gz"), options);
    dir.write("relex/lib/app-1/ebin/more.beam", "another size");
    dir.write("relex/lib/before-1/ebin/before.app", "");
    await writeTarball(dir.join("relex"), dir.join("2.tar.gz"), options);
    const [first, second] = [unitsOf(dir.join("1.tar.gz")), unitsOf(dir.join("2.tar.gz"))];
    // releases, app, big, bin, erts, the end mark.
    expect(first.map(({ length }) => length)).toEqual([1, 1, 3, 1, 1, 1]);
    expect(second.map(({ length }) => length)).toEqual([1, 1, 1, 3, 1, 1, 1]);
    expect(second.toSpliced(2, 1).map((unit, index) => unit.join() === first[index]?.join())).toEqual([
      true,
      false,
      true,
      true,
      true,
      true,
    ]);
  });

  test("has no piece that anyone else would see: gzip and tar read it", async () => {
    using dir = tree();
    await writeTarball(dir.join("relex"), dir.join("x.tar.gz"), options);
    expect(Bun.spawnSync({ cmd: ["gzip", "-t", dir.join("x.tar.gz")] }).exitCode).toBe(0);
    mkdirSync(dir.join("out"));
    expect(Bun.spawnSync({ cmd: ["tar", "-xzf", dir.join("x.tar.gz"), "-C", dir.join("out")] }).exitCode).toBe(0);
    expect(Bun.spawnSync({ cmd: ["diff", "-r", dir.join("relex"), dir.join("out/relex")] }).exitCode).toBe(0);
  });

  test("has the same bytes, whether its pieces were compressed before or not", async () => {
    using dir = tree();
    mkdirSync(dir.join("releases"));
    await writeTarball(dir.join("relex"), dir.join("releases/relex-1.tar.gz"), options);
    dir.write("relex/lib/app-1/ebin/app.app", "changed");
    await writeTarball(dir.join("relex"), dir.join("fresh.tar.gz"), options);
    const write = async (name: string): Promise<number> => {
      using known = openKnownPieces(dir.join("releases"), "relex");
      let found = 0;
      const find = (hash: bigint, size: number): Uint8Array | undefined => {
        const bytes = known.find(hash, size);
        if (bytes !== undefined) found++;
        return bytes;
      };
      await writeTarball(dir.join("relex"), dir.join(name), { ...options, find });
      return found;
    };
    expect(await write("again.tar.gz")).toBe(7);
    expect(readFileSync(dir.join("again.tar.gz")).equals(readFileSync(dir.join("fresh.tar.gz")))).toBe(true);

    // What was damaged since is compressed anew.
    const older = dir.join("releases/relex-1.tar.gz");
    const bytes = readFileSync(older);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(older, bytes);
    expect(await write("damaged.tar.gz")).toBe(6);
    expect(readFileSync(dir.join("damaged.tar.gz")).equals(readFileSync(dir.join("fresh.tar.gz")))).toBe(true);
  });

  test("is passed over for its pieces if it is of another program, or was cut off", async () => {
    using dir = tree();
    const file = dir.join("relex-1.tar.gz");
    Bun.spawnSync({ cmd: ["tar", "-C", dir.path, "-czf", file, "relex"] });
    expect(openPieces(file)).toBeUndefined();
    await writeTarball(dir.join("relex"), dir.join("relex-2.tar.gz"), options);
    copyFileSync(dir.join("relex-2.tar.gz"), file);
    truncateSync(file, 3000);
    expect(openPieces(file)).toBeUndefined();
    copyFileSync(dir.join("relex-2.tar.gz"), file);
    appendFileSync(file, "more");
    expect(openPieces(file)).toBeUndefined();
    for (const size of [0, 5, 30]) {
      truncateSync(file, size);
      expect(openPieces(file)).toBeUndefined();
    }
    using known = openKnownPieces(dir.join("none"), "relex");
    expect(known.find(0n, 0)).toBeUndefined();
  });

  test("gives pieces of the three that were made last", async () => {
    using dir = tree();
    await writeTarball(dir.join("relex"), dir.join("relex-0.tar.gz"), options);
    using file = openPieces(dir.join("relex-0.tar.gz"));
    const [, app] = file?.pieces ?? [];
    const find = (): boolean => {
      using known = openKnownPieces(dir.path, "relex");
      return known.find(app?.hash ?? 0n, app?.size ?? 0) !== undefined;
    };
    utimesSync(dir.join("relex-0.tar.gz"), 1e9, 1e9);
    expect(find()).toBe(true);
    for (const name of ["relex-1.tar.gz", "relex-2.tar.gz"]) dir.write(name, "");
    expect(find()).toBe(true);
    dir.write("relex-3.tar.gz", "");
    expect(find()).toBe(false);
  });
});

describe("readOlderRelease() of a tarball with an index", () => {
  test("does not inflate what is known, and gives the same as it does of one without", async () => {
    using dir = tree();
    await writeTarball(dir.join("relex"), dir.join("x.tar.gz"), options);
    const [, , big] = unitsOf(dir.join("x.tar.gz"));
    const names = new Set(["big.app", "big.beam"]);
    const knownUnit = (hashes: readonly bigint[]): KnownUnit | undefined =>
      hashes.join() === big?.join() ? { library: "big-1", names } : undefined;
    const release = await readOlderRelease(dir.join("x.tar.gz"), RELEASE, { signal, knownUnit });
    expect(release.libraries.get("big-1")).toMatchObject({ names, files: new Map(), isKnown: true });
    const plain = await readOlderRelease(dir.join("x.tar.gz"), RELEASE, { signal });
    expect(release.spec.applications).toEqual(plain.spec.applications);
    expect(release.libraries.get("app-1")).toEqual(plain.libraries.get("app-1"));
    expect([...(plain.libraries.get("big-1")?.names ?? [])]).toEqual([...names]);
  });

  test("finds damage in what it reads", async () => {
    using dir = tree();
    const file = dir.join("x.tar.gz");
    await writeTarball(dir.join("relex"), file, options);
    using pieces = openPieces(file);
    const bytes = readFileSync(file);
    const at = (pieces?.pieces[2]?.offset ?? 0) + 20;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    expect(await failure(readOlderRelease(file, RELEASE, { signal, knownUnit: () => undefined }))).toMatchObject({
      code: "tarball_damaged",
      message: `cannot read the tarball "${file}": a piece of it is damaged (byte ${pieces?.pieces[2]?.offset})`,
    });
  });
});

/** The hashes of the pieces of each unit. */
function unitsOf(file: string): bigint[][] {
  using opened = openPieces(file);
  const units: bigint[][] = [];
  for (const { startsUnit, hash } of opened?.pieces ?? []) {
    if (startsUnit) units.push([]);
    units.at(-1)?.push(hash);
  }
  return units;
}

function tree(): TempDir {
  const dir = tempDir();
  dir.write("relex/bin/erl", "#!/bin/sh\n");
  dir.write("relex/erts-13.1/bin/beam.smp", "emulator");
  dir.write("relex/lib/app-1/ebin/app.app", "{application, app, []}.");
  dir.write("relex/lib/big-1/ebin/big.app", "{application, big, []}.");
  dir.write(
    "relex/lib/big-1/ebin/big.beam",
    Uint8Array.from({ length: 1_200_000 }, (_, index) => (index * 7 + (index >> 8)) % 256),
  );
  dir.write("relex/releases/1/relex.rel", '{release, {"relex", "1"}, {erts, "13.1"}, [{app, "1"}, {big, "1"}]}.');
  return dir;
}
