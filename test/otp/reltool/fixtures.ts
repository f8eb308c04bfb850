import { chmodSync, cpSync, mkdirSync } from "node:fs";
import { encodeTerm, list, string } from "../../../src/term/index.ts";
import { type OtpInstallation, oracle } from "../../support/otp.ts";
import { type TempDir, tempDir } from "../../support/temp-dir.ts";

interface FixtureApp {
  /** Below the directory of the fixtures. */
  readonly dir: string;
  /** Content of `.app` files by name; a term without its dot. */
  readonly app?: Readonly<Record<string, string>>;
  /** Erlang source without the attributes `module` and `export_all`, by module. */
  readonly modules?: Readonly<Record<string, string>>;
  /** Other files by path. */
  readonly files?: Readonly<Record<string, string>>;
}

function appFile(name: string, vsn: string, rest: string): Readonly<Record<string, string>> {
  return { [name]: `{application, ${name}, [{description, "The fixture ${name}"}, {vsn, "${vsn}"}, ${rest}]}` };
}

const KERNEL = "{applications, [kernel, stdlib]}";

/** Each stands for one thing that reltool treats in a way of its own. */
const APPS: readonly FixtureApp[] = [
  // Everything an application may have; calls another one.
  {
    dir: "lib/alpha-1.0",
    app: appFile(
      "alpha",
      "1.0",
      `{modules, [alpha_app, alpha_srv]}, {registered, [alpha_srv]}, {mod, {alpha_app, [first, "zweites ü"]}},
       {env, [{size, 7}, {names, ["x", "λ"]}, {map, #{a => 1}}, {words, ['maybe', 'else']}]}, {start_phases, [{go, []}, {on, [1]}]}, {maxT, 3600},
       {runtime_dependencies, ["kernel-1.0"]}, ${KERNEL}`,
    ),
    modules: {
      alpha_app: "start(_, _) -> alpha_srv:start_link().\nstart_phase(_, _, _) -> ok.\nstop(_) -> ok.",
      alpha_srv: "start_link() -> {ok, spawn_link(fun() -> beta_lib:wait() end)}.",
      alpha_extra: "not_in_the_app_file() -> lists:reverse(gamma_lib:names()).",
    },
    files: {
      "ebin/alpha.appup": '{"1.0", [{"0.9", []}], [{"0.9", []}]}.\n',
      "priv/run.sh": "#!/bin/sh\necho alpha\n",
      "priv/data/a.txt": "a\n",
      "include/alpha.hrl": "-define(A, 1).\n",
      "src/alpha.app.src": "{application, alpha, []}.\n",
      "doc/overview.txt": "alpha\n",
      "README.md": "# alpha\n",
    },
  },
  // Other versions of it, of which the highest is not the last by text.
  ...["1.9", "1.10"].map((vsn): FixtureApp => {
    return {
      dir: `versions/alpha-${vsn}`,
      app: appFile("alpha", vsn, `{modules, [alpha_new]}, ${KERNEL}`),
      modules: { alpha_new: `version() -> "${vsn}".` },
    };
  }),
  // A directory without a version; a module that only the directory has.
  {
    dir: "lib/beta",
    app: appFile("beta", "2.1", `{modules, [beta_lib]}, ${KERNEL}`),
    modules: { beta_lib: "wait() -> timer:sleep(infinity).", beta_unlisted: "f() -> ok." },
  },
  // It includes an application that uses it, and needs a third one.
  {
    dir: "lib/gamma-0.1",
    app: appFile(
      "gamma",
      "0.1",
      "{modules, [gamma_lib]}, {applications, [stdlib, beta, kernel]}, {included_applications, [delta, epsilon]}",
    ),
    modules: { gamma_lib: "names() -> [delta_lib:name()]." },
  },
  {
    dir: "lib/delta-0.1",
    app: appFile("delta", "0.1", "{modules, [delta_lib]}, {applications, [kernel, stdlib, gamma]}"),
    modules: { delta_lib: "name() -> delta." },
  },
  {
    dir: "lib/epsilon-0.1",
    app: appFile("epsilon", "0.1", `{modules, [epsilon_lib]}, ${KERNEL}`),
    modules: { epsilon_lib: "f() -> crypto:strong_rand_bytes(4)." },
  },
  // It can do without an application that is not there.
  {
    dir: "choice/zeta-1.0.1",
    app: appFile(
      "zeta",
      "1.0.1",
      "{modules, []}, {applications, [kernel, stdlib, nowhere, beta]}, {optional_applications, [nowhere, beta]}",
    ),
  },
  // No `.app` file, a broken one, one of another name, two of them; a version that is no row of numbers.
  { dir: "odd/bare-3.0", modules: { bare_lib: "f() -> unknown_module:f()." } },
  {
    dir: "odd/broken-1.0",
    app: { broken: '{application, broken, [{vsn, "1.0"}' },
    modules: { broken_lib: "f() -> ok." },
  },
  {
    dir: "odd/renamed-1.0",
    app: appFile("named", "1.0", `{modules, [named_lib]}, ${KERNEL}`),
    modules: { named_lib: "f() -> ok." },
  },
  {
    dir: "odd/twofold-1.0",
    app: {
      ...appFile("twofold", "1.0", `{modules, []}, ${KERNEL}`),
      ...appFile("threefold", "1.0", `{modules, []}, ${KERNEL}`),
    },
  },
  {
    dir: "odd/rc-1.0-rc1",
    app: appFile("rc", "1.0-rc1", `{modules, [rc_lib]}, ${KERNEL}`),
    modules: { rc_lib: "f() -> ok." },
  },
  // Its `.app` file names a module that is not there, one twice, and knows a key that OTP does not.
  {
    dir: "odd/gaps-1.0",
    app: appFile(
      "gaps",
      "1.0",
      `{modules, [gaps_lib, gaps_gone, gaps_lib]}, {mod, {gaps_start, []}}, {colour, blue}, {maxP, 9}, ${KERNEL}`,
    ),
    modules: { gaps_lib: "f() -> ok." },
  },
  // It needs what is nowhere.
  {
    dir: "lost/needy-1.0",
    app: appFile("needy", "1.0", "{modules, []}, {applications, [kernel, stdlib, nowhere, no_place]}"),
  },
  // Two applications with one module.
  {
    dir: "twins/castor-1.0",
    app: appFile("castor", "1.0", `{modules, [twin, castor_lib]}, ${KERNEL}`),
    modules: { twin: "who() -> castor.", castor_lib: "f() -> twin:who()." },
  },
  {
    dir: "twins/pollux-1.0",
    app: appFile("pollux", "1.0", `{modules, [twin, pollux_lib]}, ${KERNEL}`),
    modules: { twin: "who() -> pollux.", pollux_lib: "f() -> twin:who()." },
  },
  // Two applications that need each other.
  { dir: "ring/ping-1.0", app: appFile("ping", "1.0", "{modules, []}, {applications, [kernel, stdlib, pong]}") },
  { dir: "ring/pong-1.0", app: appFile("pong", "1.0", "{modules, []}, {applications, [kernel, stdlib, ping]}") },
  // The same version in two directories.
  { dir: "same/one/same-1.0", app: appFile("same", "1.0", `{modules, []}, ${KERNEL}`) },
  { dir: "same/two/same-1.0", app: appFile("same", "1.0", `{modules, []}, ${KERNEL}`) },
  // A name that is no plain atom.
  {
    dir: "wörds/Größe-1",
    app: { Größe: "{application, 'Größe', [{vsn, \"1\"}, {modules, ['größe']}, {applications, [kernel, stdlib]}]}" },
    modules: { größe: "f() -> ok." },
  },
];

