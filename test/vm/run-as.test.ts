import { expect, test } from "bun:test";
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { asOwnerOf, findIdentity } from "../../src/vm/identity.ts";
import { startRelease, statePaths, stopRelease } from "../../src/vm/index.ts";
import { failure } from "../support/failure.ts";
import { systemOtp } from "../support/otp.ts";
import { tempDir } from "../support/temp-dir.ts";
import { evaluate, launchScript, procFile, statusField, testRelease } from "./support.ts";

const otp = systemOtp();
const isRoot = process.geteuid?.() === 0;

test("findIdentity() takes whoever runs enit when nobody is named", async () => {
  const identity = await findIdentity(undefined, undefined);
  expect(identity).toMatchObject({ uid: process.geteuid?.(), gid: process.getegid?.() });
  expect(identity.user?.name).toBe(id("-un"));
});

test("findIdentity() tells unknown users and groups from numbers that nobody has", async () => {
  expect(await failure(findIdentity("no_such_user", undefined))).toMatchObject({ code: "unknown_user", kind: "input" });
  expect(await failure(findIdentity(undefined, "no_such_group"))).toMatchObject({ code: "unknown_group" });
  const error = await failure(findIdentity("4000000000", undefined));
  expect(error.message).toBe('cannot run as user "4000000000": the number has no user, so no group either');
});

test.if(!isRoot)("findIdentity() refuses to become somebody else without root privileges", async () => {
  expect(await failure(findIdentity("root", undefined))).toMatchObject({ code: "not_permitted" });
  expect(await findIdentity(id("-un"), id("-gn"))).toMatchObject({ uid: process.geteuid?.() });
});

test.if(isRoot)("findIdentity() finds users and groups by name and by number", async () => {
  const daemon = { uid: Number(id("-u", "daemon")), gid: Number(id("-g", "daemon")) };
  expect(await findIdentity("daemon", undefined)).toMatchObject({ ...daemon, user: { name: "daemon" } });
  expect(await findIdentity(String(daemon.uid), undefined)).toMatchObject({ ...daemon, user: { name: "daemon" } });
  expect(await findIdentity(undefined, "daemon")).toMatchObject({ uid: 0, gid: daemon.gid });
  expect(await findIdentity("daemon", "root")).toMatchObject({ uid: daemon.uid, gid: 0 });
  expect(await findIdentity("4000000000", "4000000001")).toEqual({ uid: 4e9, gid: 4e9 + 1, user: undefined });
});

for (const user of usersWorthTrying()) {
  test.if(isRoot)(`a VM that runs as ${user} has its uid, gid and supplementary groups and no others`, async () => {
    await using release = await testRelease({ otp, node: `{run_as_user, "${user}"}` });
    const output = await launchScript(await release.load(), "cat /proc/$$/status; env");
    const [uid, gid] = [id("-u", user), id("-g", user)];
    expect(statusField(output, "Uid")).toBe(Array(4).fill(uid).join("\t"));
    expect(statusField(output, "Gid")).toBe(Array(4).fill(gid).join("\t"));
    expect(numbers(statusField(output, "Groups"))).toEqual(numbers(id("-G", user)));
    expect(statusField(output, "CapEff")).toBe("0000000000000000");
    expect(output).toMatch(new RegExp(`^USER=${user}$`, "m"));
    expect(output).toMatch(new RegExp(`^LOGNAME=${user}$`, "m"));
  });
}

test.if(isRoot)("a group of its own comes with the supplementary groups of the user", async () => {
  await using release = await testRelease({ otp, node: '{run_as_user, "daemon"}, {run_as_group, "nogroup"}' });
  const output = await launchScript(await release.load(), "cat /proc/$$/status");
  const [group] = /^nogroup:x:(\d+):/m.exec(readFileSync("/etc/group", "utf8"))?.slice(1) ?? [];
  expect(statusField(output, "Gid")).toBe(Array(4).fill(group).join("\t"));
  const expected = [...numbers(id("-G", "daemon")).filter((gid) => gid !== Number(id("-g", "daemon"))), Number(group)];
  expect(numbers(statusField(output, "Groups"))).toEqual(expected.sort((a, b) => a - b));
});

