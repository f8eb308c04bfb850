import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, utimesSync } from "node:fs";
import { dirname } from "node:path";
import { type ProjectOptions, knitProject } from "../knit/project.ts";
import { containing } from "../support/containing.ts";
import { ENIT, type Run } from "../support/run-enit.ts";

const TARBALL = "rel/releases/relex-1.tar.gz";

describe("enit knit-build", () => {
  test("makes the tree and the tarball beside rel/reltool.config, and says so", async () => {
    using project = knitProject();
    const run = await project.build();
    expect(run).toMatchObject({ stderr: containing("building relex 1"), exitCode: 0 });
    expect(run.stdout).toMatch(/^Release: +relex 1$/m);
    expect(project.list("rel").filter((name) => !/^relex\/(lib|releases)\/./.test(name))).toEqual([
      "releases/",
      "releases/relex-1.tar.gz",
      "relex/",
      "relex/.knit_build",
      "relex/lib/",
      "relex/releases/",
      "reltool.config",
    ]);
    // An archive or a directory, as this OTP has it.
    expect(readdirSync(project.join("rel/relex/lib"))).toEqual([
      expect.stringMatching(/^relex_app-1\.0(\.ez)?$/) as string,
    ]);
    expect(project.list("rel/relex/releases")).toEqual([
      "1/",
      "1/relex.boot",
      "1/relex.rel",
      "1/relex.script",
      "1/start.boot",
      "1/start_clean.boot",
      "1/start_clean.rel",
      "1/start_clean.script",
      "1/sys.config",
      "RELEASES",
      "start_erl.data",
    ]);
  });

  test("tells scripts what it built", async () => {
    using project = knitProject({ terms: "{forse, true}." });
    const run = await project.build(["--json"]);
    expect(JSON.parse(run.stdout)).toMatchObject({
      ok: true,
      data: {
        release: { name: "relex", version: "1" },
        config: project.join("rel/reltool.config"),
        applications: [{ name: "kernel" }, { name: "stdlib" }, { name: "sasl" }, { name: "relex_app", version: "1.0" }],
        buildDirectory: project.join("rel/relex"),
        tarball: { file: project.join(TARBALL), size: statSize(project.join(TARBALL)) },
        warnings: [{ code: "unknown_option", message: containing("perhaps it should be force") }],
      },
    });
  });

  test("is the binary named knit, where a wrong flag ends with 1", async () => {
    using project = knitProject();
    const program = `${dirname(ENIT)}/knit`;
    const { runEnit } = await import("../support/run-enit.ts");
    expect(await runEnit(["-q"], { cwd: project.path, program })).toEqual({ stdout: "", stderr: "", exitCode: 0 });
    expect(existsSync(project.join(TARBALL))).toBe(true);
    expect(await runEnit(["--no-such-flag"], { cwd: project.path, program })).toMatchObject({
      stdout: "",
      exitCode: 1,
    });
    expect((await runEnit(["-V"], { cwd: project.path, program })).exitCode).toBe(0);
    expect((await runEnit(["-h"], { cwd: project.path, program })).stdout).toContain("--reltool-config");
  });

  test("takes another configuration with -r, and paths relative to it", async () => {
    using project = knitProject();
    project.write("conf/other.config", project.read("rel/reltool.config") ?? "");
    expect((await project.build(["-r", "conf/other.config"])).exitCode).toBe(0);
    expect(readdirSync(project.join("conf")).sort()).toEqual(["other.config", "releases", "relex"]);
    expect((await project.build(["--reltool_config=conf/other.config", "force=true"])).exitCode).toBe(0);
  });

  test("builds the first release where no boot_rel is given", async () => {
    using project = knitProject();
    project.write("rel/reltool.config", (project.read("rel/reltool.config") ?? "").replace('{boot_rel, "relex"},', ""));
    expect((await project.build()).exitCode).toBe(0);
    expect(existsSync(project.join(TARBALL))).toBe(true);
  });

  test("replaces the tree that it made, and a tarball only with force", async () => {
    using project = knitProject();
    await project.build();
    const before = readFileSync(project.join(TARBALL));
    project.write("rel/relex/stray", "");
    const again = await project.build();
    expect(again).toMatchObject({ stdout: "", exitCode: 2 });
    expect(again.stderr).toContain("it is there already");
    expect(existsSync(project.join("rel/relex/stray"))).toBe(true);

    project.write(
      "rel/reltool.config",
      (project.read("rel/reltool.config") ?? "").replace('"relex", "1"', '"relex", "2"'),
    );
    expect((await project.build()).exitCode).toBe(0);
    expect(readdirSync(project.join("rel/releases")).sort()).toEqual(["relex-1.tar.gz", "relex-2.tar.gz"]);
    expect(existsSync(project.join("rel/relex/stray"))).toBe(false);
    expect(readFileSync(project.join(TARBALL))).toEqual(before);

    for (const force of ["force=true", "force=1", "force=!!true"]) {
      expect((await project.build([force])).exitCode).toBe(0);
    }
  });

  test("never replaces a directory that it did not make", async () => {
    using project = knitProject({ files: { "rel/relex/precious": "" } });
    const run = await project.build(["force=true"]);
    expect(run).toMatchObject({ stdout: "", exitCode: 2 });
    expect(run.stderr).toContain("no build of enit made it");
    expect(project.list("rel")).toEqual(["relex/", "relex/precious", "reltool.config"]);
  });

  test("makes the same bytes on another day, in another directory, under another umask", async () => {
    const files = { "rel/files/run": "#!/bin/sh\n" };
    const options = { terms: '{overlay, [{mkdir, "log"}, {copy, "files/run", "bin/"}, {create, "x", "y"}]}.', files };
    const bytes = [];
    for (const [umask, time] of [
      ["022", 1e9],
      ["077", 2e9],
    ] as const) {
      using project = knitProject(options);
      chmodSync(project.join("rel/files/run"), 0o755);
      chmodSync(project.join("apps/relex_app/ebin/relex_app.app"), 0o644);
      utimesSync(project.join("apps/relex_app/ebin/relex_app.app"), time, time);
      const run = Bun.spawn({
        cmd: ["sh", "-c", `umask ${umask}; exec "${ENIT}" knit-build`],
        cwd: project.path,
        stderr: "pipe",
      });
      expect(await run.exited).toBe(0);
      bytes.push(readFileSync(project.join(TARBALL)));
    }
    expect(bytes[0]?.equals(bytes[1] ?? Buffer.of())).toBe(true);
  });
});

