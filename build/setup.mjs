/**
 * Brings a bare checkout to where everything runs: npm's packages, Bun, Erlang/OTP, and with `--tests` the other OTP
 * releases that the tests run against. Plain Node.js, as Bun is one of the things that it sets up. Safe to run again:
 * what is there is left alone, in well under a second.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, lstatSync, readFileSync, readdirSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

const ROOT = dirname(import.meta.dirname);
const OLDEST_OTP = 25;
/** The OTP releases of the test matrix, beside the system's. */
const MATRIX = [27, 29];
/** What Debian's OTP must bring for the build and the demo: the emulator, the compiler, and what the demo runs. */
const DEBIAN_OTP = "erlang-base erlang-crypto erlang-runtime-tools";
/** What the tests and the benchmarks use besides; reltool brings half a desktop with it. */
const DEBIAN_OTP_FOR_TESTS =
  "erlang-asn1 erlang-dev erlang-eunit erlang-ftp erlang-inets erlang-mnesia erlang-os-mon erlang-parsetools " +
  "erlang-public-key erlang-reltool erlang-snmp erlang-ssh erlang-ssl erlang-syntax-tools erlang-tftp erlang-tools " +
  "erlang-xmerl";
/** The applications by which an OTP, of whatever origin, is known to be whole enough. */
const NEEDED = ["compiler", "crypto", "runtime_tools", "sasl"];
const NEEDED_FOR_TESTS = ["eunit", "inets", "mnesia", "os_mon", "reltool", "ssl", "tools", "xmerl"];

const forTests = process.argv.includes("--tests");

class SetupError extends Error {}

try {
  setUpPackages();
  setUpBun();
  setUpOtp();
  if (forTests) await setUpMatrix();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`set-up: ${error.message}`);
  process.exitCode = 1;
}

function setUpPackages() {
  if (packagesAreThere()) return;
  const modules = join(ROOT, "node_modules");
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new SetupError("node_modules is a link and does not fit package-lock.json: run npm ci where it leads");
  }
  run("packages from npm", "npm", ["ci", "--no-audit", "--no-fund"]);
}

/** Compares what npm says that it installed with the lock file. */
function packagesAreThere() {
  const installed = join(ROOT, "node_modules", ".package-lock.json");
  if (!existsSync(installed)) return false;
  const have = readJson(installed).packages;
  return Object.entries(readJson(join(ROOT, "package-lock.json")).packages).every(
    ([path, wanted]) =>
      path === "" || have[path]?.version === wanted.version || (wanted.optional === true && have[path] === undefined),
  );
}

/** npm may be set to run no install scripts; Bun's moves its binary to its place. */
function setUpBun() {
  const bun = join(ROOT, "node_modules", ".bin", "bun");
  const wanted = readJson(join(ROOT, "package.json")).devDependencies.bun;
  const works = () => spawnSync(bun, ["--version"], { encoding: "utf8" }).stdout?.trim() === wanted;
  if (works()) return;
  run("Bun's binary", process.execPath, [join(ROOT, "node_modules", "bun", "install.js")]);
  if (!works()) throw new SetupError(`node_modules/.bin/bun does not run as Bun ${wanted} on this machine`);
}

function setUpOtp() {
  const packages = forTests ? `${DEBIAN_OTP} ${DEBIAN_OTP_FOR_TESTS}` : DEBIAN_OTP;
  const problem = otpProblem();
  if (problem === undefined) return;
  if (!canInstallFromDebian()) {
    throw new SetupError(
      `${problem}. Install Erlang/OTP ${OLDEST_OTP} or later and put erl on PATH; on Debian, as root:\n` +
        `    apt-get install ${packages}`,
    );
  }
  console.log(`set-up: ${problem}`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  run("apt's lists", "apt-get", ["-q", "update"], env);
  run(
    "Erlang/OTP from apt",
    "apt-get",
    ["-q", "-y", "--no-install-recommends", "install", ...packages.split(" ")],
    env,
  );
  const left = otpProblem();
  if (left !== undefined) throw new SetupError(`${left}, although apt has installed what it has`);
}

/** What is wrong with the `erl` on PATH; nothing if it will do. */
function otpProblem() {
  const erl = (process.env["PATH"] ?? "")
    .split(":")
    .map((directory) => join(directory, "erl"))
    .find(existsSync);
  if (erl === undefined) return "there is no erl on PATH";
  const root = otpRoot(erl);
  const majors = readdirSync(join(root, "releases"))
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const major = Math.max(...majors);
  if (major < OLDEST_OTP) return `${erl} is of OTP ${major}, which is too old`;
  const applications = new Set(readdirSync(join(root, "lib")).map((name) => name.split("-")[0]));
  const needed = forTests ? [...NEEDED, ...NEEDED_FOR_TESTS] : NEEDED;
  const missing = needed.filter((name) => !applications.has(name));
  return missing.length === 0 ? undefined : `the OTP of ${erl} lacks ${missing.join(", ")}`;
}

function otpRoot(erl) {
  const root = dirname(dirname(realpathSync(erl)));
  if (existsSync(join(root, "releases"))) return root;
  // A wrapper script of a version manager: only it knows.
  const args = ["-noshell", "-boot", "start_clean", "-eval", "io:put_chars(code:root_dir()), halt()."];
  return spawnSync(erl, args, { encoding: "utf8" }).stdout.trim();
}

/** Sets up the OTP releases of the matrix that are not there yet, all at once. */
async function setUpMatrix() {
  const directory = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "enit");
  const missing = MATRIX.filter((major) => !isAtHand(major, directory));
  if (missing.length === 0) return;
  if (!canInstallFromDebian()) {
    const message = `OTP ${missing.join(" and ")} can be set up on Debian and as root only`;
    if (process.env["CI"] === "true") throw new SetupError(message);
    console.log(`set-up: ${message}: the tests run WITHOUT them (ENIT_TEST_OTP=DIR:DIR names such installations)`);
    return;
  }
  const script = join(import.meta.dirname, "install-otp.sh");
  const codes = await Promise.all(
    missing.map(
      (major) =>
        new Promise((resolve, reject) => {
          const install = spawn(script, [String(major), join(directory, `otp-${major}`)], { stdio: "inherit" });
          install.once("error", reject).once("exit", resolve);
        }),
    ),
  );
  if (codes.some((code) => code !== 0)) throw new SetupError("the OTP releases of the test matrix are not complete");
}

function isAtHand(major, directory) {
  const named = (process.env["ENIT_TEST_OTP"] ?? "").split(":").filter((root) => root !== "");
  return [...named, join(directory, `otp-${major}`)].some((root) => existsSync(join(root, "releases", String(major))));
}

function canInstallFromDebian() {
  return process.getuid?.() === 0 && existsSync("/etc/debian_version");
}

function run(what, command, args, env = {}) {
  console.log(`set-up: ${what}`);
  const { status, error } = spawnSync(command, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (error !== undefined) throw new SetupError(`cannot run ${command}: ${error.message}`);
  if (status !== 0) throw new SetupError(`${command} failed: ${what}`);
}

function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}
