import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { findApplications, resolveApplications, type ResolvedApplication } from "../../src/otp/index.ts";
import { findKept, keepCode, pruneKept } from "../../src/vm/index.ts";
import { systemOtp } from "../support/otp.ts";
import { type TempDir, tempDir } from "../support/temp-dir.ts";

const OPTIONS = { otpLibDir: join(systemOtp().root, "lib"), gid: process.getegid?.() ?? 0 };

/** The applications of a release with `mine`, which has a program and a link in `priv`. */
function applications(dir: TempDir): readonly ResolvedApplication[] {
  dir.write(
    "lib/mine/ebin/mine.app",
    '{application, mine, [{vsn, "1"}, {applications, [kernel, stdlib, sasl, crypto]}]}.\n',
  );
  dir.write("lib/mine/ebin/mine.beam", "code");
  dir.write("lib/mine/priv/tool", "#!/bin/sh\n");
  symlinkSync("tool", dir.join("lib/mine/priv/link"));
  symlinkSync("nowhere", dir.join("lib/mine/priv/dangling"));
  const index = findApplications({ libDirs: [dir.join("lib"), OPTIONS.otpLibDir] });
  return resolveApplications([{ name: "mine" }], index, "test");
}

test("keepCode() copies ebin and priv of what is not OTP's own, once; pruneKept() removes what nobody needs", () => {
  using dir = tempDir();
  const found = applications(dir);
  expect(found.map(({ name }) => name)).toContain("crypto");
  keepCode(dir.path, found, OPTIONS);
  expect(readdirSync(dir.join("kept"))).toEqual(["mine-1"]);
  expect(findKept(dir.path, { name: "mine", vsn: "1" })).toBe(dir.join("kept/mine-1"));
  expect(findKept(dir.path, { name: "crypto", vsn: "1" })).toBeUndefined();
  // A link would lead nowhere once its package is gone.
  expect(readFileSync(dir.join("kept/mine-1/priv/link"), "utf8")).toBe("#!/bin/sh\n");
  expect(readdirSync(dir.join("kept/mine-1/priv")).sort()).toEqual(["link", "tool"]);
  expect(statSync(dir.join("kept/mine-1/ebin/mine.beam")).mode & 0o777).toBe(0o640);

  dir.write("lib/mine/ebin/mine.beam", "other code");
  keepCode(dir.path, found, OPTIONS);
  expect(readFileSync(dir.join("kept/mine-1/ebin/mine.beam"), "utf8")).toBe("code");

  pruneKept(dir.path, [{ name: "mine", vsn: "1" }]);
  expect(readdirSync(dir.join("kept"))).toEqual(["mine-1"]);
  pruneKept(dir.path, [{ name: "mine", vsn: "2" }]);
  expect(readdirSync(dir.join("kept"))).toEqual([]);
});

test("keepCode() leaves out what is larger than 64 MiB", () => {
  using dir = tempDir();
  const found = applications(dir);
  dir.write("elsewhere/large", "");
  truncateSync(dir.join("elsewhere/large"), 2 ** 26);
  symlinkSync(dir.join("elsewhere"), dir.join("lib/mine/priv/linked"));
  keepCode(dir.path, found, OPTIONS);
  expect(findKept(dir.path, { name: "mine", vsn: "1" })).toBeUndefined();
});

test("keepCode() says which code could not be kept, and leaves nothing of it", () => {
  using dir = tempDir();
  const found = applications(dir);
  dir.write("kept", "in the way");
  expect(() => keepCode(dir.path, found, OPTIONS)).toThrow(
    `cannot keep the code of mine 1 in "${dir.path}": there is one already`,
  );
  mkdirSync(dir.join("state"));
  const loop = dir.join("lib/mine/priv/loop");
  symlinkSync("loop", loop);
  const state = `"${dir.join("state")}": its symbolic links lead in a circle (${loop})`;
  expect(() => keepCode(dir.join("state"), found, OPTIONS)).toThrow(state);
});

test("pruneKept() says that it cannot remove what is kept", () => {
  using dir = tempDir();
  symlinkSync("/proc/self/fdinfo", dir.join("kept"));
  const action = `cannot write to the state directory "${dir.path}"`;
  expect(() => pruneKept(dir.path, [])).toThrow(expect.objectContaining({ code: "state_dir_unwritable" }));
  expect(() => pruneKept(dir.path, [])).toThrow(action);
});
