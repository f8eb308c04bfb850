import { ENIT, type RunOptions } from "./run-enit.ts";

/** Whether this process may mount things for itself alone: as root, but in few containers. */
export const canMount =
  process.geteuid?.() === 0 &&
  Bun.spawnSync(["unshare", "--mount", "mount", "--bind", "/etc/hostname", "/etc/hostname"], {
    stdout: "ignore",
    stderr: "ignore",
  }).exitCode === 0;

/** Has `enit` run after a shell script, in a mount namespace of its own: what the script mounts is seen by them alone. */
export function inMountNamespace(script: string): Pick<RunOptions, "program"> & { readonly before: readonly string[] } {
  return {
    program: Bun.which("unshare") ?? "unshare",
    before: ["--mount", "sh", "-ec", `${script}\nexec "$0" "$@"`, ENIT],
  };
}
