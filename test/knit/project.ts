import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Run, type RunOptions, runEnit } from "../support/run-enit.ts";
import { type TempDir, tempDir } from "../support/temp-dir.ts";

/** A project with a `rel/reltool.config`, removed at the end. */
export interface KnitProject extends TempDir {
  /** Runs `enit knit-build` in it. */
  readonly build: (args?: readonly string[], options?: RunOptions) => Promise<Run>;
  /** The content of a file, `undefined` if there is none. */
  readonly read: (name: string) => string | undefined;
  /** The paths of all files and directories below a directory, sorted, directories with a slash at the end. */
  readonly list: (name: string) => string[];
}

export interface ProjectOptions {
  /** Terms of the configuration besides `sys`. */
  readonly terms?: string;
  /** Options of `sys` besides its releases. */
  readonly sys?: string;
  readonly version?: string;
  /** More applications of the release. */
  readonly applications?: string;
  /** Files by path from the project's directory. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

/** Leaves what comes from Erlang/OTP out, which makes a build small and quick. */
const WITHOUT_OTP = "{excl_lib, otp_root}";

/** Makes a project with one application of its own, `relex_app`, and a release `relex`, without what comes from OTP. */
export function knitProject(options: ProjectOptions = {}): KnitProject {
  const dir = tempDir();
  const { terms = "", sys = WITHOUT_OTP, version = '"1"', applications = "", files = {} } = options;
  dir.write(
    "apps/relex_app/ebin/relex_app.app",
    '{application, relex_app, [{description, ""}, {vsn, "1.0"}, {modules, []}, {registered, []}, {applications, [kernel, stdlib]}]}.\n',
  );
  dir.write(
    "rel/reltool.config",
    `${terms}
{sys, [
    {lib_dirs, ["../apps"]},
    {rel, "relex", ${version}, [kernel, stdlib, sasl, relex_app${applications}]},
    {rel, "start_clean", "", [kernel, stdlib]},
    {boot_rel, "relex"},
    {incl_cond, exclude},
    {app, kernel, [{incl_cond, include}]}, {app, stdlib, [{incl_cond, include}]}, {app, sasl, [{incl_cond, include}]},
    {app, relex_app, [{incl_cond, include}]},
    ${sys}
]}.
`,
  );
  for (const [name, content] of Object.entries(files)) dir.write(name, content);
  return {
    ...dir,
    build: (args = [], runOptions = {}) => runEnit(["knit-build", ...args], { cwd: dir.path, ...runOptions }),
    read: (name) => (existsSync(dir.join(name)) ? readFileSync(dir.join(name), "utf8") : undefined),
    list: (name) => listTree(dir.join(name)),
    [Symbol.dispose]: () => dir[Symbol.dispose](),
  };
}

/** As `KnitProject.list`. */
function listTree(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return (readdirSync(directory, { recursive: true }) as string[])
    .map((name) =>
      statSync(join(directory, name), { throwIfNoEntry: false })?.isDirectory() === true ? `${name}/` : name,
    )
    .sort();
}
