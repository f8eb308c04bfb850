import { join } from "node:path";
import { oracle, systemOtp } from "../support/otp.ts";
import { type TempDir, tempDir } from "../support/temp-dir.ts";

/** Modules of each application, each with functions enough for a BEAM file of some kilobytes. */
const MODULES = 5;
const FUNCTIONS = 40;

/** A project with generated applications: `rel/reltool.config` for knit and reltool, `rebar.config` for rebar3. */
export interface BenchProject extends TempDir {
  /** A script that has reltool make the tree and erl_tar pack it. */
  readonly reltoolScript: string;
}

/** Makes a project with so many applications besides kernel, stdlib, sasl, crypto and runtime_tools. */
export async function makeBenchProject(applications: number): Promise<BenchProject> {
  const dir = tempDir();
  const names = Array.from({ length: applications }, (_, index) => `app_${index}`);
  await using vm = await oracle(systemOtp());
  for (const name of names) {
    const modules = Array.from({ length: MODULES }, (_, index) => `${name}_${index}`);
    const app = `{application, ${name}, [{description, ""}, {vsn, "1.0"}, {modules, [${modules.join(", ")}]}, {registered, []}, {applications, [kernel, stdlib]}]}.\n`;
    dir.write(`apps/${name}/src/${name}.app.src`, app);
    dir.write(`apps/${name}/ebin/${name}.app`, app);
    for (const module of modules) dir.write(`apps/${name}/src/${module}.erl`, source(module));
    await vm.evaluate(
      `[{ok, _} = compile:file("${dir.join("apps", name)}/src/" ++ M, [debug_info, {outdir, "${dir.join("apps", name, "ebin")}"}]) || M <- ${JSON.stringify(modules)}]`,
    );
  }
  const included = ["kernel", "stdlib", "sasl", "crypto", "runtime_tools", ...names];
  const sys = `{sys, [{lib_dirs, ["${dir.join("apps")}"]}, {rel, "relex", "1", [${included.join(", ")}]},
    {rel, "start_clean", "", [kernel, stdlib]}, {boot_rel, "relex"}, {profile, embedded}, {incl_cond, derived},
    {excl_archive_filters, [".*"]}]}.\n`;
  dir.write("rel/reltool.config", sys);
  dir.write(
    "rebar.config",
    `{relx, [{release, {relex, "1"}, [${included.join(", ")}]}, {include_erts, true}, {dev_mode, false}]}.\n`,
  );
  const reltoolScript = dir.write("reltool.escript", RELTOOL);
  return { ...dir, reltoolScript };
}

/** As the original knit and rebar do. */
const RELTOOL = `#!/usr/bin/env escript
%%! -noinput
main([Config, Target, Tarball]) ->
    {ok, [Sys]} = file:consult(Config),
    {ok, Server} = reltool:start_server([{config, Sys}]),
    {ok, Spec} = reltool:get_target_spec(Server),
    ok = file:make_dir(Target),
    ok = reltool:eval_target_spec(Spec, code:root_dir(), Target),
    ok = file:set_cwd(filename:dirname(Target)),
    ok = erl_tar:create(Tarball, [filename:basename(Target)], [compressed]).
`;

function source(module: string): string {
  const functions = Array.from({ length: FUNCTIONS }, (_, index) => {
    return `f${index}(X) when X > ${index} -> lists:reverse([{${module}, ${index}, X}, <<"${module} ${index}">>]);\nf${index}(X) -> maps:put(X, "${module}", #{key_${index} => X}).`;
  });
  return `-module(${module}).\n-compile(export_all).\n-compile(nowarn_export_all).\n${functions.join("\n")}\n`;
}

/** The escript program of the installation that the project was compiled with. */
export function escript(): string {
  return join(systemOtp().root, "bin", "escript");
}
