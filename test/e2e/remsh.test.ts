import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { COOKIE, HOST, releaseHost } from "../support/release-host.ts";
import { otpInstallations, systemOtp } from "../support/otp.ts";
import { openTerminal } from "../support/terminal.ts";

describe.each(otpInstallations())("OTP $major", (otp) => {
  test("remsh opens a shell on the node, which goes on when the shell ends", async () => {
    await using host = await releaseHost(otp);
    host.define("relex", { user: "{kernel, [{inet_dist_use_interface, {127,0,0,2}}]}.\n" });
    await host.json("start", "relex");
    const terminal = openTerminal(["--root", host.root, "remsh", "relex"], host.env);
    await terminal.until(`(relex@${HOST})1>`);
    terminal.type("relex_server:count() + 41.\r");
    await terminal.until("\n42");
    await terminal.until(`(relex@${HOST})2>`);
    terminal.type("nodes(hidden).\r");
    await terminal.until("['enit-shell-");
    await terminal.until(`(relex@${HOST})3>`);
    terminal.type('os:getenv("HOME").\r');
    await terminal.until(`"${host.env["HOME"]}"`);

    const shell = shellsOf(host.root);
    expect(shell).toHaveLength(1);
    for (const { cmdline, environ } of shell) expect(cmdline + environ).not.toContain(COOKIE);

    // Ctrl-C, abort
    terminal.type("\u0003");
    await terminal.until("BREAK: (a)bort");
    terminal.type("a\r");
    await terminal.exited;
    expect(host.vm()).toBeDefined();
    expect(shellsOf(host.root)).toEqual([]);
    expect((await host.enit("call", "relex", "relex_server", "count")).stdout).toBe("2\n");
  });
});

test("remsh opens no shell on another node than that of the release, where it has no terminal or none that is known", async () => {
  await using host = await releaseHost();
  host.define("relex");
  await host.json("start", "relex");
  const without = await host.enitWith({ input: "node().\n" }, "remsh", "relex");
  const terminal = openTerminal(["--root", host.root, "remsh", "relex"], { ...host.env, TERM: "no-such-terminal" });
  if (systemOtp().major >= 26) {
    expect(without.stdout).toContain(`1> relex@${HOST}`);
    await terminal.until(`(relex@${HOST})1>`);
    return;
  }
  expect(without).toEqual({
    stdout: "",
    stderr:
      `enit: cannot open a shell on "relex@${HOST}": Erlang/OTP 25 needs a terminal for it\n` +
      "Give it one (ssh -t), or evaluate expressions without: enit eval.\n",
    exitCode: 1,
  });
  await terminal.until('Erlang/OTP 25 can do nothing with the terminal "no-such-terminal"');
  expect(await terminal.exited).toBe(1);
});

/** The VMs of remote shells that use the state directories of a root. */
function shellsOf(root: string): { cmdline: string; environ: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const read = (name: string): string => readFileSync(`/proc/${pid}/${name}`, "latin1");
        const shell = { cmdline: read("cmdline"), environ: read("environ") };
        return shell.cmdline.includes("enit-shell-") && shell.cmdline.includes(root) ? [shell] : [];
      } catch {
        return []; // It has ended since.
      }
    });
}
