import { expect, test } from "bun:test";
import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { startRelease } from "../../src/vm/index.ts";
import { otpInstallations } from "../support/otp.ts";
import { COOKIE, evaluate, procFile, statusField, testRelease } from "./support.ts";

const isRoot = process.geteuid?.() === 0;
const VARIANTS = [
  { what: "by its name", node: "", config: "" },
  { what: "on a single address", node: "", config: "{kernel, [{inet_dist_use_interface, {127,0,0,2}}]}." },
  ...(isRoot ? [{ what: "of another user", node: '{run_as_user, "daemon"}', config: "" }] : []),
];

for (const otp of otpInstallations()) {
  for (const { what, node, config } of VARIANTS) {
    // Another user cannot run an OTP that lies in root's home, as that of the cache does.
    if (node.includes("run_as_user") && !isOpenToAll(otp.root)) continue;
    test(`a remote shell reaches a node ${what} and shows no cookie, on OTP ${otp.major}`, async () => {
      await using release = await testRelease({ otp, node, config });
      const vm = await startRelease(await release.load());
      await using terminal = await openTerminal([
        process.execPath,
        join(import.meta.dir, "shell.ts"),
        release.stateDir,
      ]);
      await terminal.waitFor("1>");
      terminal.type('{node(), [atom_to_list(N) || N <- nodes(hidden)], "the" ++ "end"}.\r');
      const shown = await terminal.waitFor('"theend"');
      expect(shown).toContain(vm.node);
      expect(shown).toMatch(/"enit-shell-\d+-\w+@/);
      for (const file of ["cmdline", "environ"]) expect(procFile(terminal.pid, file)).not.toContain(COOKIE);
      const uid = (pid: number) => statusField(procFile(pid, "status"), "Uid");
      expect(uid(terminal.pid)).toBe(uid(vm.pid));

      terminal.type("\x07");
      await terminal.waitFor("-->");
      terminal.type("q\r");
      expect(await terminal.exited).toBe(0);
      expect(await evaluate(vm, "init:get_status()")).toBe("{started,started}");
    });
  }
}

function isOpenToAll(path: string): boolean {
  return (statSync(path).mode & 0o001) !== 0 && (path === "/" || isOpenToAll(dirname(path)));
}

/** A program on a terminal of its own, of which it is the controlling one. */
async function openTerminal(command: readonly string[]) {
  let shown = "";
  let changed = Promise.withResolvers<void>();
  const data = (_terminal: Bun.Terminal, bytes: Uint8Array): void => {
    shown += new TextDecoder().decode(bytes);
    changed.resolve();
    changed = Promise.withResolvers();
  };
  const terminal = new Bun.Terminal({ cols: 200, data });
  const program = Bun.spawn({ cmd: ["setsid", "--ctty", ...command], terminal });
  return {
    pid: program.pid,
    exited: program.exited,
    type: (text: string): void => void terminal.write(text),
    waitFor: async (text: string): Promise<string> => {
      while (!shown.includes(text)) {
        const exitCode = await Promise.race([changed.promise, program.exited]);
        if (exitCode !== undefined) throw new Error(`the shell ended with ${exitCode}: ${shown}`);
      }
      return shown;
    },
    [Symbol.asyncDispose]: async () => {
      program.kill("SIGKILL");
      await program.exited;
      terminal.close();
    },
  };
}
