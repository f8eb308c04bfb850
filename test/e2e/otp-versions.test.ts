import { describe, expect, test } from "bun:test";
import { HOST, releaseHost } from "../support/release-host.ts";
import { otpInstallations } from "../support/otp.ts";

describe.each(otpInstallations())("OTP $major", (otp) => {
  test("runs a release from start to stop, named by enit.toml and by the section node", async () => {
    await using host = await releaseHost(otp);
    host.define("relex", {
      user: `{node, [{otp_root, "${otp.root}"}]}.\n{relex_application, [{frozzle_timeout, 1}]}.\n`,
    });
    const started = await host.enit("start", "relex");
    const pid = host.vm()?.pid;
    expect(started).toEqual({
      stdout: `started release relex 1.0 [relex@${HOST}] (pid ${pid})\n`,
      stderr: "",
      exitCode: 0,
    });
    expect(await host.json("status", "relex")).toMatchObject({
      online: true,
      status: { otp: String(otp.major), pid, state: "running" },
    });
    expect(await host.enit("call", "relex", "erlang", "system_info", "[otp_release]")).toEqual({
      stdout: `"${otp.major}"\n`,
      stderr: "",
      exitCode: 0,
    });
    expect(await host.enit("eval", "relex", 'io:format("said~n"), {\'λ\', "λ", <<1, 2>>, #{a => 1.5}}')).toEqual({
      stdout: "{'\\x{3BB}',[955],<<1,2>>,#{a => 1.5}}\n",
      stderr: "said\n",
      exitCode: 0,
    });

    host.write("etc/enit/relex/z.config", "{relex_application, [{frozzle_timeout, 2}]}.\n");
    expect(await host.enit("reconfigure", "relex")).toEqual({
      stdout: `reconfigure: config changes applied
relex_application  (config_change/3: ok)
 ~ frozzle_timeout = 2  (was 1)
`,
      stderr: "",
      exitCode: 0,
    });
    expect(host.witness.events).toEqual(["{start,relex_application}", "{config_change,[{frozzle_timeout,2}],[],[]}"]);

    expect(await host.enit("stop", "relex")).toEqual({
      stdout: `stopped release relex (pid ${pid})\n`,
      stderr: `waiting for node 'relex@${HOST}' to go down...\n`,
      exitCode: 0,
    });
    expect(host.witness.events.slice(-2)).toEqual(["{prep_stop,relex_application}", "{stop,relex_application}"]);
  });

  test("retries, and says why an application crashes", async () => {
    await using host = await releaseHost(otp);
    host.define("relex", {
      applications: "[relex_application]",
      user: "{relex_application, [{on_start, {fail, 1}}]}.\n",
    });
    const retried = await host.enit("start", "relex", "--start-retries", "1", "--start-delay", "0");
    expect({ stderr: retried.stderr.split(";")[0], exitCode: retried.exitCode }).toEqual({
      stderr:
        'warning: cannot start application "relex_application": {{not_yet,1},{relex_application,start,[normal,relex_application]}}',
      exitCode: 0,
    });
    await host.enit("stop", "relex");

    host.write("etc/enit/relex/z.config", "{relex_application, [{on_start, crash}]}.\n");
    const crashed = await host.enit("start", "relex");
    expect({ stdout: crashed.stdout, exitCode: crashed.exitCode }).toEqual({ stdout: "", exitCode: 1 });
    expect(crashed.stderr).toStartWith('enit: cannot start "relex": application "relex_application": its function ');
    expect(crashed.stderr).toContain("relex_application:start/2 crashed");
    expect(crashed.stderr).toContain("told_to_crash");
    expect(host.vm()).toBeUndefined();
  });
});
