import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { definePackaged, packRelease, SHIPPED_COOKIE } from "../support/packaged.ts";
import { HOST, type ReleaseHost, releaseHost } from "../support/release-host.ts";
import { canMount, inMountNamespace } from "../support/namespace.ts";
import { otpInstallations, type OtpInstallation } from "../support/otp.ts";
import type { RunOptions } from "../support/run-enit.ts";

/** A machine without Erlang: where that can be it is hidden, else it is only not on the path. */
const WITHOUT_ERLANG: RunOptions = canMount
  ? inMountNamespace(`${otpInstallations().map(hide).join("\n")}\nPATH=/nowhere`)
  : { env: { PATH: "/nowhere" } };

/** What belongs to OTP; that of the test matrix has a C library beside it, which its emulator cannot do without. */
function hide({ root }: OtpInstallation): string {
  return `for dir in ${root}/bin ${root}/lib ${root}/releases ${root}/erts-*; do mount -t tmpfs none "$dir"; done`;
}

describe.each(otpInstallations())("a packaged release of OTP $major", (otp) => {
  test("runs from start to stop on a machine without Erlang", async () => {
    await using host = await releaseHost();
    const root = await packRelease(host, {
      otp,
      sysConfig: '[{relex_application, [{frozzle_timeout, 1}]}, "more"].\n',
      files: { "releases/1/more.config": '[{relex_application, [{kabozzle_domain, "shipped"}]}].\n' },
    });
    definePackaged(host, root, '{relex_application, [{kabozzle_domain, "host"}]}.\n');

    const started = await host.enitWith(WITHOUT_ERLANG, "start", "relex");
    const vm = host.vm();
    expect(started).toEqual({
      stdout: `started release relex 1 [shipped@${HOST}] (pid ${vm?.pid})\n`,
      stderr: "",
      exitCode: 0,
    });
    expect(shownByProc(vm?.pid)).not.toContain(SHIPPED_COOKIE);

    const seen = `{code:root_dir(), code:get_mode(), application:get_env(relex_application, frozzle_timeout),
      application:get_env(relex_application, kabozzle_domain), erlang:system_info(otp_release),
      [{N, V, S, length(L)} || {N, V, L, S} <- release_handler:which_releases()],
      [T || {relex_application, T} <- proplists:get_value(started, application:info())]}`;
    expect(await evaluate(host, seen)).toBe(
      `{"${root}",embedded,{ok,1},{ok,"host"},"${otp.major}",[{"relex","1",permanent,4}],[permanent]}`,
    );
    expect(await host.json("status", "relex")).toMatchObject({ version: "1", status: { state: "running" } });
    expect(await host.json("list")).toMatchObject([{ name: "relex", version: "1", state: "running" }]);

    host.write("etc/enit/relex/user.config", "{relex_application, [{frozzle_timeout, 2}]}.\n");
    expect((await host.enit("reconfigure", "relex")).stdout).toContain(" ~ frozzle_timeout = 2  (was 1)\n");
    expect((await host.enitWith(WITHOUT_ERLANG, "restart", "relex")).exitCode).toBe(0);
    expect(await evaluate(host, "application:get_env(relex_application, frozzle_timeout)")).toBe("{ok,2}");
    expect((await host.enit("stop", "relex")).exitCode).toBe(0);
  });
});

async function evaluate(host: ReleaseHost, expressions: string): Promise<string> {
  const { stdout, stderr } = await host.enitWith(WITHOUT_ERLANG, "eval", "relex", expressions);
  return stderr === "" ? stdout.replaceAll(/\s+/g, "") : stderr;
}

/** What everybody, or only the owner, can read of a process: its arguments and its environment. */
function shownByProc(pid: number | undefined): string {
  return readFileSync(`/proc/${pid}/cmdline`, "utf8") + readFileSync(`/proc/${pid}/environ`, "utf8");
}
