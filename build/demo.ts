/**
 * Shows enit at work on real releases: define, start, inspect, reconfigure, update, stop; build, upgrade, go back. Each command
 * is shown as it is typed, with what it really prints. Everything lies in a temporary directory, and what is started ends with the demo.
 */
import { delimiter, join } from "node:path";
import { startEpmd, systemOtp } from "../test/support/otp.ts";
import { tempDir } from "../test/support/temp-dir.ts";
import { DEMO_FILES } from "./demo-files.ts";

const began = performance.now();
await using cleanup = new AsyncDisposableStack();
const dir = cleanup.use(tempDir("enit-demo-"));
const epmd = cleanup.use(await startEpmd(systemOtp()));
const settings = {
  // The same as --root in every command: all that is under / otherwise is under this directory.
  ENIT_ROOT: dir.path,
  // An epmd of the demo's own, so that nothing of it is left on the machine.
  ERL_EPMD_PORT: String(epmd.port),
};
const PATH = [join(import.meta.dir, "..", "dist"), process.env["PATH"]].join(delimiter);
const env = { ...process.env, ...settings, PATH, NO_COLOR: "1" };

for (const [name, content] of Object.entries(DEMO_FILES)) dir.write(name, content);

console.log(`$ cd ${dir.path}`);
for (const [name, value] of Object.entries(settings)) console.log(`$ export ${name}=${value}`);

say("A release is a list of applications, as they are installed, and some configuration.");
await type("cat var/lib/enit/relex/release.enit");
await type("cat var/lib/enit/relex/defaults.config etc/enit/relex/user.config");

say("One of the applications is ours.");
await type("erlc -o opt/apps/greeter-1.0.0/ebin opt/apps/greeter-1.0.0/src/*.erl");
await type("cat etc/enit/enit.toml");
await type("enit list");

say("Start it: a real Erlang VM, which runs all of them when the command returns.");
endWithDemo("relex");
await type("enit start relex");
await type("enit status relex");
await type(`enit call relex greeter greet '["world"]'`);
await type("enit eval relex 'lists:keyfind(greeter, 1, application:which_applications())'");

say("Change the configuration, and tell the running applications. Their state stays: the greetings go on counting.");
await type("enit config relex --explain");
await type(`sed -i 's/{punctuation, "?"}/{greeting, "Servus"}/' etc/enit/relex/user.config`);
await type("enit reconfigure relex --dry-run");
await type("enit reconfigure relex");
await type(`enit call relex greeter greet '["world"]'`);
await type("enit status relex --json");

say(
  "A new version of the application is installed. The running release takes it up; the server goes on with its state.",
);
await type("erlc -o packages/greeter-1.1.0/ebin packages/greeter-1.1.0/src/*.erl");
await type("mv packages/greeter-1.1.0 opt/apps");
await type("enit update relex --dry-run");
await type("enit update relex");
await type(`enit call relex greeter greet '["world"]'`);
await type("enit call relex greeter count");
await type("enit releases relex");
await type("enit rollback relex");

say("Stop it. The command returns when the VM is gone.");
await type("enit stop relex");
await type("enit list");

say("Build a release that brings its applications and Erlang along, as reltool would, and run it from its directory.");
await type("cat rel/reltool.config");
await type("knit");
await type("tar -xzf rel/releases/shop-1.tar.gz -C opt");
await type("mkdir var/lib/enit/shop");
await type(`echo '{node, [{root, "'$PWD'/opt/shop"}, {cookie, "monster"}]}.' > var/lib/enit/shop/shop.config`);
endWithDemo("shop");
await type("enit start shop");
await type(`enit call shop greeter greet '["world"]'`);

say("Build the next version. The upgrade from the one before, and back, is made from the code.");
await type(`sed -i 's/"1"/"2"/; s/1.0.0/1.1.0/' rel/reltool.config`);
await type("knit");
await type("enit upgrade shop rel/upgrades/shop-2.tar.gz --dry-run");
await type("enit upgrade shop rel/upgrades/shop-2.tar.gz");
await type("enit call shop greeter count");
await type("enit rollback shop");
await type("enit releases shop");
await type("enit stop shop");
say(`That took ${((performance.now() - began) / 1000).toFixed(1)} s.`);

/** When a later command fails, the VM must not outlive the demo; after `enit stop` there is nothing left to end. */
function endWithDemo(release: string): void {
  cleanup.defer(async () => {
    await Bun.spawn({ ...inDemo(`enit stop ${release} --force`), stdout: "ignore", stderr: "ignore" }).exited;
  });
}

function say(text: string): void {
  console.log(`\n# ${text}`);
}

/** Runs a command line in a shell, as a person would, and shows it. */
async function type(line: string): Promise<void> {
  console.log(`\n$ ${line}`);
  const exitCode = await Bun.spawn({ ...inDemo(line), stdout: "inherit", stderr: "inherit" }).exited;
  if (exitCode !== 0) throw new Error(`the demo stops here: the command ended with exit code ${exitCode}`);
}

function inDemo(line: string): { cmd: string[]; cwd: string; env: typeof env; stdin: "ignore" } {
  return { cmd: ["sh", "-c", line], cwd: dir.path, env, stdin: "ignore" };
}
