import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { COOKIE, HOST, releaseHost } from "../support/release-host.ts";
import { otpInstallations } from "../support/otp.ts";
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
