import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync } from "node:fs";
import { type RepositoryTool, repositoryVersion } from "../../src/knit/config/repository-version.ts";
import { failure } from "../support/failure.ts";
import { type TempDir, tempDir } from "../support/temp-dir.ts";

const signal = new AbortController().signal;

describe("repositoryVersion()", () => {
  // What each prints is what its own version 5.2 (hg), 2.7 (bzr), 1.14 (svn), 2.21 (fossil) does.
  test.each([
    ["hg", "identify -i", "c5b4b9a1e7f2+\n", "c5b4b9a1e7f2+"],
    ["bzr", "revno", "42\n", "42"],
    ["svnversion", "", "4123:4168MS\n", "4123:4168MS"],
    [
      "fossil",
      "info",
      "project-name: x\ncheckout:     0123456789abcdef0123456789abcdef01234567 2026-01-02 03:04:05 UTC\nparent:       ff\n",
      "0123456789",
    ],
  ])("asks %s %s", async (program, args, printed, version) => {
    using dir = fakeTool(program, `[ "$*" = "${args}" ] && printf '${printed.replaceAll("\n", "\\n")}'`);
    const tool = (program === "svnversion" ? "svn" : program) as RepositoryTool;
    expect(await repositoryVersion(tool, dir.path, { signal, env: { PATH: `${dir.path}:/bin:/usr/bin` } })).toBe(
      version,
    );
  });

  test("takes the nearest tag from git, or the commit where there is none", async () => {
    using dir = tempDir();
    const git = async (...args: string[]): Promise<string> => {
      const run = Bun.spawn({
        cmd: ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false", ...args],
        cwd: dir.path,
        stderr: "ignore",
      });
      return (await run.stdout.text()).trim();
    };
    await git("init", "-q");
    await git("commit", "-q", "--allow-empty", "-m", "first");
    mkdirSync(dir.join("rel"));
    expect(await repositoryVersion("git", dir.join("rel"), { signal })).toBe(await git("rev-parse", "--short", "HEAD"));
    await git("tag", "1.2.3");
    expect(await repositoryVersion("git", dir.join("rel"), { signal })).toBe("1.2.3");
    await git("commit", "-q", "--allow-empty", "-m", "second");
    expect(await repositoryVersion("git", dir.path, { signal })).toMatch(/^1\.2\.3-1-g[0-9a-f]+$/);
  });

  test("says that a tool is not there, what it complained of, and that it told no version", async () => {
    using empty = tempDir();
    expect(await failure(repositoryVersion("hg", empty.path, { signal, env: { PATH: empty.path } }))).toMatchObject({
      code: "tool_missing",
      message: "cannot take the version from hg: there is no hg in PATH",
    });
    using broken = fakeTool("hg", "echo 'abort: no repository found' >&2; exit 255");
    expect(
      await failure(repositoryVersion("hg", broken.path, { signal, env: { PATH: `${broken.path}:/bin` } })),
    ).toMatchObject({
      code: "version_unknown",
      message: `cannot take the version of "${broken.path}" from hg: abort: no repository found`,
    });
    using svn = fakeTool("svnversion", "echo 'Unversioned directory'");
    expect(
      await failure(repositoryVersion("svn", svn.path, { signal, env: { PATH: `${svn.path}:/bin` } })),
    ).toMatchObject({
      code: "version_unknown",
    });
  });
});

function fakeTool(name: string, script: string): TempDir {
  const dir = tempDir();
  chmodSync(dir.write(name, `#!/bin/sh\n${script}\n`), 0o755);
  return dir;
}
