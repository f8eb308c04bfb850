import { EnitError } from "../../error/index.ts";

/** How each tool says what is checked out, as in rebar. */
const COMMANDS = {
  git: ["git", "describe", "--always", "--tags"],
  hg: ["hg", "identify", "-i"],
  bzr: ["bzr", "revno"],
  svn: ["svnversion"],
  fossil: ["fossil", "info"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type RepositoryTool = keyof typeof COMMANDS;

/** The tools that tell a version. */
export const REPOSITORY_TOOLS = Object.keys(COMMANDS);

export function isRepositoryTool(name: string): name is RepositoryTool {
  return Object.hasOwn(COMMANDS, name);
}

/**
 * Asks a version control tool for the version of what is checked out in a directory: for git the nearest tag, or the commit
 * where there is none. Of what fossil prints the first 10 digits of the checkout count, as it has no short answer.
 *
 * @throws EnitError `tool_missing`, `version_unknown`.
 */
export async function repositoryVersion(
  tool: RepositoryTool,
  directory: string,
  options: { readonly signal: AbortSignal; readonly env?: Readonly<Record<string, string | undefined>> },
): Promise<string> {
  const { signal, env = process.env } = options;
  const [program, ...args] = COMMANDS[tool];
  const path = Bun.which(program, { PATH: env["PATH"] ?? "" });
  if (path === null) {
    throw new EnitError("tool_missing", `cannot take the version from ${tool}: there is no ${program} in PATH`, {
      hint: `Install ${program}, or write the version into the configuration.`,
      data: { tool, program },
    });
  }
  const run = Bun.spawn({
    cmd: [path, ...args],
    cwd: directory,
    env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    signal,
  });
  const [printed, complaint, exitCode] = await Promise.all([run.stdout.text(), run.stderr.text(), run.exited]);
  signal.throwIfAborted();
  const version = tool === "fossil" ? /^checkout:\s+([0-9a-f]{10})/m.exec(printed)?.[1] : printed.trim();
  if (exitCode === 0 && version !== undefined && isVersion(version)) return version;
  const said = [complaint.trim(), printed.trim()].find((text) => text !== "") ?? `it ended with ${exitCode}`;
  throw new EnitError("version_unknown", `cannot take the version of "${directory}" from ${tool}: ${said}`, {
    data: { tool, directory, exitCode },
  });
}

/** One word; `svnversion` says "Unversioned directory" of one that is not checked out. */
function isVersion(text: string): boolean {
  return /^[^\s/]+$/.test(text);
}
