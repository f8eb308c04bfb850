import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { encodeEnd, encodeHeader, paddingOf, type TarEntry } from "../../src/knit/package/tar-header.ts";
import { checkPlace, checkTarball, type TarballTarget } from "../../src/upgrade/tarball/check-tarball.ts";
import { readUpgradeTarball } from "../../src/upgrade/tarball/read-upgrade.ts";
import type { VmFacts } from "../../src/upgrade/vm/facts.ts";
import { containing } from "../support/containing.ts";
import { failure } from "../support/failure.ts";
import { systemOtp } from "../support/otp.ts";
import { type TempDir, tempDir } from "../support/temp-dir.ts";
import { type Builds, buildVersions, goodVersion } from "./target-system.ts";

let dir: TempDir;
let builds: Builds;
const { signal } = new AbortController();

beforeAll(async () => {
  dir = tempDir();
  builds = await buildVersions(systemOtp(), { vsn: "1" }, [goodVersion("2")]);
});
afterAll(() => {
  dir?.[Symbol.dispose]();
  builds?.[Symbol.dispose]();
});

interface Member extends Partial<TarEntry> {
  readonly path: string;
  readonly content?: string;
  /** Another type flag than that of the type: `1`, a hard link. */
  readonly flag?: string;
}

const REL: Member = {
  path: "releases/relex-2.rel",
  content: '{release, {"relex", "2"}, {erts, "13.1.5"}, [{kernel, "8.5.3"}, {sasl, "4.2"}]}.\n',
};

function pack(...members: Member[]): string {
  const parts = members.flatMap(({ content = "", flag, ...entry }) => {
    const size = Buffer.byteLength(content);
    const header = Buffer.from(encodeHeader({ type: "file", mode: 0o644, ...entry, size }, 0));
    if (flag !== undefined) {
      header.write(flag, 156, "latin1");
      header.write(" ".repeat(8), 148, "latin1");
      const sum = header.reduce((total, byte) => total + byte, 0);
      header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
    }
    return [header, Buffer.from(content), Buffer.alloc(paddingOf(size))];
  });
  return dir.write("some.tar.gz", gzipSync(Buffer.concat([...parts, encodeEnd()])));
}

const read = (file: string): ReturnType<typeof readUpgradeTarball> => readUpgradeTarball(file, signal);

test("a tarball of systools is read: its release, its relup, its files", async () => {
  const tarball = await read(builds.tarball("2"));
  expect(tarball).toMatchObject({ name: "relex-2", spec: { name: "relex", vsn: "2" }, relup: { version: "2" } });
  expect(tarball.relup?.up.map(({ version }) => version)).toEqual(["1"]);
  expect(tarball.files.map(({ path }) => path)).toContain("lib/counter-2/ebin/counter.beam");
});

describe("a tarball with a member that would leave the release is refused", () => {
  const cases: readonly (readonly [title: string, members: Member[], state: string])[] = [
    ["a name that leads up", [{ path: "../evil" }], "its name leads out of the release"],
    ["a name that leads up in the middle", [{ path: "lib/a/../../../evil" }], "its name leads out"],
    ["an absolute name", [{ path: "/etc/evil" }], "its name is absolute"],
    ["a link to elsewhere", [{ path: "lib/a-1/priv", type: "link", target: "../../../etc" }], "it is a link to"],
    ["an absolute link", [{ path: "lib/a-1/priv", type: "link", target: "/etc" }], "it is a link to"],
    [
      "a file behind a link",
      [{ path: "lib/a-1/x", type: "link", target: "ebin" }, { path: "lib/a-1/x/y" }],
      'it lies behind the link "lib/a-1/x"',
    ],
    ["a hard link", [{ path: "lib/a-1/x", flag: "1" }], "it is neither a file nor a directory"],
    ["a device", [{ path: "lib/a-1/x", flag: "3" }], "it is neither a file nor a directory"],
    ["a name that stands twice", [{ path: "lib/a-1/x" }, { path: "lib/./a-1/x" }], "it is there twice"],
  ];
  test.each(cases)("%s", async (_, members, state) => {
    const error = await failure(read(pack(REL, ...members)));
    expect([error.code, error.kind]).toEqual(["tarball_unsafe", "input"]);
    expect(error.message).toContain(state);
  });
});

test("a link within its application is taken", async () => {
  const { files } = await read(pack(REL, { path: "lib/a-1/priv/x", type: "link", target: "../ebin/a.app" }));
  expect(files.map(({ path }) => path)).toContain("lib/a-1/priv/x");
});