/** Compiles the sources that are named in `Input` into the directory `ebin` beside theirs, as old as it may be. */
const COMPILE = `
  [{ok, _, _} = compile:file(File, [return, debug_info, deterministic, {outdir, filename:join([filename:dirname(filename:dirname(File)), "ebin"])}]) || File <- Input]`;

const ESCRIPTS = `
  [Dir] = Input,
  Code = fun(Text) -> {ok, F} = file:read_file(Text), F end,
  Beam = Code(Dir ++ "/lib/beta/ebin/beta_unlisted.beam"),
  ok = escript:create(Dir ++ "/escripts/single.escript", [shebang, {beam, Beam}]),
  File = fun(Path) -> {Path, Code(Dir ++ "/escripts/" ++ Path)} end,
  ok = escript:create(Dir ++ "/escripts/packed", [shebang, comment, {emu_args, "+A 0"},
    {archive, [File("packed.beam"), File("inner-1.0/ebin/inner.app"), File("inner-1.0/ebin/inner_lib.beam"), File("loose/ebin/loose_lib.beam")], []}])`;

/**
 * Makes applications and escripts in a directory where configurations lie, and what their relative paths begin at. BEAM files
 * are compiled by the oldest OTP of the tests, so that every other one loads them.
 */
export async function makeFixtures(compiler: OtpInstallation): Promise<TempDir> {
  const dir = tempDir();
  const sources: string[] = [];
  for (const app of APPS) {
    const base = app.dir;
    mkdirSync(dir.join(base, "ebin"), { recursive: true });
    for (const [name, text] of Object.entries(app.app ?? {}))
      dir.write(`${base}/ebin/${name}.app`, `%% coding: utf-8\n${text}.\n`);
    for (const [name, text] of Object.entries(app.files ?? {})) dir.write(`${base}/${name}`, text);
    for (const [name, text] of Object.entries(app.modules ?? {})) {
      sources.push(
        dir.write(
          `${base}/src/${name}.erl`,
          `%% coding: utf-8\n-module('${name}').\n-compile([export_all, nowarn_export_all]).\n${text}\n`,
        ),
      );
    }
  }
  chmodSync(dir.join("lib/alpha-1.0/priv/run.sh"), 0o754);
  chmodSync(dir.join("lib/alpha-1.0/priv/data/a.txt"), 0o400);
  sources.push(...escriptSources(dir));
  await using erl = await oracle(compiler);
  await erl.evaluate(COMPILE, encodeTerm(list(sources.map(string))));
  for (const beam of ["packed.beam"]) cpSync(dir.join("escripts/ebin", beam), dir.join("escripts", beam));
  await erl.evaluate(ESCRIPTS, encodeTerm(list([string(dir.path)])));
  dir.write("escripts/text", '#!/usr/bin/env escript\nmain(_) -> beta_lib:wait(), io:put_chars("text").\n');
  return dir;
}

function escriptSources(dir: TempDir): string[] {
  dir.write(
    "escripts/inner-1.0/ebin/inner.app",
    '{application, inner, [{vsn, "1.0"}, {modules, [inner_lib]}, {applications, [kernel, stdlib]}]}.\n',
  );
  mkdirSync(dir.join("escripts/ebin"), { recursive: true });
  mkdirSync(dir.join("escripts/loose/ebin"), { recursive: true });
  const source = (path: string, name: string, text: string): string =>
    dir.write(path, `-module(${name}).\n-compile([export_all, nowarn_export_all]).\n${text}\n`);
  return [
    source("escripts/src/packed.erl", "packed", "main(_) -> inner_lib:f(), loose_lib:f()."),
    source("escripts/inner-1.0/src/inner_lib.erl", "inner_lib", "f() -> gamma_lib:names()."),
    source("escripts/loose/src/loose_lib.erl", "loose_lib", "f() -> ok."),
  ];
}
