import { chmodSync, cpSync, existsSync, readdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { findRunningVm, type RunningVm } from "../../src/vm/index.ts";
import { compiledModules } from "./compiled.ts";
import { type OtpInstallation, otpInstallations, startEpmd, systemOtp } from "./otp.ts";
import { ENIT, type Run, runEnit, type RunOptions } from "./run-enit.ts";
import { tempDir } from "./temp-dir.ts";
import { startWitness, type Witness } from "./witness.ts";

/** The cookie of every release, in no argument and no variable of any test. */
export const COOKIE = "cookie_that_nobody_may_see";

/** The short name of this machine, as nodes have it after the `@`. */
export const HOST = hostname().split(".")[0] ?? "";

/** A host of one's own for the compiled binary: directories, an epmd, applications. At its end the VMs are killed. */
export interface ReleaseHost extends AsyncDisposable {
  /** What `--root` names. */
  readonly root: string;
  readonly epmdPort: number;
  readonly witness: Witness;
  /** What every process is started with. */
  readonly env: Readonly<Record<string, string>>;
  readonly join: (...names: string[]) => string;
  readonly write: (name: string, content: string) => string;
  /** Defines a release: by default relex 1.0 with `sasl` and `relex_application`, and a cookie. */
  readonly define: (name: string, files?: ReleaseFiles) => void;
  /** Runs `enit --root ROOT ARGS`. */
  readonly enit: (...args: string[]) => Promise<Run>;
  readonly enitWith: (options: RunOptions, ...args: string[]) => Promise<Run>;
  /** Runs `enit ARGS --json`, which must succeed, and gives its data. */
  readonly json: (...args: string[]) => Promise<unknown>;
  /** Starts `enit --root ROOT ARGS` and does not wait for it. At the latest it is killed with the host. */
  readonly spawn: (...args: string[]) => EnitProcess;
  readonly stateDir: (name?: string) => string;
  /** The VM of a release, if it runs. */
  readonly vm: (name?: string) => RunningVm | undefined;
}

export type EnitProcess = Bun.Subprocess<"pipe", "pipe", "pipe">;

/** Each left out has a default; Erlang text. */
export interface ReleaseFiles {
  /** The list of applications. */
  readonly applications?: string;
  /** The whole `release.enit`. */
  readonly definition?: string;
  /** `defaults.config` in the definition directory. */
  readonly defaults?: string;
  /** `user.config` in the host directory, after the section with the cookie. */
  readonly user?: string;
}

/** Makes a host on which the release `relex` runs. */
export async function runningReleaseHost(): Promise<ReleaseHost> {
  await using cleanup = new AsyncDisposableStack();
  const host = cleanup.use(await releaseHost());
  host.define("relex");
  await host.json("start", "relex");
  cleanup.move();
  return host;
}

/** Makes a host. Its settings name `otp` only where that is not the system's. */
export async function releaseHost(otp: OtpInstallation = systemOtp()): Promise<ReleaseHost> {
  await using cleanup = new AsyncDisposableStack();
  const dir = cleanup.use(tempDir());
  const epmd = cleanup.use(await startEpmd(otp));
  const witness = cleanup.use(startWitness(dir.join("witness")));
  cpSync(await relexApplications(), dir.join("lib"), { recursive: true });
  // So that other users get at what is below.
  for (const open of [dir.path, dir.join("lib")]) chmodSync(open, 0o755);
  const otpRoot = otp.root === systemOtp().root ? "" : `otp_root = "${otp.root}"\n`;
  dir.write("etc/enit/enit.toml", `lib_dirs = ["../../lib"]\n${otpRoot}`);
  dir.write("home/.keep", "");
  const env = { HOME: dir.join("home"), ERL_EPMD_PORT: String(epmd.port), RELEX_WITNESS: witness.path };
  const root = ["--root", dir.path];
  const stateDir = (name = "relex"): string => dir.join("run", "enit", name);

  cleanup.defer(() => {
    const states = dir.join("run", "enit");
    for (const name of existsSync(states) ? readdirSync(states) : []) {
      const vm = findRunningVm(join(states, name));
      if (vm !== undefined) process.kill(vm.pid, "SIGKILL");
    }
  });
  const started = cleanup.adopt([] as EnitProcess[], (processes) => {
    for (const each of processes) each.kill("SIGKILL");
  });
  const all = cleanup.move();
  return {
    root: dir.path,
    epmdPort: epmd.port,
    witness,
    env,
    join: dir.join,
    write: dir.write,
    define: (name, files = {}) => {
      const { applications = "[sasl, relex_application]", defaults = "", user = "" } = files;
      const definition = files.definition ?? `{release, ${name}, [{vsn, "1.0"}, {applications, ${applications}}]}.\n`;
      dir.write(`var/lib/enit/${name}/release.enit`, definition);
      dir.write(`var/lib/enit/${name}/defaults.config`, defaults);
      dir.write(`etc/enit/${name}/user.config`, `{node, [{cookie, "${COOKIE}"}]}.\n${user}`);
    },
    enit: (...args) => runEnit([...root, ...args], { env, cwd: dir.path }),
    enitWith: ({ env: more, ...options }, ...args) =>
      runEnit([...root, ...args], { cwd: dir.path, ...options, env: { ...env, ...more } }),
    json: async (...args) => {
      const { stdout, stderr, exitCode } = await runEnit([...root, ...args, "--json"], { env, cwd: dir.path });
      if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${stdout}${stderr}`);
      return (JSON.parse(stdout) as { data: unknown }).data;
    },
    spawn: (...args) => {
      const child = Bun.spawn({
        cmd: [ENIT, ...root, ...args],
        env: { PATH: process.env["PATH"], ...env },
        cwd: dir.path,
        stdin: "pipe",
        stdout: "pipe",
        stderr: "pipe",
      });
      started.push(child);
      return child;
    },
    stateDir,
    vm: (name) => findRunningVm(stateDir(name)),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

let compiled: Promise<string> | undefined;

/** The directory with the applications of `test/fixtures/relex`, compiled once, by the oldest OTP so that all run it. */
function relexApplications(): Promise<string> {
  compiled ??= compileApplications();
  return compiled;
}

async function compileApplications(): Promise<string> {
  const fixture = join(import.meta.dir, "..", "fixtures", "relex");
  const dir = tempDir();
  process.on("exit", () => dir[Symbol.dispose]());
  cpSync(join(fixture, "lib"), dir.path, { recursive: true });
  const sources = readdirSync(join(fixture, "src")).map((name) => join(fixture, "src", name));
  const [oldest = systemOtp()] = otpInstallations();
  cpSync(await compiledModules(oldest, ...sources), dir.join("relex_application-1.0.1", "ebin"), { recursive: true });
  return dir.path;
}
