import { cpSync, rmSync } from "node:fs";
import type { OtpInstallation } from "./otp.ts";
import type { ReleaseHost } from "./release-host.ts";

/** The cookie that the package has in its `vm.args`. */
export const SHIPPED_COOKIE = "cookie_that_the_package_ships";

export interface PackageOptions {
  readonly otp: OtpInstallation;
  /** Applications besides kernel and stdlib. */
  readonly applications?: string;
  /** The text of `sys.config`. */
  readonly sysConfig?: string;
  /** The text of `vm.args`. */
  readonly vmArgs?: string;
  /** More files, by path from the root. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Makes release relex 1 by `enit knit-build` and unpacks its tarball; gives its root. */
export async function packRelease(host: ReleaseHost, options: PackageOptions): Promise<string> {
  const { otp, applications = "sasl, relex_application" } = options;
  const names = ["kernel", "stdlib", ...applications.split(", ").filter((name) => name !== "")];
  host.write(
    "project/reltool.config",
    `{sys, [
      {lib_dirs, ["${host.join("lib")}"]}, {rel, "relex", "1", [${names.join(", ")}]}, {boot_rel, "relex"},
      {incl_cond, exclude}, {profile, embedded}, {excl_archive_filters, [".*"]},
      {excl_sys_filters, ["^bin/.*src", "^erts.*/(man|doc|include|lib|src)"]},
      ${names.map((name) => `{app, ${name}, [{incl_cond, include}]}`).join(", ")}
    ]}.\n`,
  );
  const built = await host.enitWith(
    { cwd: host.join("project") },
    "knit-build",
    "-q",
    "force=true",
    `root_dir=${otp.root}`,
  );
  if (built.exitCode !== 0) throw new Error(built.stderr);
  const root = host.join("opt", "relex");
  rmSync(root, { recursive: true, force: true });
  cpSync(host.join("project", "relex"), root, { recursive: true, verbatimSymlinks: true });
  host.write("opt/relex/releases/1/vm.args", options.vmArgs ?? `-sname shipped\n-setcookie ${SHIPPED_COOKIE}\n`);
  if (options.sysConfig !== undefined) host.write("opt/relex/releases/1/sys.config", options.sysConfig);
  for (const [name, content] of Object.entries(options.files ?? {})) host.write(`opt/relex/${name}`, content);
  return root;
}

/** Names the root of a packaged release in the only file of its definition. */
export function definePackaged(host: ReleaseHost, root: string, config = "", name = "relex"): void {
  host.write(`var/lib/enit/${name}/${name}.config`, `{node, [{root, "${root}"}]}.\n${config}`);
}
