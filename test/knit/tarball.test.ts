import { describe, expect, test } from "bun:test";
import { chmodSync, cpSync, mkdirSync, readFileSync, statSync, symlinkSync, utimesSync } from "node:fs";
import { tarballTime, writeTarball } from "../../src/knit/package/tarball.ts";
import { openGzip } from "../../src/knit/package/gzip.ts";
import { decodeTerm, isTuple, listElements, stringValue } from "../../src/term/index.ts";
import { failure } from "../support/failure.ts";
import { oracle, otpInstallations } from "../support/otp.ts";
import { type TempDir, tempDir } from "../support/temp-dir.ts";

const LONG = "d".repeat(99);
/** What the trees of these tests hold; each size and name stands for a limit of the format. */
const FILES: Readonly<Record<string, number>> = {
  empty: 0,
  "just-below-a-block": 511,
  "a-block": 512,
  "just-above-a-block": 513,
  "many-pieces": 1_600_000,
  ["n".repeat(100)]: 1,
  ["n".repeat(101)]: 1,
  [`${LONG}/${LONG}/x`]: 2,
  [`${LONG}/${LONG}/${LONG}/${"y".repeat(99)}`]: 3,
  [`${"p".repeat(155)}/${"q".repeat(100)}`]: 4,
  [`${"p".repeat(156)}/${"q".repeat(100)}`]: 5,
  "häß/λ": 6,
  "Z/upper": 7,
  "a/lower": 8,
  "a-b": 9,
};

const options = { mtime: 86400, signal: new AbortController().signal };

describe("writeTarball()", () => {
  test("writes what erl_tar reads, whatever the names and sizes are", async () => {
    using dir = tree();
    await writeTarball(dir.join("tree"), dir.join("x.tar.gz"), { ...options, prefix: "top" });
    for (const otp of otpInstallations()) {
      await using vm = await oracle(otp);
      const term = decodeTerm(
        await vm.evaluate(`{ok, Files} = erl_tar:extract("${dir.join("x.tar.gz")}", [compressed, memory]),
          [{Name, byte_size(Bin), erlang:md5(Bin)} || {Name, Bin} <- Files]`),
      );
      const found = new Map(
        (listElements(term) ?? []).map((each) => {
          const [name, size, md5] = isTuple(each) ? each.elements : [];
          const digest = md5?.kind === "bitstring" ? Buffer.from(md5.bytes).toString("hex") : "";
          return [stringValue(name), `${size?.kind === "integer" ? size.value : ""} ${digest}`];
        }),
      );
      for (const [name, size] of Object.entries(FILES)) {
        const digest = new Bun.CryptoHasher("md5").update(readFileSync(dir.join("tree", name))).digest("hex");
        expect(found.get(`top/${name}`)).toBe(`${size} ${digest}`);
      }
    }
  });

  test("writes what tar unpacks to the same tree, with modes, links and empty directories", async () => {
    using dir = tree();
    await writeTarball(dir.join("tree"), dir.join("x.tar.gz"), options);
    mkdirSync(dir.join("out"));
    await run(["tar", "-xpzf", dir.join("x.tar.gz"), "-C", dir.join("out")]);
    const listing = ["find", ".", "-mindepth", "1", "-printf", "%P %m %y %l %s\\n"];
    const [ours, theirs] = [await run(listing, dir.join("tree")), await run(listing, dir.join("out"))];
    // Of directories the size is that of the file system.
    const lines = (text: string): string[] =>
      text
        .replaceAll(/( d ) \d+$/gm, "$1")
        .split("\n")
        .sort();
    expect(lines(theirs)).toEqual(lines(ours));
    await run(["diff", "-r", "--no-dereference", dir.join("tree"), dir.join("out")]);
    expect(statSync(dir.join("out/empty")).mtimeMs).toBe(86400_000);
    const owners = await run(["tar", "-tvzf", dir.join("x.tar.gz"), "--numeric-owner"]);
    expect(
      new Set(
        owners
          .trim()
          .split("\n")
          .map((line) => line.split(/\s+/)[1]),
      ),
    ).toEqual(new Set(["0/0"]));
  });

  test("sorts by the bytes of names, directories before what is in them, and leaves out what is to be left out", async () => {
    using dir = tempDir();
    for (const name of ["b", "B/x", "a/z", "a.b", "marker", "a/marker"]) dir.write(`tree/${name}`, "");
    const { files } = await writeTarball(dir.join("tree"), dir.join("x.tar.gz"), { ...options, except: ["marker"] });
    expect(files).toBe(5);
    expect((await run(["tar", "-tzf", dir.join("x.tar.gz")])).trim().split("\n")).toEqual([
      "B/",
      "B/x",
      "a/",
      "a/marker",
      "a/z",
      "a.b",
      "b",
    ]);
  });

  test("writes the same bytes from another directory at another time", async () => {
    using dir = tree();
    cpSync(dir.join("tree"), dir.join("other"), { recursive: true, verbatimSymlinks: true });
    utimesSync(dir.join("other/empty"), 1, 1);
    await writeTarball(dir.join("tree"), dir.join("1.tar.gz"), options);
    await writeTarball(dir.join("other"), dir.join("2.tar.gz"), options);
    expect(readFileSync(dir.join("1.tar.gz")).equals(readFileSync(dir.join("2.tar.gz")))).toBe(true);
  });

  test("refuses pipes, a place that is taken, and a directory that cannot be made", async () => {
    using dir = tree();
    await writeTarball(dir.join("tree"), dir.join("x.tar.gz"), options);
    expect(await failure(writeTarball(dir.join("tree"), dir.join("x.tar.gz"), options))).toMatchObject({
      code: "file_unwritable",
      kind: "io",
      data: { reason: "EEXIST" },
    });
    const under = writeTarball(dir.join("tree"), dir.join("x.tar.gz/y/z"), options);
    expect(await failure(under)).toMatchObject({ code: "file_unwritable", kind: "io" });
    await run(["mkfifo", dir.join("tree/pipe")]);
    expect(await failure(writeTarball(dir.join("tree"), dir.join("y.tar.gz"), options))).toMatchObject({
      code: "file_unpackable",
      data: { file: dir.join("tree/pipe") },
    });
  });

  test("stops when it is told to", async () => {
    using dir = tree();
    const controller = new AbortController();
    controller.abort(new Error("enough"));
    const writing = writeTarball(dir.join("tree"), dir.join("x.tar.gz"), { ...options, signal: controller.signal });
    expect(await writing.catch((error: unknown) => error)).toEqual(new Error("enough"));
  });
});

