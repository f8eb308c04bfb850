import { describe, expect, test } from "bun:test";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { type KnitProject, knitProject } from "../knit/project.ts";
import { readLines } from "../support/lines.ts";
import { type OtpInstallation, oracle, otpInstallations, systemOtp } from "../support/otp.ts";
import { ENIT } from "../support/run-enit.ts";
import { type TempDir, tempDir } from "../support/temp-dir.ts";

const EMBEDDED = '{profile, embedded}, {excl_sys_filters, ["^bin/.*src", "^erts.*/(man|doc|include)"]}';

/** What a module of the release does: it says that it was started. */
const MODULE = `-module(relex_app).
-export([start/2, stop/1, init/1]).
start(_, _) -> supervisor:start_link({local, relex_sup}, ?MODULE, []).
stop(_) -> ok.
init([]) -> {ok, {{one_for_one, 1, 1}, []}}.
`;

describe.each(otpInstallations().map((otp) => [otp.major, otp] as const))("a release of OTP %d", (_, otp) => {
  test("starts from the unpacked tarball on a machine without Erlang, and takes upgrades", async () => {
    using project = await startableProject(otp);
    expect(await project.build(["-q", `root_dir=${otp.root}`])).toEqual({ stdout: "", stderr: "", exitCode: 0 });
    using machine = unpack(project.join("rel/releases/relex-1.tar.gz"));
    await buildUpgrade(project, otp, machine.join("relex/releases/relex-2.tar.gz"));

    const print = `io:format("~0p~n", [{code:root_dir(), whereis(relex_sup) =/= undefined, application:get_env(relex_app, key),
      release_handler:unpack_release("relex-2"), [{N, V, S} || {N, V, _, S} <- release_handler:which_releases()]}]), halt().`;
    const erl = machine.join("relex/bin/erl");
    const booted = await run(
      [erl, "-noshell", "-config", machine.join("relex/releases/1/sys"), "-eval", print],
      machine,
    );
    expect(booted).toEqual({
      stdout:
        `{"${machine.join("relex")}",true,{ok,"configured by relex"},{ok,"2"},` +
        `[{"relex","2",unpacked},{"relex","1",permanent}]}\n`,
      stderr: "",
      exitCode: 0,
    });
  });

  test("starts by start_erl, and by scripts of its own where the emulator is not relocatable", async () => {
    using project = await startableProject(otp, "{relocatable, false}");
    expect((await project.build([`root_dir=${otp.root}`])).exitCode).toBe(0);
    using machine = unpack(project.join("rel/releases/relex-1.tar.gz"));
    const root = machine.join("relex");
    const evaluate = [
      "-noshell",
      "-eval",
      'io:format("~s ~p~n", [code:root_dir(), whereis(relex_sup) =/= undefined]), halt().',
    ];
    const erts = readdirSync(root).find((name) => name.startsWith("erts-")) ?? "";
    mkdirSync(machine.join("elsewhere"));
    symlinkSync("../relex/bin/erl", machine.join("elsewhere/relative-link"));
    symlinkSync(machine.join("elsewhere/relative-link"), machine.join("elsewhere/link-to-a-link"));
    for (const command of [
      [join(root, "bin/erl")],
      [join(root, erts, "bin/erl")],
      [machine.join("elsewhere/link-to-a-link")],
      [join(root, "bin/start_erl"), root, join(root, "releases"), join(root, "releases/start_erl.data")],
    ]) {
      expect(await run([...command, ...evaluate], machine)).toEqual({
        stdout: `${root} true\n`,
        stderr: "",
        exitCode: 0,
      });
    }
  });

  test("has the tree that reltool makes, besides what starts it and what release_handler wants", async () => {
    using project = await startableProject(otp);
    expect((await project.build([`root_dir=${otp.root}`, "overlay=!![]"])).exitCode).toBe(0);
    await using vm = await oracle(otp, { cwd: project.join("rel") });
    mkdirSync(project.join("theirs"));
    await vm.evaluate(`{ok, [Sys]} = file:consult("reltool.config.sys"),
      {ok, Server} = reltool:start_server([{config, Sys}]), {ok, Spec} = reltool:get_target_spec(Server),
      ok = reltool:eval_target_spec(Spec, code:root_dir(), "../theirs")`);
    const diff = Bun.spawnSync({ cmd: ["diff", "-rq", "theirs", "rel/relex"], cwd: project.path });
    const erts = readdirSync(project.join("rel/relex")).find((name) => name.startsWith("erts-")) ?? "";
    // A script names the directory of the installation somewhere; the program that stands for it does not.
    const scripts = ["bin/erl", "bin/start", `${erts}/bin/erl`, `${erts}/bin/start`].filter((name) =>
      readFileSync(project.join("theirs", name)).subarray(0, 2).equals(Buffer.from("#!")),
    );
    expect(diff.stdout.toString().trim().split("\n").sort()).toEqual([
      ...scripts.map((name) => `Files theirs/${name} and rel/relex/${name} differ`),
      "Only in rel/relex/releases/1: start.boot",
      "Only in rel/relex/releases/1: sys.config",
      "Only in rel/relex/releases: RELEASES",
      "Only in rel/relex: .knit_build",
    ]);
  });
});

