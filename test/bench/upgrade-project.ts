import { readFileSync, rmSync } from "node:fs";
import { oracle, systemOtp } from "../support/otp.ts";
import { ENIT } from "../support/run-enit.ts";
import { type BenchProject, makeBenchProject } from "./knit-project.ts";

const APPLICATIONS = 4;
/** The application that differs from release to release. */
const CHANGING = "app_0";

/** A project with the tarballs of older releases, whose sources are those of the next one. */
export interface UpgradeBenchProject extends BenchProject {
  /** The version of the release that is to be built. */
  readonly version: string;
  /** The versions of the older releases, the oldest first. */
  readonly older: readonly string[];
  /** A script that unpacks older releases, and has systools make the relup and the tarball. */
  readonly systoolsScript: string;
}

/** Makes a project that has built so many releases, each with another module in one of its applications. */
export async function makeUpgradeProject(older: number): Promise<UpgradeBenchProject> {
  const project = await makeBenchProject(APPLICATIONS);
  await using vm = await oracle(systemOtp());
  const versions = Array.from({ length: older }, (_, index) => String(index + 1));
  const version = String(older + 1);
  for (const each of [...versions, version]) {
    await change(project, vm, Number(each), versions);
    if (each !== version) await run([ENIT, "knit-build", "-q", "upgrade_versions=!![]"], project.path);
  }
  return { ...project, version, older: versions, systoolsScript: project.write("systools.escript", SYSTOOLS) };
}

type Vm = Awaited<ReturnType<typeof oracle>>;

/** Raises the versions, changes a module, and writes the appup by hand, which rebar3 and systools cannot do without. */
async function change(project: BenchProject, vm: Vm, version: number, older: readonly string[]): Promise<void> {
  const replace = (file: string, pattern: RegExp, text: string): void => {
    project.write(file, readFileSync(project.join(file), "utf8").replace(pattern, text));
  };
  replace("rel/reltool.config", /\{rel, "relex", "[^"]*"/, `{rel, "relex", "${version}"`);
  replace("rebar.config", /\{relex, "[^"]*"\}/, `{relex, "${version}"}`);
  for (const file of [`src/${CHANGING}.app.src`, `ebin/${CHANGING}.app`]) {
    replace(`apps/${CHANGING}/${file}`, /\{vsn, "[^"]*"\}/, `{vsn, "1.${version}"}`);
  }
  const module = `apps/${CHANGING}/src/${CHANGING}_0`;
  replace(`${module}.erl`, /(\nversion\(\) -> .*|$)/, `\nversion() -> ${version}.`);
  const ebin = project.join("apps", CHANGING, "ebin");
  await vm.evaluate(`{ok, _} = compile:file("${project.join(module)}", [debug_info, {outdir, "${ebin}"}])`);
  const ways = older
    .filter((each) => Number(each) < version)
    .map((each) => `{"1.${each}", [{load_module, ${CHANGING}_0}]}`);
  project.write(`apps/${CHANGING}/ebin/${CHANGING}.appup`, `{"1.${version}", [${ways.join()}], [${ways.join()}]}.\n`);
}

/** Has rebar3 assemble the oldest and the newest release, so that it can make the relup between them. */
export async function prepareRebar3(project: UpgradeBenchProject, rebar3: string): Promise<void> {
  await using vm = await oracle(systemOtp());
  const { older, version } = project;
  for (const each of [older[0] ?? "1", version]) {
    await change(project, vm, Number(each), older);
    await run([rebar3, "release"], project.path);
  }
  // rebar3 has no place for appups in sources.
  const appup = `lib/${CHANGING}-1.${version}/ebin/${CHANGING}.appup`;
  project.write(
    `_build/default/rel/relex/${appup}`,
    readFileSync(project.join(`apps/${CHANGING}/ebin/${CHANGING}.appup`)),
  );
}

export async function run(cmd: readonly string[], cwd: string): Promise<void> {
  const child = Bun.spawn({ cmd: [...cmd], cwd, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr, exitCode] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (exitCode !== 0) throw new Error(`${cmd.join(" ")} failed: ${stderr}${stdout}`);
}

export function remove(...paths: readonly string[]): void {
  for (const path of paths) rmSync(path, { recursive: true, force: true });
}

/** Older releases are named `VERSION=TARBALL`; the new one is a tree. */
const SYSTOOLS = `#!/usr/bin/env escript
%%! -noinput
main([Tree, Version, Scratch | Olders]) ->
    Olds = [unpack(Scratch, Older) || Older <- Olders],
    Path = [{path, [filename:join([Root, "lib", "*", "ebin"]) || Root <- [Tree | [Root || {Root, _} <- Olds]]]}],
    Rels = [Rel || {_, Rel} <- Olds],
    Rel = filename:join([Tree, "releases", Version, "relex"]),
    {ok, _, _, []} = systools:make_relup(Rel, Rels, Rels, [silent, {outdir, Scratch} | Path]),
    Name = filename:join(Scratch, "relex-" ++ Version),
    {ok, _} = file:copy(Rel ++ ".rel", Name ++ ".rel"),
    {ok, _} = file:copy(Rel ++ ".boot", Name ++ ".boot"),
    {ok, _, []} = systools:make_tar(Name, [silent, {outdir, Scratch} | Path]).

unpack(Scratch, Older) ->
    [Version, Tarball] = string:split(Older, "="),
    Directory = filename:join(Scratch, Version),
    ok = erl_tar:extract(Tarball, [compressed, {cwd, Directory}]),
    Root = filename:join(Directory, "relex"),
    {Root, filename:join([Root, "releases", Version, "relex"])}.
`;
