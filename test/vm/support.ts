import { chmodSync, closeSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { buildAgent } from "../../build/agent.ts";
import { connectNode } from "../../src/dist/index.ts";
import { systemCode } from "../../src/error/index.ts";
import { loadRelease, loadSettings, type Release } from "../../src/release/index.ts";
import { libc } from "../../src/system/index.ts";
import { binary, isTagged, printTerm, textValue } from "../../src/term/index.ts";
import {
  findRunningVm,
  type LaunchPlan,
  type RunningVm,
  type StartEvent,
  startRelease,
  statePaths,
} from "../../src/vm/index.ts";
import { ProgressWatch } from "../../src/vm/progress.ts";
import { compiledModules } from "../support/compiled.ts";
import { failure } from "../support/failure.ts";
import { type OtpInstallation, otpInstallations, startEpmd, systemOtp } from "../support/otp.ts";
import { tempDir } from "../support/temp-dir.ts";

/** The directories of a release of a test, with an epmd of its own. At the end its VM is killed. */
export interface TestRelease extends AsyncDisposable {
  readonly root: string;
  readonly otp: OtpInstallation;
  readonly epmdPort: number;
  readonly stateDir: string;
  /** Loads the release as it is written by now. */
  readonly load: () => Promise<Release>;
  /** Writes the configuration of the host anew, besides what every test needs. */
  readonly configure: (config: string, node?: string) => void;
  /** What the probe applications noted, each note on a line. */
  readonly notes: () => string[];
}

export interface TestReleaseOptions {
  readonly otp: OtpInstallation;
  /** Erlang text of the list of applications. Default: `[sasl, probe]`. */
  readonly applications?: string;
  /** Erlang text of further sections. */
  readonly config?: string;
  /** Erlang text of further keys of the section `node`. */
  readonly node?: string;
}

/** Makes the release `relex` 1.0. Besides OTP there are `probe` and `helper`, which uses it and includes `included`. */
export async function testRelease(options: TestReleaseOptions): Promise<TestRelease> {
  await buildAgent();
  await using cleanup = new AsyncDisposableStack();
  const dir = cleanup.use(tempDir());
  const epmd = cleanup.use(await startEpmd(options.otp));
  // So that another user gets at what is below it.
  chmodSync(dir.path, 0o755);
  await writeApplications(dir.join("lib"));
  const notes = dir.write("notes", "");
  chmodSync(notes, 0o666);
  const applications = options.applications ?? "[sasl, probe]";
  dir.write("var/lib/enit/relex/release.enit", `{release, relex, [{vsn, "1.0"}, {applications, ${applications}}]}.\n`);
  const name = `relex_${process.pid}_${epmd.port}`;
  const configure = (config: string, node = ""): void => {
    dir.write(
      "etc/enit/relex/user.config",
      `{node, [{cookie, "${COOKIE}"}, {nodename, "${name}"}, {lib_dirs, ["${dir.join("lib")}"]},
               {env, [{"PROBE_NOTES", "${notes}"}, {"PROBE", "set"}]}, {stop_timeout, 20000} ${comma(node)}]}.\n${config}`,
    );
  };
  configure(options.config ?? "", options.node);
  const stateDir = dir.join("run", "enit", "relex");
  cleanup.defer(() => {
    const vm = findRunningVm(stateDir);
    if (vm !== undefined) process.kill(vm.pid, "SIGKILL");
  });
  const all = cleanup.move();
  return {
    root: dir.path,
    otp: options.otp,
    epmdPort: epmd.port,
    stateDir,
    load: async () => loadRelease("relex", await testSettings(dir.path, options.otp, epmd.port)),
    configure,
    notes: () => readFileSync(notes, "utf8").trimEnd().split("\n"),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** Stands in no other file and in no argument. */
export const COOKIE = "cookie_that_nobody_may_see";

/** Evaluates Erlang expressions in the VM of a release, and gives the value as `~0tp` prints it. */
export async function evaluate(vm: RunningVm, expressions: string): Promise<string> {
  const { node, epmdPort, listenAddress: address } = vm;
  await using connection = await connectNode({ node, cookie: COOKIE, epmdPort, address });
  const text = `unicode:characters_to_binary(io_lib:format("~0tp", [begin ${expressions} end]))`;
  const result = await connection.call("enit_eval", "expressions", [binary(text)]);
  if (!isTagged(result, "ok", 2)) throw new Error(printTerm(result, { format: "tp" }));
  return textValue(result.elements[1]) ?? "";
}

/**
 * Has the launcher of a release become a shell with a script in place of the VM, and gives what it wrote: for what a
 * new process has of its own, before a VM makes its own things.
 */
export async function launchScript(release: Release, script: string): Promise<string> {
  const changePlan = (plan: LaunchPlan): LaunchPlan => ({ ...plan, executable: "/bin/sh", argv: ["-c", script] });
  const { log } = statePaths(release.stateDir);
  const before = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  const error = await failure(startRelease(release, { changePlan }));
  if (error.code !== "vm_ended") throw error;
  return readFileSync(log).toString("utf8", before);
}

/** Settles when the progress of a start has come to a kind of event for the n-th time. */
export async function untilEvent(stateDir: string, kind: StartEvent["kind"], times = 1): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let left = times;
  using cleanup = new DisposableStack();
  cleanup.use(
    await ProgressWatch.open(stateDir, (event) => {
      if (event.kind === kind && --left === 0) resolve();
    }),
  );
  await promise;
}

/** The settings under a root, apart from those of this machine. */
function testSettings(root: string, otp: OtpInstallation, epmdPort: number) {
  return loadSettings({
    flags: { root, settings: "/dev/null", otpRoot: otp.root },
    env: { ERL_EPMD_PORT: String(epmdPort) },
  });
}

/** Settles when a file has this content. */
export async function untilContent(file: string, content: string): Promise<void> {
  const descriptor = (await libc()).watchWrites(file);
  const notices = Bun.file(descriptor).stream().getReader();
  while (readFileSync(file, "utf8") !== content) await notices.read();
  await notices.cancel();
  closeSync(descriptor);
}

export type Starter = Bun.Subprocess<"ignore", "pipe", "pipe"> & AsyncDisposable;

/** Starts the release in a process of its own, see `starter.ts`. */
export function spawnStarter(release: TestRelease, mode: "foreground" | "background", syslog = ""): Starter {
  return Bun.spawn({ cmd: starterCommand(release, mode, syslog), stdin: "ignore", stdout: "pipe", stderr: "pipe" });
}

export function starterCommand(release: TestRelease, mode: "foreground" | "background", syslog = ""): string[] {
  const { root, otp, epmdPort } = release;
  return [process.execPath, join(import.meta.dir, "starter.ts"), mode, root, otp.root, String(epmdPort), syslog];
}

/** A field of `/proc/PID/status`. */
export function statusField(text: string, field: string): string | undefined {
  return new RegExp(`^${field}:\\s*(.*?)\\s*$`, "m").exec(text)?.[1];
}

/** What the kernel says of a process; nothing if it has ended. */
export function procFile(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes(systemCode(error) ?? "")) return "";
    throw error;
  }
}

