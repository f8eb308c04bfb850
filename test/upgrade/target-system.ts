import { chmodSync, cpSync, mkdirSync, readdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { buildAgent } from "../../build/agent.ts";
import { connectNode, type NodeConnection } from "../../src/dist/index.ts";
import type { UpgradeVm } from "../../src/upgrade/index.ts";
import { compiledModules } from "../support/compiled.ts";
import { readLines } from "../support/lines.ts";
import { type OtpInstallation, oracle, startEpmd } from "../support/otp.ts";
import { tempDir } from "../support/temp-dir.ts";

const FIXTURE = join(import.meta.dir, "..", "fixtures", "upgrade");
const SOURCES = ["counter", "counter_sup", "counter_workers", "counter_server", "counter_lib"];

/** A version of the release `relex`, which is a version of the application `counter`. Erlang text. */
export interface Version {
  /** Both versions. */
  readonly vsn: string;
  /** What is defined when it is compiled: `{d, 'CHANGE', throw}`. */
  readonly defines?: string;
  /** Instructions of its appup, up and down. */
  readonly up?: string;
  readonly down?: string;
  /** Default: `1`. */
  readonly from?: string;
  /** The term of its `sys.config`. */
  readonly config?: string;
  /** The environment in its `.app`. */
  readonly env?: string;
}

/** Appup instructions that change all processes and load what else differs. `to` is the version that they lead to. */
export function changeAll(to: string, more = "{load_module, counter_lib}"): string {
  return `[{update, counter_server, {advanced, "${to}"}}, ${more}]`;
}

/** A version with a whole appup, from 1 unless said otherwise. */
export function goodVersion(vsn: string, rest: Partial<Version> = {}): Version {
  return { vsn, up: changeAll(vsn), down: changeAll(rest.from ?? "1"), ...rest };
}

/** Releases made by systools: `base` is a root with version 1, the others are tarballs by version. */
export interface Builds extends Disposable {
  readonly otp: OtpInstallation;
  readonly base: string;
  readonly tarball: (vsn: string) => string;
}

/** Builds version 1 and later versions of the release. */
export async function buildVersions(otp: OtpInstallation, first: Version, later: readonly Version[]): Promise<Builds> {
  await buildAgent();
  using cleanup = new DisposableStack();
  const dir = cleanup.use(tempDir());
  await using erl = await oracle(otp, { cwd: dir.path });
  const sources = `[${SOURCES.map((name) => `"${join(FIXTURE, name)}.erl"`).join(", ")}]`;
  const tools = await compiledModules(otp, join(FIXTURE, "build.erl"));
  const root = (vsn: string): string => dir.join(`root-${vsn}`);
  await erl.evaluate(`{module, _} = code:load_abs("${tools}/build")`);
  await erl.evaluate(`ok = build:base("${root(first.vsn)}", ${sources}, "${otp.root}", ${mapOf(first)})`);
  for (const version of later) {
    const from = version.from ?? first.vsn;
    const make = `build:tarball("${root(version.vsn)}", ["${root(from)}"], ${sources}, ["${from}"], ${mapOf(version)})`;
    await erl.evaluate(make);
  }
  const all = cleanup.move();
  return {
    otp,
    base: root(first.vsn),
    tarball: (vsn) => join(root(vsn), `relex-${vsn}.tar.gz`),
    [Symbol.dispose]: () => all.dispose(),
  };
}

/** Packs version `vsn` of what was built as it runs, its emulator included, as the tarball of an upgrade. */
export function packWhole({ base }: Builds, vsn: string, file: string): void {
  const erts = readdirSync(base).find((name) => name.startsWith("erts-")) ?? "";
  cpSync(join(base, "releases", vsn, "relex.rel"), join(base, "releases", `relex-${vsn}.rel`));
  const members = ["lib", `${erts}/bin`, `releases/relex-${vsn}.rel`, `releases/${vsn}`];
  // What lies in OTP is a link there.
  const flags = ["--dereference", "--exclude=src", "--use-compress-program=gzip -1", "-cf", file, "-C", base];
  const { exitCode, stderr } = Bun.spawnSync(["tar", ...flags, ...members]);
  if (exitCode !== 0) throw new Error(stderr.toString());
}

function mapOf({ vsn, defines = "", up, down, from, config, env }: Version): string {
  const entries = [`vsn => "${vsn}"`, `defines => [${defines}]`];
  if (up !== undefined) entries.push(`appup => {${up}, ${down ?? up}}`);
  if (from !== undefined) entries.push(`from => "${from}"`);
  if (config !== undefined) entries.push(`config => ${config}`);
  if (env !== undefined) entries.push(`env => ${env}`);
  return `#{${entries.join(", ")}}`;
}

/** A VM that runs version 1 in a root of its own. */
export interface TargetSystem extends AsyncDisposable {
  readonly root: string;
  readonly vm: UpgradeVm;
  readonly connect: () => Promise<NodeConnection>;
  readonly kill: () => Promise<void>;
}

let started = 0;

/** Starts version 1 of what was built. */
export async function startSystem({ otp, base }: Builds, args: readonly string[] = []): Promise<TargetSystem> {
  await using cleanup = new AsyncDisposableStack();
  const dir = cleanup.use(tempDir());
  const epmd = cleanup.use(await startEpmd(otp));
  const root = dir.join("root");
  mkdirSync(root);
  cpSync(base, root, { recursive: true, verbatimSymlinks: true });
  const cookie = "cookie_of_target_system";
  chmodSync(dir.write("home/.erlang.cookie", cookie), 0o400);
  const node = `upgrade_${process.pid}_${++started}@${hostname().split(".")[0]}`;
  const erts = readdirSync(root).find((name) => name.startsWith("erts-")) ?? "";
  const bin = join(root, erts, "bin");
  const vm = Bun.spawn({
    cmd: [
      join(bin, "erlexec"),
      ..."-noinput -mode embedded -start_epmd false".split(" "),
      ...args,
      "-sname",
      node,
      "-boot",
      join(root, "releases", "1", "start"),
      "-config",
      join(root, "releases", "1", "sys"),
      "-eval",
      'io:put_chars("booted\\n")',
    ],
    env: {
      PATH: process.env["PATH"],
      HOME: dir.join("home"),
      ERL_EPMD_PORT: String(epmd.port),
      ERL_CRASH_DUMP_SECONDS: "0",
      ROOTDIR: root,
      BINDIR: bin,
      EMU: "beam",
      PROGNAME: "erl",
    },
    cwd: dir.path,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
  });
  cleanup.defer(async () => {
    vm.kill("SIGKILL");
    await vm.exited;
  });
  const booted = Promise.withResolvers<void>();
  void (async () => {
    for await (const line of readLines(vm.stdout)) if (line === "booted") booted.resolve();
    booted.reject(new Error("the VM ended"));
  })();
  await booted.promise;
  const all = cleanup.move();
  const connect = (): Promise<NodeConnection> => connectNode({ node, cookie, epmdPort: epmd.port });
  return {
    root,
    connect,
    kill: async () => {
      vm.kill("SIGKILL");
      await vm.exited;
    },
    vm: {
      release: "relex",
      node,
      pid: vm.pid,
      connect: (limits) => connectNode({ node, cookie, epmdPort: epmd.port, ...limits }),
      isAlive: () => vm.exitCode === null && vm.signalCode === null,
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
