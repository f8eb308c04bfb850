import { existsSync, readFileSync } from "node:fs";
import type { Oracle } from "../support/otp.ts";
import { type KnitProject, knitProject } from "./project.ts";

/** A project without what comes from OTP, so that builds are quick, whose releases can be upgraded. */
export interface UpgradeProject extends KnitProject {
  /** Sets the version of the release, and makes applications what is given here; what is not given stays. */
  readonly become: (version: string, applications?: Readonly<Record<string, ApplicationFiles>>) => Promise<void>;
  /** Builds and fails unless that succeeds; gives the data of `--json`. */
  readonly succeed: (args?: readonly string[]) => Promise<Record<string, unknown>>;
  /** The paths in a tarball, directories aside. */
  readonly packed: (tarball: string) => string[];
  /** A file of a tarball as text. */
  readonly unpack: (tarball: string, path: string) => string;
}

export interface ApplicationFiles {
  readonly version: string;
  /** The code of each module, without its first line. */
  readonly modules?: Readonly<Record<string, string>>;
  /** A written appup; none without. */
  readonly appup?: string;
  /** Options of the compiler. */
  readonly options?: string;
}

const DIRECTORIES = '{excl_lib, otp_root}, {excl_archive_filters, [".*"]}';

/** Makes a project with the applications `relex_app` and `relex_lib`, compiled by the oracle. */
export function upgradeProject(vm: Oracle, terms = ""): UpgradeProject {
  const project = knitProject({
    terms,
    sys: `{app, relex_lib, [{incl_cond, include}]}, ${DIRECTORIES}`,
    applications: ", relex_lib",
  });
  const write = async (name: string, files: ApplicationFiles): Promise<void> => {
    const { version, modules = {}, appup, options = "" } = files;
    const ebin = project.join("apps", name, "ebin");
    await vm.evaluate(`file:del_dir_r("${project.join("apps", name)}"), ok = filelib:ensure_path("${ebin}")`);
    const names = Object.keys(modules);
    project.write(
      `apps/${name}/ebin/${name}.app`,
      `{application, ${name}, [{description, ""}, {vsn, "${version}"}, {modules, [${names.join(", ")}]}, {registered, []}, {applications, [kernel, stdlib]}]}.\n`,
    );
    for (const [module, code] of Object.entries(modules)) {
      const source = project.write(`sources/${name}/${module}.erl`, `-module(${module}).\n${code}\n`);
      await vm.evaluate(
        `{ok, _} = compile:file("${source}", [{outdir, "${ebin}"}, deterministic, ${options || "debug_info"}])`,
      );
    }
    if (appup !== undefined) project.write(`apps/${name}/ebin/${name}.appup`, appup);
  };
  const tar = (...args: string[]): string => Bun.spawnSync({ cmd: ["tar", ...args] }).stdout.toString();
  return {
    ...project,
    become: async (version, applications = {}) => {
      const config = readFileSync(project.join("rel/reltool.config"), "utf8");
      project.write("rel/reltool.config", config.replace(/"relex", "[^"]*", \[/, `"relex", "${version}", [`));
      if (!existsSync(project.join("apps/relex_lib"))) await write("relex_lib", { version: "1.0" });
      for (const [name, files] of Object.entries(applications)) await write(name, files);
    },
    succeed: async (args = []) => {
      const run = await project.build(["--json", ...args]);
      if (run.exitCode !== 0) throw new Error(`the build failed: ${run.stderr}`);
      return (JSON.parse(run.stdout) as { data: Record<string, unknown> }).data;
    },
    packed: (tarball) =>
      tar("-tzf", project.join(tarball))
        .split("\n")
        .filter((path) => path !== "" && !path.endsWith("/"))
        .sort(),
    unpack: (tarball, path) => tar("-xzOf", project.join(tarball), path),
    [Symbol.dispose]: () => project[Symbol.dispose](),
  };
}