describe("the flags of knit-build", () => {
  test("-v and -d show details, which -q and nothing else hides", async () => {
    using project = knitProject();
    for (const flag of ["-v", "-d", "-vv", "--verbose", "--debug"]) {
      expect((await project.build([flag, "force=true"])).stderr).toContain("debug: packing");
    }
    expect(await project.build(["-q", "force=true"])).toEqual({ stdout: "", stderr: "", exitCode: 0 });
    expect((await project.build(["-q"])).stderr).toContain("it is there already");
  });

  test("-l adds everything to a file, -q or not, errors too", async () => {
    using project = knitProject();
    for (const flag of ["-l", "--log-file", "--log_file"]) await project.build([flag, "log", "-q"]);
    const log = project.read("log") ?? "";
    expect(log).toMatch(/^\S+Z building relex 1 with Erlang\/OTP/m);
    expect(log).toContain("it is there already");
    expect(log.match(/enit knit-build/g)).toHaveLength(3);
    const run = await project.build(["-l", "no/such/log"]);
    expect(run).toMatchObject({ stdout: "", exitCode: 3 });
    expect(run.stderr).toContain('cannot write "no/such/log"');
  });

  test("variables are strings, Erlang terms behind !!, and !! itself escaped", async () => {
    using project = knitProject();
    const overlay = 'overlay=!![{create, "a", "{{b}}"}, {mkdir, <<"c">>}]';
    expect((await project.build([" target_dir = out ", overlay, "force=true"])).exitCode).toBe(0);
    expect(project.list("rel/out/relex")).toContain("c/");
    expect(project.read("rel/out/relex/a")).toBe("{{b}}");
    expect((await project.build(["target_dir=\\!\\!x"])).exitCode).toBe(0);
    expect(existsSync(project.join("rel/!!x/relex"))).toBe(true);
    for (const [word, state] of [
      ["novalue", "it is not of the form name=value"],
      ["=value", "it is not of the form name=value"],
      ["overlay=!![{", "is no Erlang term"],
    ] as const) {
      const run = await project.build([word]);
      expect(run).toMatchObject({ stdout: "", exitCode: 255 });
      expect(run.stderr).toContain(state);
    }
  });
});