describe("a build", () => {
  test("that is interrupted leaves everything as it was", async () => {
    using project = gatedProject();
    await finish(project, start(project, ["force=true"]));
    const before = project.list("rel");
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      const build = start(project, ["force=true"]);
      await build.reached("waiting for the gate");
      build.process.kill(signal);
      expect(await build.process.exited).toBe({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal]);
      expect(project.list("rel")).toEqual(before);
    }
  });

  test("that is killed is in nobody's way", async () => {
    using project = gatedProject();
    const build = start(project);
    await build.reached("waiting for the gate");
    build.process.kill("SIGKILL");
    await build.process.exited;
    await finish(project, start(project));
    expect(readdirSync(project.join("rel")).sort()).toEqual(["plugins", "releases", "relex", "reltool.config"]);
  });

  test("waits while another one works in its target directory, and can be interrupted then", async () => {
    using project = gatedProject();
    const first = start(project);
    await first.reached("waiting for the gate");
    const second = start(project, ["force=true"]);
    const third = start(project, ["force=true"]);
    await second.reached("waiting for another build");
    await third.reached("waiting for another build");
    third.process.kill("SIGINT");
    expect(await third.process.exited).toBe(130);
    await finish(project, first);
    await finish(project, second);
    expect(project.list("rel/releases")).toEqual(["relex-1.tar.gz"]);
  });

  test("names the native code that does not fit the emulator", async () => {
    using project = await startableProject(systemOtp());
    const foreign = Buffer.alloc(64);
    foreign.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
    foreign.writeUInt16LE(process.arch === "arm64" ? 62 : 183, 18);
    project.write("apps/relex_app/priv/nif.so", foreign);
    const build = await project.build(["--json"]);
    expect(build.exitCode).toBe(2);
    expect(JSON.parse(build.stdout)).toMatchObject({
      error: { code: "native_code_foreign", data: { files: [{ file: "lib/relex_app-1.0/priv/nif.so" }] } },
    });
    expect(project.list("rel")).toEqual(["reltool.config", "reltool.config.sys"]);
  });

  // Only root may mount, and not in every container.
  test.skipIf(!canMount())("says that the disk is full, and leaves nothing on it", async () => {
    using project = knitProject();
    mkdirSync(project.join("full"));
    const script = `mount -t tmpfs -o size=24k none full && "${ENIT}" knit-build target_dir=../full; code=$?; ls -A full; exit $code`;
    const full = Bun.spawnSync({ cmd: ["unshare", "-m", "sh", "-c", script], cwd: project.path });
    expect(full.stderr.toString()).toContain("no space is left on the device");
    expect({ stdout: full.stdout.toString(), exitCode: full.exitCode }).toEqual({ stdout: "", exitCode: 3 });
  });
});

/** A project whose application has a module, compiled by the OTP, and a configuration of its own. */
async function startableProject(otp: OtpInstallation, sys = ""): Promise<KnitProject> {
  const archives = otp.major < 27 ? ', {excl_archive_filters, [".*"]}' : "";
  const project = knitProject({
    sys: `${EMBEDDED}${archives}${sys === "" ? "" : `, ${sys}`}`,
    terms:
      '{overlay, [{create, "releases/{{rel_vsn}}/sys.config", "[{relex_app, [{key, \\"configured by relex\\"}]}].\\n"}]}.',
    files: {
      "apps/relex_app/ebin/relex_app.app":
        '{application, relex_app, [{description, ""}, {vsn, "1.0"}, {modules, [relex_app]}, {registered, [relex_sup]},' +
        " {applications, [kernel, stdlib, sasl]}, {mod, {relex_app, []}}]}.\n",
    },
  });
  const source = project.write("src/relex_app.erl", MODULE);
  const config = project.read("rel/reltool.config") ?? "";
  project.write("rel/reltool.config.sys", config.slice(config.indexOf("{sys,")));
  await using vm = await oracle(otp);
  await vm.evaluate(`{ok, _} = compile:file("${source}", [{outdir, "${project.join("apps/relex_app/ebin")}"}])`);
  return project;
}