test.if(isRoot)("the VM of another user boots from files that are its own, in a directory that is not", async () => {
  await using release = await testRelease({ otp, node: '{run_as_user, "nobody"}' });
  const vm = await startRelease(await release.load());
  const [uid, gid] = [Number(id("-u", "nobody")), Number(id("-g", "nobody"))];
  expect(statusField(procFile(vm.pid, "status"), "Uid")).toBe(Array(4).fill(uid).join("\t"));
  const paths = statePaths(release.stateDir);
  const ofVm = [paths.homeDir, paths.cookie, paths.releasesDir, `${paths.releasesDir}/1.0/sys.config`];
  for (const path of [...ofVm, paths.agentSettings, paths.progress, paths.log]) {
    expect({ path, uid: statSync(path).uid, gid: statSync(path).gid }).toEqual({ path, uid, gid });
  }
  for (const path of [paths.stateDir, paths.lock, paths.record, paths.agentDir]) {
    expect({ path, uid: statSync(path).uid }).toEqual({ path, uid: 0 });
  }
  // Its home directory does not exist.
  expect(await evaluate(vm, "{ok, Cwd} = file:get_cwd(), Cwd")).toBe(`"${release.stateDir}"`);
  expect(release.notes()[0]).toContain('{"HOME","/nonexistent"}');
  // As release_handler will.
  expect(await evaluate(vm, `file:write_file("${paths.releasesDir}/RELEASES.new", "")`)).toBe("ok");
  expect((await stopRelease(await release.load(), { timeoutSeconds: 20 })).killed).toBe(false);
});

test.if(isRoot)("a VM that may not reach its state directory is told so", async () => {
  await using release = await testRelease({ otp, node: '{run_as_user, "nobody"}' });
  await Bun.$`chmod 700 ${release.root}`.quiet();
  const error = await failure(startRelease(await release.load()));
  expect(error.message).toBe(
    `cannot read "${statePaths(release.stateDir).agentSettings}" as user "nobody": permission denied`,
  );
});

test.if(isRoot)("asOwnerOf() lends root the rights of the owner, and no others", async () => {
  using dir = tempDir();
  const secret = dir.write("secret", "of root");
  chmodSync(secret, 0o600);
  chmodSync(dir.path, 0o755);
  mkdirSync(dir.join("owned"));
  chownSync(dir.join("owned"), 65534, 65534);
  const written = dir.join("owned", "file");
  asOwnerOf(dir.join("owned"), () => {
    writeFileSync(written, "");
    expect(() => readFileSync(secret)).toThrow("EACCES");
    expect(() => writeFileSync(dir.join("file"), "")).toThrow("EACCES");
  });
  expect(statSync(written).uid).toBe(65534);
  expect(readFileSync(secret, "utf8")).toBe("of root");
  expect(() => asOwnerOf(dir.join("owned"), () => readFileSync(secret))).toThrow("EACCES");
  expect([process.geteuid?.(), process.getegid?.()]).toEqual([0, 0]);
});

/** Any, one with the longest name, one with the most groups. */
function usersWorthTrying(): string[] {
  const users = readFileSync("/etc/passwd", "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(":")[0] ?? "");
  const longest = users.reduce((best, user) => (user.length > best.length ? user : best));
  const groups = readFileSync("/etc/group", "utf8").split(/[:,\n]/);
  const count = (user: string): number => groups.filter((each) => each === user).length;
  const busiest = users.reduce((best, user) => (count(user) > count(best) ? user : best));
  return [...new Set(["daemon", longest, busiest])];
}

function id(...args: string[]): string {
  return Bun.spawnSync(["id", ...args])
    .stdout.toString()
    .trim();
}

function numbers(text: string | undefined): number[] {
  return (text ?? "")
    .split(" ")
    .filter(Boolean)
    .map(Number)
    .sort((a, b) => a - b);
}