describe("the options of knit-build", () => {
  test("target_dir, release_dir and tmp_dir say where things are made, remove_tmp whether they stay", async () => {
    using project = knitProject();
    const dirs = ["target_dir=../t", "release_dir=../r/deep", "tmp_dir=../tmp", "remove_tmp=false"];
    expect((await project.build(dirs)).exitCode).toBe(0);
    expect(readdirSync(project.path).sort()).toEqual(["apps", "r", "rel", "t", "tmp"]);
    expect(readdirSync(project.join("t"))).toEqual(["relex"]);
    expect(readdirSync(project.join("r/deep"))).toEqual(["relex-1.tar.gz"]);
    expect((await project.build([...dirs.slice(0, 3), "force=true"])).exitCode).toBe(0);
    expect(existsSync(project.join("tmp"))).toBe(false);
  });

  test("a temporary directory that is not one of ours is not wiped", async () => {
    using project = knitProject({ files: { "tmp/precious": "" } });
    for (const tmp of ["../tmp", ".", ".."]) {
      const run = await project.build([`tmp_dir=${tmp}`]);
      expect(run).toMatchObject({ stdout: "", exitCode: 2 });
      expect(run.stderr).toContain("cannot wipe the temporary directory");
    }
    expect(project.list(".")).toEqual([
      "apps/",
      "apps/relex_app/",
      "apps/relex_app/ebin/",
      "apps/relex_app/ebin/relex_app.app",
      "rel/",
      "rel/reltool.config",
      "tmp/",
      "tmp/precious",
    ]);
  });

  test("warnings_as_errors makes errors of reltool's warnings", async () => {
    using project = knitProject();
    symlinkSync("nowhere", project.join("apps/relex_app/priv"));
    expect((await project.build()).stderr).toContain("warning: ");
    const run = await project.build(["warnings_as_errors=true", "force=true"]);
    expect(run).toMatchObject({ stdout: "", exitCode: 1 });
    expect(run.stderr).toContain("there are warnings");
  });

  test("options for upgrades are checked, and make no difference to a release", async () => {
    using project = knitProject({
      terms: `{semver, false}. {version_regex, "^1"}. {version_min, <<"0.9">>}. {upgrade_dir, "u"}.`,
    });
    const run = await project.build(['version_regexp=!!{"^1", [caseless]}']);
    expect(run).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining("warning") as string });
  });

  test.each([
    ["force", "maybe", "true | false"],
    ["overlay", "[mkdir]", "[Tuple]"],
    ["overlay_vars", "7", "String | [String]"],
    ["target_dir", "''", "String"],
    ["version_regex", "{a, b}", "RegExp | {RegExp, Options}"],
    ["upgrade_versions", "[a]", "String | [String]"],
    ["behaviours", "[{my_server, 1}]", "[{Atom, Atom}]"],
  ])("a value of %s that has another type is refused with its place", async (name, value, form) => {
    using project = knitProject({ terms: `%\n  {${name}, ${value}}.` });
    const run = await project.build(["--json"]);
    expect(run.exitCode).toBe(2);
    expect(JSON.parse(run.stdout)).toMatchObject({
      error: {
        code: "option_invalid",
        message: containing(`it must be {${name}, ${form}}`),
        data: { line: 2, column: 3 },
      },
    });
  });

  test("what is no option is warned of, with the nearest name, and what is given twice", async () => {
    using project = knitProject({ terms: '{target_dirr, "x"}. foo. {force, false}. {force, true}.' });
    const { stderr, exitCode } = await project.build();
    expect(exitCode).toBe(0);
    expect(stderr).toContain(
      "reltool.config:1:1: there is no option target_dirr, and it is ignored; perhaps it should be target_dir",
    );
    expect(stderr).toContain("foo is no option");
    expect(stderr).toContain("the option force is given once more");
    expect((await project.build(["relase_dir=x", "force=true"])).stderr).toContain("perhaps it should be release_dir");
  });

  test("a configuration may be a script, which sees the plain one", async () => {
    using project = knitProject();
    const script =
      '[io:format("printed~n") || true], [{sys, Sys}] = CONFIG, "reltool.config.script" = filename:basename(SCRIPT), ';
    project.write("rel/reltool.config.script", `${script}[{target_dir, "scripted"}, {sys, Sys}].\n`);
    const run = await project.build(["--json"]);
    expect(JSON.parse(run.stdout)).toMatchObject({ data: { buildDirectory: project.join("rel/scripted/relex") } });
    project.write("rel/reltool.config.script", "not_a_list.\n");
    expect((await project.build()).stderr).toContain("its value is not a list of terms");
    project.write("rel/reltool.config.script", "error(broken).\n");
    expect(await project.build()).toMatchObject({ exitCode: 2, stderr: containing("broken") });
  });
});

