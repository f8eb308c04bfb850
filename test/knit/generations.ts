import { cpSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Oracle, OtpInstallation } from "../support/otp.ts";
import { type Run, runEnit } from "../support/run-enit.ts";
import { type TempDir, tempDir } from "../support/temp-dir.ts";

export const GENERATIONS = join(import.meta.dir, "..", "fixtures", "generations");

/** A project whose applications become those of one generation after the other. */
export interface GenerationProject extends TempDir {
  /** Puts the sources of a generation in the place of those before, compiles them, and sets the version of the release. */
  readonly become: (generation: number) => Promise<void>;
  readonly build: (args?: readonly string[]) => Promise<Run>;
  readonly read: (name: string) => string;
}

/** Makes a project of the release `relex`, compiled by the oracle, packed with its OTP. */
export function generationProject(vm: Oracle): GenerationProject {
  const dir = tempDir();
  return {
    ...dir,
    become: async (generation) => {
      for (const application of readdirSync(join(GENERATIONS, String(generation)))) {
        await place(vm, join(GENERATIONS, String(generation), application), dir.join("apps", application));
      }
      dir.write("rel/reltool.config", reltoolConfig(vm.otp, generation, readdirSync(dir.join("apps"))));
    },
    build: (args = []) => runEnit(["knit-build", `root_dir=${vm.otp.root}`, ...args], { cwd: dir.path }),
    read: (name) => readFileSync(dir.join(name), "utf8"),
    [Symbol.dispose]: () => dir[Symbol.dispose](),
  };
}

/** What a generation no longer has is gone. */
async function place(vm: Oracle, source: string, target: string): Promise<void> {
  await vm.evaluate(`file:del_dir_r("${target}"), ok = filelib:ensure_path("${target}/ebin")`);
  cpSync(join(source, "src"), join(target, "src"), { recursive: true });
  const app = readdirSync(join(target, "src")).find((name) => name.endsWith(".app.src")) ?? "";
  cpSync(join(target, "src", app), join(target, "ebin", app.replace(".src", "")));
  await vm.evaluate(
    `[{ok, _} = compile:file(F, [{outdir, "${target}/ebin"}, debug_info]) || F <- filelib:wildcard("${target}/src/*.erl")]`,
  );
}

function reltoolConfig(otp: OtpInstallation, generation: number, applications: readonly string[]): string {
  const archives = otp.major < 27 ? ', {excl_archive_filters, [".*"]}' : "";
  const included = ["kernel", "stdlib", "sasl", ...applications];
  return `{overlay, [{create, "releases/{{rel_vsn}}/sys.config", "[{relex_app, [{step, ${generation}}]}].\\n"}]}.
{sys, [
    {lib_dirs, ["../apps"]},
    {rel, "relex", "${generation}", [${included.join(", ")}]},
    {boot_rel, "relex"},
    {profile, embedded}, {incl_cond, exclude},
    ${included.map((name) => `{app, ${name}, [{incl_cond, include}]}`).join(", ")},
    {excl_sys_filters, ["^bin/.*src", "^erts.*/(man|doc|include|src)"]}${archives}
]}.
`;
}