function comma(text: string): string {
  return text === "" ? "" : `, ${text}`;
}

const APPLICATIONS = ["probe", "helper", "included"];

/** `helper` needs `probe` and includes `included`. */
async function writeApplications(lib: string): Promise<void> {
  const beam = await probeBeam();
  for (const name of APPLICATIONS) {
    const ebin = join(lib, `${name}-1.0`, "ebin");
    const isHelper = name === "helper";
    const app = `{application, ${name}, [{description, "a test"}, {vsn, "1.0"}, {registered, []},
      {modules, [${name === "probe" ? "probe" : ""}]},
      {applications, [kernel, stdlib${isHelper ? ", probe" : ""}]},
      {included_applications, [${isHelper ? "included" : ""}]},
      {env, [{setting, default}]}, {mod, {probe, ${name}}}]}.\n`;
    await Bun.write(join(ebin, `${name}.app`), app);
    if (name === "probe") await Bun.write(join(ebin, "probe.beam"), beam);
  }
}

async function probeBeam(): Promise<Uint8Array> {
  const [oldest = systemOtp()] = otpInstallations();
  const directory = await compiledModules(oldest, join(import.meta.dir, "..", "fixtures", "vm", "probe.erl"));
  return Bun.file(join(directory, "probe.beam")).bytes();
}