describe("bad input of knit-build", () => {
  interface Case {
    readonly name: string;
    readonly project?: ProjectOptions;
    readonly args?: readonly string[];
    readonly code: string;
    readonly exitCode: number;
    readonly message: string;
    readonly data?: Readonly<Record<string, unknown>>;
  }

  const cases: readonly Case[] = [
    {
      name: "a configuration that is not there",
      args: ["-r", "no.config"],
      code: "config_not_found",
      exitCode: 2,
      message: 'cannot read "no.config": there is no such file',
    },
    {
      name: "a configuration that does not parse",
      project: { terms: "{force,\n  true]." },
      code: "term_syntax",
      exitCode: 2,
      message: "reltool.config:2:7",
      data: { line: 2, column: 7 },
    },
    {
      name: "no sys",
      project: { files: { "rel/reltool.config": "{force, true}.\n" } },
      code: "sys_missing",
      exitCode: 2,
      message: "it has no {sys, [...]}",
    },
    {
      name: "a boot release that is not there",
      project: { sys: '{boot_rel, "relax"}' },
      code: "release_missing",
      exitCode: 2,
      message: 'the boot release "relax"',
    },
    {
      name: "two releases of one name",
      project: { sys: '{rel, "start_clean", "2", [kernel, stdlib]}' },
      code: "release_repeated",
      exitCode: 2,
      message: "there are two of this name",
    },
    {
      name: "an empty version",
      project: { version: '""' },
      code: "version_invalid",
      exitCode: 2,
      message: "must not be empty or hold a slash",
    },
    {
      name: "a version from an unknown tool",
      project: { version: "cvs" },
      code: "version_invalid",
      exitCode: 2,
      message: "one of git, hg, bzr, svn, fossil",
    },
    {
      name: "applications that are not there",
      project: { applications: ", nowhere, never" },
      code: "application_not_found",
      exitCode: 2,
      message: "never",
    },
    {
      name: "an overlay file that is not there",
      project: { terms: '{overlay, [{mkdir, "a"},\n  {copy, "files/none"}]}.' },
      code: "file_failed",
      exitCode: 3,
      message: "there is no such file or directory",
      data: { line: 2, column: 3 },
    },
    {
      name: "a variable that is not set",
      project: { terms: '{overlay, [{template, "x.txt", "x"}]}.', files: { "rel/x.txt": "a\n b {{missing}}\n" } },
      code: "variable_unset",
      exitCode: 2,
      message: "x.txt:2:4",
      data: { variable: "missing", line: 2, column: 4 },
    },
    {
      name: "a variables file that is not there",
      project: { terms: '{overlay, [{mkdir, "a"}]}. {overlay_vars, "none.config"}.' },
      code: "file_not_found",
      exitCode: 3,
      message: "none.config",
    },
    {
      name: "a root directory that is no Erlang/OTP",
      args: ["root_dir=."],
      code: "otp_not_found",
      exitCode: 2,
      message: "as Erlang/OTP",
    },
    {
      name: "a wrong SOURCE_DATE_EPOCH",
      args: ["env"],
      code: "source_date_invalid",
      exitCode: 2,
      message: 'SOURCE_DATE_EPOCH "soon"',
    },
  ];

  test.each(cases)("$name", async ({ project: options, args = [], code, exitCode, message, data = {} }) => {
    using project = knitProject(options);
    const before = project.list(".");
    const isEnv = args[0] === "env";
    const run = await project.build(
      [...(isEnv ? [] : args), "--json"],
      isEnv ? { env: { SOURCE_DATE_EPOCH: "soon" } } : {},
    );
    expect(run.exitCode).toBe(exitCode);
    expect(JSON.parse(run.stdout)).toMatchObject({ ok: false, error: { code, message: containing(message), data } });
    expect(withoutDirectories(project.list("."))).toEqual(withoutDirectories(before));
  });

  test("no configuration at all", async () => {
    using project = knitProject();
    const run: Run = await project.build([], { cwd: project.join("apps") });
    expect(run).toMatchObject({ stdout: "", exitCode: 2 });
    expect(run.stderr).toContain("there is neither reltool.config nor rel/reltool.config");
  });

  test("a place that cannot be written to", async () => {
    using project = knitProject({ files: { "rel/file": "" } });
    const run = await project.build(["target_dir=file/x"]);
    expect(run).toMatchObject({ stdout: "", exitCode: 3 });
    expect(run.stderr).toContain("a part of its path is no directory");
    mkdirSync(project.join("rel/releases/relex-1.tar.gz"), { recursive: true });
    expect((await project.build(["force=true"])).exitCode).toBe(3);
  });

  test("a module that an .app file names and that is not there, unless it is left out on purpose", async () => {
    using project = knitProject();
    const app = "apps/relex_app/ebin/relex_app.app";
    project.write(app, (project.read(app) ?? "").replace("{modules, []}", "{modules, [gone, lost]}"));
    const run = await project.build(["--json"]);
    expect(run.exitCode).toBe(2);
    expect(JSON.parse(run.stdout)).toMatchObject({
      error: { code: "modules_missing", message: containing("gone of relex_app, lost of relex_app") },
    });
    const excluded = "{mod, gone, [{incl_cond, exclude}]}, {mod, lost, [{incl_cond, exclude}]}";
    const config = project.read("rel/reltool.config") ?? "";
    project.write("rel/reltool.config", config.replace("{app, relex_app, [", `{app, relex_app, [${excluded}, `));
    expect((await project.build()).exitCode).toBe(0);
  });

  test("a BEAM file that is broken", async () => {
    using project = knitProject({ files: { "apps/relex_app/ebin/relex_app.beam": "FOR1garbage" } });
    const app = "apps/relex_app/ebin/relex_app.app";
    project.write(app, (project.read(app) ?? "").replace("{modules, []}", "{modules, [relex_app]}"));
    const run = await project.build(["--json"]);
    expect(run.exitCode).toBe(2);
    expect(JSON.parse(run.stdout)).toMatchObject({ error: { message: containing("relex_app.beam") } });
    expect(project.list("rel")).toEqual(["reltool.config"]);
  });
});

function withoutDirectories(names: readonly string[]): string[] {
  return names.filter((name) => !name.endsWith("/"));
}

function statSize(file: string): number {
  return readFileSync(file).length;
}
