import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { readLines } from "../support/lines.ts";
import { systemOtp } from "../support/otp.ts";
import { packagedHost } from "../upgrade/packaged-host.ts";
import { buildVersions, goodVersion } from "../upgrade/target-system.ts";

test("the configuration of a version that was installed since is kept for the restart that OTP does by itself", async () => {
  using builds = await buildVersions(systemOtp(), { vsn: "1", config: "[{counter, [{step, 5}]}]" }, [
    goodVersion("2", { config: "[{counter, [{step, 6}]}]" }),
  ]);
  await using host = await packagedHost(builds);
  const enit = host.spawn("startfg", "relex");
  const lines = readLines(enit.stdout);
  const started = async (): Promise<void> => {
    for (let line = await lines.next(); !line.value?.startsWith("started release"); line = await lines.next()) {
      if (line.done === true) throw new Error(await enit.stderr.text());
    }
  };
  await started();
  const environment = async (): Promise<string> =>
    (await host.enit("eval", "relex", "lists:sort(application:get_all_env(counter))")).stdout;
  const configure = (keys: string): string => host.write("etc/enit/relex/z.config", `{counter, [${keys}]}.\n`);

  expect((await host.enit("upgrade", "relex", builds.tarball("2"), "--no-permanent")).exitCode).toBe(0);
  expect(await host.json("status", "relex")).toMatchObject({ version: "2" });
  configure("{host, 1}");
  expect((await host.enit("reconfigure", "relex")).stdout).toContain(" + host = 1\n");
  expect(await environment()).toBe("[{host,1},{step,6}]\n");
  expect((await host.enit("upgrade", "relex", "2")).exitCode).toBe(0);
  await host.enit("eval", "relex", "init:restart()");
  await started();
  expect(await environment()).toBe("[{host,1},{step,6}]\n");

  expect((await host.enit("rollback", "relex")).exitCode).toBe(0);
  expect(await host.json("list")).toMatchObject([{ name: "relex", version: "1" }]);
  configure("{host, 2}");
  expect((await host.enit("reconfigure", "relex")).stdout).toContain(" ~ host = 2  (was 1)\n");
  await host.enit("eval", "relex", "init:restart()");
  await started();
  expect(await environment()).toBe("[{host,2},{step,5}]\n");
  // What was shipped is still there, and is what a key that leaves the files goes back to.
  expect(readFileSync(host.join("opt/relex/releases/1/sys.config.shipped"), "utf8")).not.toContain("host");
  configure("");
  expect((await host.enit("reconfigure", "relex")).stdout).toContain(" - host  (was 2)\n");
});
