import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { copyFileSync, existsSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { type ApplicationFiles, type UpgradeProject, upgradeProject } from "../knit/upgrade-project.ts";
import { containing } from "../support/containing.ts";
import { type Oracle, oracle, systemOtp } from "../support/otp.ts";

const UPGRADE = "rel/upgrades/relex-2.tar.gz";
const OLD = { version: "1.0", modules: { relex_mod: "-export([f/0]).\nf() -> old.", relex_gone: "" } };
const NEW = { version: "1.1", modules: { relex_mod: "-export([f/0]).\nf() -> new.", relex_fresh: "" } };
const SERVER = "-behaviour(gen_server).\n-export([init/1, handle_call/3, handle_cast/2, code_change/3]).\n";
const CALLBACKS =
  "handle_call(_, _, S) -> {reply, S, S}.\nhandle_cast(_, S) -> {noreply, S}.\ncode_change(_, S, _) -> {ok, S}.";

let vm: Oracle;
beforeAll(async () => {
  vm = await oracle(systemOtp());
});
afterAll(() => vm[Symbol.asyncDispose]());

/** A project that has built version 1, and is about to build version 2. */
async function grownProject(
  terms = "",
  older: ApplicationFiles = OLD,
  newer: ApplicationFiles = NEW,
): Promise<UpgradeProject> {
  const project = upgradeProject(vm, terms);
  await project.become("1", { relex_app: older });
  await project.succeed();
  await project.become("2", { relex_app: newer });
  return project;
}

describe("enit knit-build with older releases", () => {
  test("says that there is none, and makes no upgrade", async () => {
    using project = upgradeProject(vm);
    await project.become("1", { relex_app: OLD });
    const run = await project.build();
    expect(run).toMatchObject({ exitCode: 0, stderr: containing("no upgrade: there is no older version of relex in") });
    expect(run.stdout).not.toContain("Upgrade");
    expect((await project.succeed(["force=true"]))["upgrade"]).toBeNull();
    expect(existsSync(project.join("rel/upgrades"))).toBe(false);
  });

  test("makes one upgrade from all of them, and tells what it does", async () => {
    using project = upgradeProject(vm);
    const server = (state: string): string => `${SERVER}init([]) -> {ok, ${state}}.\n${CALLBACKS}`;
    await project.become("1", { relex_app: { ...OLD, modules: { ...OLD.modules, relex_mod: server("a") } } });
    await project.succeed();
    const middle = { version: "1.0.1", modules: { ...OLD.modules, relex_mod: server("b") } };
    await project.become("1.1", { relex_app: middle });
    await project.succeed();
    await project.become("2", { relex_app: { ...NEW, modules: { ...NEW.modules, relex_mod: server("c") } } });
    const run = await project.build();
    expect(run.stderr).toContain("upgrading from 1, 1.1\n");
    expect(run.stdout).toContain(project.join(UPGRADE));
    expect(run.stdout).toMatch(/^Upgrades from: +1, 1\.1$/m);
    expect(run.stdout.slice(run.stdout.indexOf("\n\n") + 2)).toBe(
      "Application  From   To   Modules                        Instructions  Effects\n" +
        "relex_app    1.0    1.1  1 added, 1 changed, 1 removed  3             suspends relex_mod\n" +
        "relex_app    1.0.1  1.1  1 added, 1 changed, 1 removed  3             suspends relex_mod\n",
    );

    const { upgrade } = await project.succeed(["force=true"]);
    const change = { added: ["relex_fresh"], changed: ["relex_mod"], removed: ["relex_gone"] };
    const update = "{update,relex_mod,{advanced,[]}}";
    expect(upgrade).toMatchObject({
      file: project.join(UPGRADE),
      size: readFileSync(project.join(UPGRADE)).length,
      from: [
        { version: "1", file: project.join("rel/releases/relex-1.tar.gz"), up: 9, down: 9 },
        { version: "1.1", up: 9, down: 9 },
      ],
      leftOut: [],
      applications: [
        {
          application: "relex_app",
          from: "1.0",
          to: "1.1",
          releases: ["1"],
          modules: change,
          written: { up: false, down: false },
          up: {
            instructions: ["{add_module,relex_fresh}", update, "{delete_module,relex_gone}"],
            suspended: ["relex_mod"],
            restarted: [],
            applications: [],
            emulator: false,
          },
          down: { instructions: ["{add_module,relex_gone}", update, "{delete_module,relex_fresh}"] },
        },
        { application: "relex_app", from: "1.0.1", releases: ["1.1"], modules: change },
      ],
    });
  });

  test("packs what some older release lacks, in the form of release_handler, or everything with --full", async () => {
    using project = await grownProject();
    await project.succeed();
    const common = [
      "lib/relex_app-1.1/ebin/relex_app.app",
      "lib/relex_app-1.1/ebin/relex_app.appup",
      "lib/relex_app-1.1/ebin/relex_fresh.beam",
      "lib/relex_app-1.1/ebin/relex_mod.beam",
      "releases/2/relex-2.rel",
      "releases/2/relex.boot",
      "releases/2/relex.rel",
      "releases/2/relex.script",
      "releases/2/relup",
      "releases/2/start.boot",
      "releases/2/start_clean.boot",
      "releases/2/start_clean.rel",
      "releases/2/start_clean.script",
      "releases/2/sys.config",
      "releases/relex-2.rel",
    ];
    expect(project.packed(UPGRADE)).toEqual(common);
    await project.succeed(["--full", "force=true"]);
    expect(project.packed(UPGRADE)).toEqual([...common, "lib/relex_lib-1.0/ebin/relex_lib.app"].sort());
    // The appup that was made is in the whole release as well; the relup is not, as nobody upgrades to what is installed anew.
    const release = project.packed("rel/releases/relex-2.tar.gz");
    expect(release).toContain("relex/lib/relex_app-1.1/ebin/relex_app.appup");
    expect(release.filter((path) => path.endsWith("relup"))).toEqual([]);
  });

  test("makes the relup that systools makes of the same appups, with either way", async () => {
    using project = await grownProject();
    await project.succeed();
    const older = project.join("older");
    Bun.spawnSync({ cmd: ["mkdir", older] });
    Bun.spawnSync({ cmd: ["tar", "-xzf", project.join("rel/releases/relex-1.tar.gz"), "-C", older] });
    const [new_, old] = [project.join("rel/relex"), `${older}/relex`];
    const same = await vm.text(`{ok, [Ours]} = file:consult("${unpackTo(project, "releases/2/relup")}"),
      {ok, Theirs, _, []} = systools:make_relup("${new_}/releases/2/relex", ["${old}/releases/1/relex"], ["${old}/releases/1/relex"],
        [{path, ["${new_}/lib/*/ebin", "${old}/lib/*/ebin"]}, silent, noexec]), Ours =:= Theirs`);
    expect(same).toBe("true");
  });

  test("makes the same bytes again, and overwrites them only with force", async () => {
    using project = await grownProject();
    await project.succeed();
    const before = readFileSync(project.join(UPGRADE));
    renameSync(project.join("rel/releases/relex-2.tar.gz"), project.join("relex-2.tar.gz"));
    const list = project.list("rel");
    expect(await project.build()).toMatchObject({
      exitCode: 2,
      stdout: "",
      stderr: containing(`${UPGRADE}": it is there already`),
    });
    expect(project.list("rel")).toEqual(list);
    await project.succeed(["force=true"]);
    expect(readFileSync(project.join(UPGRADE)).equals(before)).toBe(true);
  });

  test("leaves no upgrade of an earlier build where it makes none", async () => {
    using project = await grownProject();
    await project.succeed();
    const stale = `"${project.join(UPGRADE)}" is of an earlier build`;
    renameSync(project.join("rel/releases/relex-2.tar.gz"), project.join("relex-2.tar.gz"));
    expect((await project.build(["upgrade_versions=!![]"])).stderr).toContain(`warning: ${stale}: remove it`);
    expect((await project.build(["upgrade_versions=!![]", "force=true"])).stderr).toContain(
      `${stale}, and was removed`,
    );
    expect(existsSync(project.join(UPGRADE))).toBe(false);
  });

  test("takes a written appup as it is, regular expressions included, and makes what it does not say", async () => {
    const appup = '{"1.1", [{<<"1\\\\.[0-9]+">>, [{load_module, relex_mod}]}], []}.\n';
    using project = await grownProject("", OLD, { ...NEW, appup });
    const { upgrade } = await project.succeed();
    expect(upgrade).toMatchObject({
      applications: [
        {
          written: { up: true, down: false },
          up: { instructions: ["{load_module,relex_mod}"] },
          down: { instructions: ["{add_module,relex_gone}", "{load_module,relex_mod}", "{delete_module,relex_fresh}"] },
        },
      ],
    });
    expect(await project.build(["force=true"])).toMatchObject({ stdout: containing("1 up, 3 down (by hand)") });
  });

  test("is told by the option behaviours what behaviours are built on", async () => {
    const served = (application: ApplicationFiles): ApplicationFiles => {
      const modules = {
        ...application.modules,
        relex_mod: `-behaviour(my_server).\n${application.modules?.["relex_mod"] ?? ""}`,
      };
      return { ...application, modules };
    };
    using project = await grownProject("{behaviours, [{my_server, gen_server}]}.", served(OLD), served(NEW));
    await project.succeed();
    expect(readFileSync(project.join("rel/relex/lib/relex_app-1.1/ebin/relex_app.appup"), "utf8")).toContain(
      "{update,relex_mod,soft}",
    );
  });

  test("warns of children that cannot be told, unless lint_ignore names that", async () => {
    const supervisor = (children: string): ApplicationFiles => ({
      version: children === "[]" ? "1.0" : "1.1",
      modules: { relex_mod: `-behaviour(supervisor).\n-export([init/1]).\ninit(Args) -> {ok, {#{}, ${children}}}.` },
    });
    const warning = "relex_mod: the children that its init/1 gives in 1.1 cannot be told from the code";
    using project = await grownProject("", supervisor("[]"), supervisor("Args"));
    expect((await project.build()).stderr).toContain(warning);
    const quiet = ["lint_ignore=!![{children_unknown, relex_mod}]", "lint_ignore=!!['children-unknown']"];
    for (const variable of quiet) {
      expect((await project.build(["force=true", variable])).stderr).not.toContain(warning);
    }
    const unknown = await project.build(["force=true", "lint_ignore=!![child_unknown]", "--json"]);
    expect(JSON.parse(unknown.stdout)).toMatchObject({
      error: { code: "lint_code_unknown", hint: "Did you mean children_unknown?" },
    });
  });

  test("hands appups and the relup to plugins, and tells them of the tarball", async () => {
    using project = await grownProject();
    project.write("rel/plugins/taker.ts", PLUGIN);
    const run = await project.build();
    expect(run.stderr).toContain("relup of relex 2 from 1\n");
    expect(run.stderr).toContain(`packaged ${project.join(UPGRADE)} from 1, `);
    expect(project.unpack(UPGRADE, "lib/relex_app-1.1/ebin/relex_app.appup")).toContain("{apply,{m,f,[up]}}");
    expect(project.unpack(UPGRADE, "releases/2/relup")).toContain('{"1","by plugin",');
  });

  test("refuses a relup of a plugin that is none", async () => {
    using project = await grownProject();
    project.write(
      "rel/plugins/refuser.ts",
      REFUSER.replace('throw new Error("too risky")', 'return { kind: "atom", name: "no" }'),
    );
    expect(await project.build()).toMatchObject({
      exitCode: 1,
      stderr: containing('it is not of the form {"2", [...], [...]}'),
    });
  });

  test("leaves everything as it was if a plugin refuses the relup", async () => {
    using project = await grownProject();
    project.write("rel/plugins/refuser.ts", REFUSER);
    const before = project.list("rel");
    expect(await project.build()).toMatchObject({ stdout: "", exitCode: 1, stderr: containing("too risky") });
    expect(project.list("rel")).toEqual(before);
  });
});

const REFUSER = `import { definePlugin } from "enit/plugin";
export default definePlugin({
  name: "refuser", api: 1, hooks: { "upgrade:relup": () => { throw new Error("too risky"); } },
});
`;

/** Adds an instruction to each appup, a description to the relup, and says what it sees. */
const PLUGIN = `import { definePlugin } from "enit/plugin";
export default definePlugin({
  name: "taker", api: 1,
  hooks: {
    "upgrade:appup": (ctx, change, { from, to }) =>
      ({ up: [...change.up, ctx.terms.parseTerm("{apply, {m, f, [up]}}")], down: change.down }),
    "upgrade:relup": (ctx, relup, { release, from }) => {
      ctx.log.info("relup of " + release.name + " " + release.version + " from " + from.join());
      const text = ctx.terms.printTerm(relup, { format: "tp" });
      return ctx.terms.parseTerm(text.replace('{"1",[],', '{"1","by plugin",'));
    },
    "upgrade:packaged": (ctx, { file, size, from }) => ctx.log.info("packaged " + file + " from " + from.join() + ", " + size),
  },
});
`;

describe("the older releases of knit-build", () => {
  test("are those of version_regex, version_min, upgrade_versions, and none that is newer", async () => {
    using project = upgradeProject(vm);
    for (const version of ["0.9", "1.0-rc.1", "1.0", "1.10", "2.0"]) {
      await project.become(version, version === "0.9" ? { relex_app: OLD } : {});
      await project.succeed(["upgrade_versions=!![]"]);
    }
    await project.become("1.9");
    const from = async (...args: string[]): Promise<unknown> => {
      const { upgrade } = await project.succeed(["force=true", ...args]);
      return (upgrade as { from: { version: string }[] } | null)?.from.map(({ version }) => version);
    };
    expect(await from()).toEqual(["0.9", "1.0-rc.1", "1.0"]);
    expect(await from("version_min=1.0-rc.1")).toEqual(["1.0-rc.1", "1.0"]);
    expect(await from('version_regex=!!{"RC|^0", [caseless]}')).toEqual(["0.9", "1.0-rc.1"]);
    expect(await from("semver=false")).toEqual(["0.9", "1.0", "1.0-rc.1", "1.10"]);
    expect(await from('upgrade_versions=!!["2.0", "1.0", "1.9"]')).toEqual(["1.0", "2.0"]);
    expect(await from("version_min=3")).toBeUndefined();
  });

  test("have tarballs that are theirs: those of other releases, of names that go on with a hyphen, are passed over", async () => {
    using project = await grownProject();
    copyFileSync(project.join("rel/releases/relex-1.tar.gz"), project.join("rel/releases/relex-extra-1.tar.gz"));
    const run = await project.build();
    expect(run).toMatchObject({ exitCode: 0, stderr: containing("upgrading from 1\n") });
    expect(await project.build(["force=true", "upgrade_versions=extra-1"])).toMatchObject({
      exitCode: 2,
      stderr: containing("it holds releases/1/relex.rel"),
    });
  });
});

describe("bad input of an upgrade", () => {
  test("code that changed without its version, which --allow-same-version lets pass", async () => {
    using project = await grownProject("", OLD, { ...OLD, modules: { ...OLD.modules, relex_mod: "" } });
    const list = project.list("rel");
    const run = await project.build(["--json"]);
    expect(run.exitCode).toBe(2);
    expect(JSON.parse(run.stdout)).toMatchObject({
      error: {
        code: "same_version_changed",
        message: containing("relex_app-1.0 of the new release has other code than in relex-1.tar.gz: relex_mod"),
        hint: containing("--allow-same-version"),
      },
    });
    expect(project.list("rel")).toEqual(list);
    const allowed = await project.build(["--allow-same-version"]);
    expect(allowed).toMatchObject({
      exitCode: 0,
      stderr: containing("warning: relex_app-1.0 of the new release has other code"),
    });
    expect(project.packed(UPGRADE).filter((path) => path.startsWith("lib/"))).toEqual([]);
  });

  test("two older releases that disagree about a version", async () => {
    using project = upgradeProject(vm);
    await project.become("1", { relex_app: OLD });
    await project.succeed();
    await project.become("1.1", { relex_app: { ...OLD, modules: { ...OLD.modules, relex_mod: "" } } });
    await project.succeed(["upgrade_versions=!![]"]);
    await project.become("2", { relex_app: NEW });
    expect(await project.build()).toMatchObject({
      exitCode: 2,
      stderr: containing("relex_app-1.0 of relex-1.1.tar.gz has other code than in relex-1.tar.gz: relex_mod"),
    });
    expect((await project.build(["upgrade_versions=1"])).exitCode).toBe(0);
  });

  test("a place that the releases have", async () => {
    using project = await grownProject();
    expect(await project.build(["upgrade_dir=releases"])).toMatchObject({
      exitCode: 2,
      stderr: containing("it is release_dir, whose tarballs have the same names"),
    });
  });

  test("files of an application that changed without its version are warned of", async () => {
    using project = upgradeProject(vm);
    await project.become("1", { relex_app: OLD });
    project.write("apps/relex_app/priv/www/index.html", "old");
    project.write("apps/relex_app/priv/same", "same");
    await project.succeed();
    project.write("apps/relex_app/priv/www/index.html", "new");
    project.write("apps/relex_app/priv/more", "more");
    await project.become("2");
    expect(await project.succeed()).toMatchObject({
      warnings: [{ code: "files_kept", message: containing("keep the old ones: priv/more, priv/www/index.html") }],
    });
  });

  test("debug information and lines are no code", async () => {
    using project = await grownProject("", OLD, { ...OLD, options: "no_debug_info" });
    expect((await project.build()).exitCode).toBe(0);
  });

  test("a damaged tarball", async () => {
    using project = await grownProject();
    const file = project.join("rel/releases/relex-1.tar.gz");
    writeFileSync(file, readFileSync(file).subarray(0, 300));
    expect(await project.build()).toMatchObject({
      exitCode: 2,
      stdout: "",
      stderr: containing(`cannot read the tarball "${file}"`),
    });
    expect(readdirSync(project.join("rel/releases"))).toEqual(["relex-1.tar.gz"]);
  });

  test("a version whose tarball is not there", async () => {
    using project = await grownProject();
    expect(await project.build(["upgrade_versions=7"])).toMatchObject({
      exitCode: 2,
      stderr: containing(`cannot upgrade from "${project.join("rel/releases/relex-7.tar.gz")}": there is no such file`),
    });
  });

  test.each([
    ["that does not parse", '{"1.1", [{"1.0", [}], []}.', "relex_app.appup:1:"],
    ["of another form", '{"1.1", []}.', "it is not of the form"],
    [
      "with an instruction that systools refuses",
      '{"1.1", [{"1.0", [{load_module, relex_mod, [nowhere]}]}], [{"1.0", []}]}.',
      'it depends on "nowhere", which no instruction is for',
    ],
  ])("an appup %s", async (_, appup, message) => {
    using project = await grownProject("", OLD, { ...NEW, appup });
    const list = project.list("rel");
    expect(await project.build()).toMatchObject({ exitCode: 2, stdout: "", stderr: containing(message) });
    expect(project.list("rel")).toEqual(list);
  });

  test("an appup of another version is warned of, or refused with warnings_as_errors", async () => {
    const appup = '{"7", [{"1.0", []}], [{"1.0", []}]}.';
    using project = await grownProject("", OLD, { ...NEW, appup });
    const warning = "is for the version 7, not for 1.1";
    expect(await project.build()).toMatchObject({ exitCode: 0, stderr: containing(warning) });
    const refused = await project.build(["force=true", "warnings_as_errors=true"]);
    const { stderr } = refused;
    expect(refused).toMatchObject({
      exitCode: 1,
      stdout: "",
      stderr: containing("cannot make the upgrade: there are warnings"),
    });
    expect(stderr.split(warning)).toHaveLength(2);
  });

  test("an older release that no way leads from is named and left out", async () => {
    using project = upgradeProject(vm);
    await project.become("0.9", { relex_app: { ...OLD, version: "0.9", options: "no_debug_info" } });
    await project.succeed([`sys=!!${STRIPPED}`]);
    await project.become("1", { relex_app: OLD });
    await project.succeed(["upgrade_versions=!![]"]);
    await project.become("2", { relex_app: NEW });
    const run = await project.build();
    expect(run).toMatchObject({
      exitCode: 0,
      stderr: containing("warning: no way leads from relex 0.9 to 2, and it is left out"),
    });
    expect(run.stdout).toMatch(/^Upgrades from: +1$/m);
    expect(run.stdout).toMatch(/^Left out: +0\.9$/m);
    // Where none is left, there is no upgrade.
    const none = await project.build(["force=true", "upgrade_versions=0.9"]);
    expect(none).toMatchObject({ exitCode: 0, stdout: expect.not.stringContaining("Upgrade") as string });
  });

  test("a release of archives, which release_handler cannot take", async () => {
    using project = await grownProject();
    const config = project.read("rel/reltool.config") ?? "";
    project.write(
      "rel/reltool.config",
      config.replace(', {excl_archive_filters, [".*"]}', ', {incl_archive_filters, ["ebin"]}'),
    );
    const run = await project.build();
    if (systemOtp().major >= 27) return;
    expect(run).toMatchObject({
      exitCode: 0,
      stderr: containing("release_handler takes no archives, and these are some: relex_app-1.1.ez"),
    });
  });
});

/** As the configuration of the project, but stripped of everything, attributes too. */
const STRIPPED = `[{lib_dirs, ["../apps"]}, {rel, "relex", "0.9", [kernel, stdlib, sasl, relex_app, relex_lib]},
  {rel, "start_clean", "", [kernel, stdlib]}, {boot_rel, "relex"}, {incl_cond, exclude}, {debug_info, strip},
  {app, kernel, [{incl_cond, include}]}, {app, stdlib, [{incl_cond, include}]}, {app, sasl, [{incl_cond, include}]},
  {app, relex_app, [{incl_cond, include}]}, {app, relex_lib, [{incl_cond, include}]},
  {excl_lib, otp_root}, {excl_archive_filters, [".*"]}]`;

function unpackTo(project: UpgradeProject, path: string): string {
  return project.write("unpacked", project.unpack(UPGRADE, path));
}