describe("a file that is no upgrade is refused", () => {
  test("one that is cut short", async () => {
    const whole = readFileSync(builds.tarball("2"));
    for (const size of [0, 9, 100, whole.length / 2, whole.length - 9]) {
      const error = await failure(read(dir.write("cut.tar.gz", whole.subarray(0, size))));
      expect([error.code, error.kind]).toEqual(["tarball_damaged", "input"]);
    }
  });

  test("one with a wrong byte", async () => {
    const bytes = readFileSync(builds.tarball("2"));
    bytes[bytes.length >> 1]! ^= 0xff;
    expect((await failure(read(dir.write("wrong.tar.gz", bytes)))).code).toBe("tarball_damaged");
  });

  test("one that is something else, or not there", async () => {
    const codes = [];
    for (const file of [
      dir.write("text.tar.gz", "no tarball"),
      dir.join("none.tar.gz"),
      dir.path,
      pack({ path: "x" }),
    ]) {
      codes.push((await failure(read(file))).code);
    }
    expect(codes).toEqual(["tarball_damaged", "file_unreadable", "tarball_unsuitable", "tarball_unsuitable"]);
  });

  test("one with two releases, or whose release is damaged", async () => {
    const two = await failure(read(pack(REL, { ...REL, path: "releases/other.rel" })));
    expect(two.message).toContain("it has several releases: relex-2, other");
    expect((await failure(read(pack({ ...REL, content: "{release" })))).code).toBe("term_syntax");
    expect((await failure(read(pack({ ...REL, content: "release." })))).code).toBe("release_malformed");
    const relup = { path: "releases/2/relup", content: "[]." };
    expect((await failure(read(pack(REL, relup)))).code).toBe("relup_malformed");
  });
});

describe("a tarball that does not fit what runs is refused", () => {
  const facts: VmFacts = {
    handler: "idle",
    root: "",
    releasesDir: "",
    unwritable: [],
    ertsVersion: "13.1.5",
    otpRelease: "25",
    phase: "started",
  };
  const target = (): TarballTarget => ({
    root: dir.path,
    releasesDir: dir.join("releases"),
    release: "relex",
    relName: "relex",
    running: "1",
    facts,
    byRestart: false,
    executable: process.execPath,
  });
  const relup = { path: "releases/2/relup", content: '{"2", [{"1", [], []}], [{"1", [], []}]}.\n' };
  const release = (erts: string, applications: string, name = "relex"): Member => ({
    ...REL,
    content: `{release, {"${name}", "2"}, {erts, "${erts}"}, [${applications}]}.\n`,
  });
  const whole = '{kernel, "8.5.3"}, {sasl, "4.2"}';
  /** The first bytes of a program for a machine that none of us has. */
  const foreign = Buffer.from("7f454c4602020100000000000000000000030015", "hex").toString("latin1");

  const cases: readonly (readonly [title: string, members: () => Member[], code: string, state: string])[] = [
    [
      "another release",
      () => [release("13.1.5", whole, "other"), relup],
      "tarball_unsuitable",
      'of the release "other"',
    ],
    ["another OTP", () => [release("15.2", whole), relup], "tarball_unsuitable", "for Erlang/OTP 27, and 25 runs"],
    ["without sasl", () => [release("13.1.5", '{kernel, "8.5.3"}'), relup], "tarball_unsuitable", "has no sasl"],
    ["without relup", () => [release("13.1.5", whole)], "no_upgrade_path", "it has no relup"],
    [
      "from another version",
      () => [REL, { ...relup, content: '{"2", [{"0", [], []}], []}.' }],
      "no_upgrade_path",
      "its relup leads from 0, and 1 runs",
    ],
    [
      "another machine",
      () => [REL, relup, { path: "lib/a-1/priv/a.so", content: foreign }],
      "tarball_unsuitable",
      "is for another machine",
    ],
  ];
  test.each(cases)("%s", async (_, members, code, state) => {
    const tarball = await read(pack(...members()));
    const error = await failure(() => checkTarball(tarball, target()));
    expect(error).toMatchObject({ code, message: containing(state) });
  });

  test("one that has no room, or whose files are there already, and others", async () => {
    const tarball = await read(pack(REL, relup, { path: "lib/a-1/ebin/a.app", content: "new" }));
    checkTarball(tarball, target());
    checkPlace(tarball, target());
    const huge = { ...tarball, files: [{ path: "lib/a-1/huge", size: Number.MAX_SAFE_INTEGER, digest: "" }] };
    expect(await failure(() => checkPlace(huge, target()))).toMatchObject({ code: "disk_full", kind: "io" });
    dir.write("lib/a-1/ebin/a.app", "old");
    expect(await failure(() => checkPlace(tarball, target()))).toMatchObject({
      code: "files_differ",
      message: containing("lib/a-1/ebin/a.app"),
    });
  });
});