/** Builds version 2 and puts its upgrade where release_handler looks for it. */
async function buildUpgrade(project: KnitProject, otp: OtpInstallation, file: string): Promise<void> {
  project.write(
    "rel/reltool.config",
    (project.read("rel/reltool.config") ?? "").replace('"relex", "1"', '"relex", "2"'),
  );
  expect((await project.build(["-q", `root_dir=${otp.root}`])).exitCode).toBe(0);
  copyFileSync(project.join("rel/upgrades/relex-2.tar.gz"), file);
}

function unpack(tarball: string): TempDir {
  const machine = tempDir();
  const tar = Bun.spawnSync({ cmd: ["tar", "-xzf", tarball, "-C", machine.path] });
  if (tar.exitCode !== 0) throw new Error(tar.stderr.toString());
  // All that there is on this machine: what a POSIX system has, and no Erlang.
  mkdirSync(machine.join("path"));
  for (const tool of ["sh", "dirname", "basename", "readlink", "awk", "sed", "mkdir"]) {
    const path = Bun.which(tool);
    if (path !== null) symlinkSync(path, machine.join("path", tool));
  }
  return machine;
}

test("an overlay operation that throws is a defect of its plugin, shown with the place of the instruction", async () => {
  const faulty = `export default { name: "faulty", api: 1,
    overlays: { faulty: { args: [], run: () => { throw new TypeError("no such door"); } } } };`;
  using project = knitProject({ terms: "{overlay, [{faulty}]}.", files: { "rel/plugins/faulty.js": faulty } });
  const { stdout, exitCode } = await project.build(["--json"]);
  expect(exitCode).toBe(10);
  const document: unknown = JSON.parse(stdout);
  expect(document).toMatchObject({ error: { code: "defect", data: { plugin: "faulty", overlay: "{faulty}" } } });
  expect(document).toHaveProperty(
    "error.message",
    expect.stringMatching(/config:\d+:\d+\): cannot run "faulty": no such/),
  );
});

async function run(
  cmd: readonly string[],
  machine: TempDir,
): Promise<{ stdout: string; stderr: string; exitCode: number }> {
  const child = Bun.spawn({
    cmd: [...cmd],
    env: { PATH: machine.join("path"), HOME: machine.path },
    cwd: "/",
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, exitCode] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { stdout, stderr, exitCode };
}

/** A plugin whose operation waits until the file `gate` is there, or until it is told to stop. */
const GATE = `import { definePlugin } from "enit/plugin";
import { existsSync, watch } from "node:fs";
export default definePlugin({
  name: "gate", api: 1,
  overlays: { gate: { args: [], run: (_, ctx) => new Promise((resolve, reject) => {
    const isOpen = () => existsSync(ctx.sourceDirectory + "/../gate");
    const watcher = watch(ctx.sourceDirectory + "/..", () => { if (isOpen()) { watcher.close(); resolve(); } });
    ctx.signal.addEventListener("abort", () => { watcher.close(); reject(ctx.signal.reason); });
    ctx.log.info("waiting for the gate");
    if (isOpen()) { watcher.close(); resolve(); }
  }) } },
});`;

function gatedProject(): KnitProject {
  return knitProject({ terms: "{overlay, [{gate}]}.", files: { "rel/plugins/gate.ts": GATE } });
}

interface StartedBuild {
  readonly process: Bun.Subprocess<"ignore", "ignore", "pipe">;
  /** Waits until it says something that holds this text. */
  readonly reached: (text: string) => Promise<void>;
}

function start(project: KnitProject, args: readonly string[] = []): StartedBuild {
  const process = Bun.spawn({
    cmd: [ENIT, "knit-build", ...args],
    cwd: project.path,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  const lines = readLines(process.stderr);
  return {
    process,
    reached: async (text) => {
      for (;;) {
        const { value, done } = await lines.next();
        if (done === true) throw new Error(`the build ended without "${text}"`);
        if (value.includes(text)) return;
      }
    },
  };
}

/** Opens the gate and waits for a build to succeed. */
async function finish(project: KnitProject, build: StartedBuild): Promise<void> {
  project.write("gate", "");
  expect(await build.process.exited).toBe(0);
  Bun.spawnSync({ cmd: ["rm", project.join("gate")] });
}

function canMount(): boolean {
  return Bun.spawnSync({ cmd: ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"] }).exitCode === 0;
}