test("openGzip() writes one stream that others read, of nothing, a byte, and exactly one piece", async () => {
  for (const size of [0, 1, 512 * 1024, 512 * 1024 + 1, 3_000_000]) {
    const data = Buffer.from(Uint8Array.from({ length: size }, (_, index) => index % 251));
    const chunks: Uint8Array[] = [];
    const pieces = size === 0 ? [] : [data.subarray(0, size >> 1), data.subarray(size >> 1)];
    const gzip = await openGzip((bytes) => void chunks.push(bytes), { pieces: pieces.length });
    for (const piece of pieces) await gzip.add(piece, true);
    await gzip.end();
    const packed = Buffer.concat(chunks);
    expect(Buffer.from(Bun.gunzipSync(packed)).equals(data)).toBe(true);
    const gzipTool = Bun.spawnSync({ cmd: ["gzip", "-dc"], stdin: packed });
    expect(gzipTool.stdout.equals(data)).toBe(true);
  }
});

test("tarballTime() is SOURCE_DATE_EPOCH, and always the same without", () => {
  expect(tarballTime({ SOURCE_DATE_EPOCH: "1700000000" })).toBe(1700000000);
  expect(tarballTime({})).toBe(tarballTime({ SOURCE_DATE_EPOCH: "" }));
  for (const value of ["-1", "1.5", "soon", "99999999999"]) {
    expect(() => tarballTime({ SOURCE_DATE_EPOCH: value })).toThrow("it is no number of seconds");
  }
});

function tree(): TempDir {
  const dir = tempDir();
  for (const [name, size] of Object.entries(FILES)) {
    dir.write(
      `tree/${name}`,
      Uint8Array.from({ length: size }, (_, index) => (index * 7 + (index >> 8)) % 256),
    );
  }
  chmodSync(dir.join("tree/empty"), 0o600);
  chmodSync(dir.join("tree/a-block"), 0o4755);
  mkdirSync(dir.join("tree/nothing-in-it"), { mode: 0o750 });
  symlinkSync("empty", dir.join("tree/link"));
  symlinkSync(`${LONG}/${LONG}/x`, dir.join("tree/long-link"));
  return dir;
}

async function run(cmd: readonly string[], cwd?: string): Promise<string> {
  const child = Bun.spawn({
    cmd: [...cmd],
    env: { ...process.env, LC_ALL: "C.UTF-8" },
    ...(cwd === undefined ? {} : { cwd }),
    stderr: "pipe",
  });
  const [stdout, stderr, exitCode] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (exitCode !== 0) throw new Error(`${cmd.join(" ")} ended with ${exitCode}: ${stderr}${stdout}`);
  return stdout;
}
