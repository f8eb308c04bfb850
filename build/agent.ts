/**
 * Compiles the Erlang application `enit` (src/agent) into `dist/agent`, from where it goes into the binary.
 *
 * Code of an older OTP runs on newer ones, not the other way: so the compiler should be that of the oldest OTP that
 * enit supports. It is that of the `erl` on PATH, or of the installation that `ENIT_AGENT_OTP` names. With a newer one
 * the binary runs releases on that OTP and later ones alone, and says so.
 */
import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import manifest from "../package.json";
import { findOtp, type OtpInstallation } from "../src/otp/index.ts";

const ROOT = join(import.meta.dir, "..");
const SOURCES = join(ROOT, "src", "agent");
const TARGET = join(ROOT, "dist", "agent");
const OLDEST_OTP = 25;

/** Makes `dist/agent` if a source is newer than it, and gives the paths of the files in it. The same sources give the same bytes. */
export async function buildAgent(): Promise<string[]> {
  if (!(await isUpToDate())) await compileAgent();
  return (await readdir(TARGET)).sort().map((name) => join(TARGET, name));
}

async function compileAgent(): Promise<void> {
  const otp = compilerOtp();
  await mkdir(join(ROOT, "dist"), { recursive: true });
  const unfinished = await mkdtemp(`${TARGET}-`);
  try {
    const sources = (await readdir(SOURCES)).filter((name) => name.endsWith(".erl")).sort();
    await compile(otp, sources, unfinished);
    const modules = sources.map((name) => basename(name, ".erl"));
    await Bun.write(join(unfinished, "enit.app"), await applicationFile(modules, otp));
    await rm(TARGET, { recursive: true, force: true });
    await rename(unfinished, TARGET).catch((error: unknown) => {
      // Another build was as fast; what it made is the same.
      if (!(error instanceof Error && "code" in error && error.code === "ENOTEMPTY")) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function compile(otp: OtpInstallation, sources: readonly string[], directory: string): Promise<void> {
  const erlc = Bun.spawn({
    cmd: [join(otp.root, "bin", "erlc"), "-Werror", "+deterministic", "+no_debug_info", "-o", directory, ...sources],
    cwd: SOURCES,
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, exitCode] = await Promise.all([erlc.stdout.text(), erlc.stderr.text(), erlc.exited]);
  if (exitCode !== 0) throw new Error(`erlc of OTP ${otp.release} cannot compile src/agent:\n${stdout}${stderr}`);
}

function compilerOtp(): OtpInstallation {
  const root = process.env["ENIT_AGENT_OTP"];
  const otp = findOtp(root === undefined ? {} : { root });
  if (otp.release > OLDEST_OTP) {
    console.warn(`The Erlang part is compiled by OTP ${otp.release}: this binary does not run releases on older ones.`);
  }
  return otp;
}

/** `enit.app.src` with the version of enit, the modules that there are, and the OTP that they need. */
async function applicationFile(modules: readonly string[], otp: OtpInstallation): Promise<string> {
  const source = await Bun.file(join(SOURCES, "enit.app.src")).text();
  const own = [
    `{vsn, "${manifest.version}"}`,
    `{modules, [${modules.join(", ")}]}`,
    `{env, [{otp_release, ${otp.release}}]}`,
  ];
  return source.replace(/^%%.*\n/gm, "").replace(/^ \[/m, ` [${own.map((each) => `${each},\n  `).join("")}`);
}

async function isUpToDate(): Promise<boolean> {
  const built = Bun.file(join(TARGET, "enit.app"));
  if (!(await built.exists())) return false;
  const made = (await stat(join(TARGET, "enit.app"))).mtimeMs;
  const inputs = [SOURCES, import.meta.path, join(ROOT, "package.json")];
  const sources = (await readdir(SOURCES)).map((name) => join(SOURCES, name));
  const times = await Promise.all([...inputs, ...sources].map(async (path) => (await stat(path)).mtimeMs));
  return times.every((time) => time <= made);
}
