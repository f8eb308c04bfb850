import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { type ReleaseHost, releaseHost } from "../support/release-host.ts";

let host: ReleaseHost;

beforeAll(async () => {
  host = await releaseHost();
  host.define("relex", {
    applications: "[sasl, relex_application, relex_snmp]",
    defaults: `
      {kernel, [{logger, [{handler, default, logger_std_h, #{config => #{type => standard_error}}}]}]}.
      {sasl, [{sasl_error_logger, false}, {utc_log, true}]}.
      {relex_application, [{frozzle_timeout, 6000}, {retries, 1}, {on_start, {set, mine, kept}}]}.
    `,
  });
  configure('{kabozzle_domain, "relex.com"}');
  const { exitCode } = await host.enit("start", "relex");
  expect(exitCode).toBe(0);
});

afterAll(() => host[Symbol.asyncDispose]());

/** Writes the host's configuration of the application, and of others behind it. */
function configure(keys: string, more = ""): void {
  host.write("etc/enit/relex/z.config", `{relex_application, [${keys}]}.\n${more}`);
}

async function environment(application = "relex_application"): Promise<string> {
  const { stdout } = await host.enit("eval", "relex", `lists:sort(application:get_all_env(${application}))`);
  return stdout.replaceAll(/\s+/g, "");
}

/** What config_change/3 was called with since the last time. */
function changesTold(): readonly string[] {
  const told = host.witness.events.slice(seen).filter((event) => event.startsWith("{config_change"));
  seen = host.witness.events.length;
  return told;
}
let seen = 0;

const UNCHANGED = { stdout: "reconfigure: config unchanged\n", stderr: "", exitCode: 0 };

test("without a change nothing is done, whatever applications have set for themselves", async () => {
  expect(await host.enit("reconfigure", "relex")).toEqual(UNCHANGED);
  expect(await host.enit("reconfigure", "relex", "--dry-run")).toEqual(UNCHANGED);
  expect(await host.json("reconfigure", "relex")).toEqual({
    release: "relex",
    dryRun: false,
    changed: false,
    applications: [],
    notLoaded: [],
    needsRestart: [],
  });
  expect(changesTold()).toEqual([]);
});

test("what only a restart brings is told, whether anything else changes or not", async () => {
  const more =
    "{node, [{hidden, true}, {stop_timeout, 9000}]}.\n{extension, more, [{applications, [relex_part, sasl]}]}.\n";
  configure('{kabozzle_domain, "relex.com"}', more);
  const needs = "needs a restart:\n + node hidden\n + relex_part\n";
  expect(await host.enit("reconfigure", "relex")).toEqual({ ...UNCHANGED, stdout: `${UNCHANGED.stdout}${needs}` });
  expect(await host.json("reconfigure", "relex", "--dry-run")).toMatchObject({
    changed: false,
    needsRestart: [
      { kind: "node", name: "hidden", change: "added" },
      { kind: "application", name: "relex_part", change: "added" },
    ],
  });
  configure('{kabozzle_domain, "relex.com"}');
  const definition = host.join("var/lib/enit/relex/release.enit");
  const before = readFileSync(definition, "utf8");
  writeFileSync(definition, before.replace("relex_application,", '{relex_application, "1.0.9"},'));
  expect((await host.enit("reconfigure", "relex")).stdout).toEndWith("\nneeds a restart:\n ~ relex_application\n");
  writeFileSync(definition, before);
  expect(await host.enit("reconfigure", "relex")).toEqual(UNCHANGED);
});

test("--dry-run shows what would change and changes nothing", async () => {
  configure('{kabozzle_domain, "relex.changed.com"}, {added, [1]}');
  expect(await host.enit("reconfigure", "relex", "--dry-run")).toEqual({
    stdout: `relex_application
 + added = [1]
 ~ kabozzle_domain = "relex.changed.com"  (was "relex.com")
`,
    stderr: "",
    exitCode: 0,
  });
  expect(changesTold()).toEqual([]);
  expect(await environment()).toContain('{kabozzle_domain,"relex.com"}');
});

test("what changed is applied, and told to the application that it belongs to alone", async () => {
  expect(await host.enit("reconfigure", "relex")).toEqual({
    stdout: `reconfigure: config changes applied
relex_application  (config_change/3: ok)
 + added = [1]
 ~ kabozzle_domain = "relex.changed.com"  (was "relex.com")
`,
    stderr: "",
    exitCode: 0,
  });
  expect(changesTold()).toEqual(['{config_change,[{kabozzle_domain,"relex.changed.com"}],[{added,[1]}],[]}']);
  expect(await environment()).toBe(
    '[{added,[1]},{frozzle_timeout,6000},{kabozzle_domain,"relex.changed.com"},{mine,kept},{on_start,{set,mine,kept}},{retries,1}]',
  );
  expect(await host.enit("reconfigure", "relex")).toEqual(UNCHANGED);
});

test("a key that left the files goes back to the default of the .app file, or is unset without one", async () => {
  configure("");
  expect(await host.enit("reconfigure", "relex")).toEqual({
    stdout: `reconfigure: config changes applied
relex_application  (config_change/3: ok)
 ~ kabozzle_domain = "relex.example"  (was "relex.changed.com"; back to the default)
 - added  (was [1])
`,
    stderr: "",
    exitCode: 0,
  });
  expect(changesTold()).toEqual(['{config_change,[{kabozzle_domain,"relex.example"}],[],[added]}']);
});

test("1 is not 1.0", async () => {
  configure("{retries, 1.0}");
  expect(await host.json("reconfigure", "relex")).toMatchObject({
    changed: true,
    applications: [
      { application: "relex_application", changed: [{ key: "retries", old: "1", new: "1.0" }], answer: "ok" },
    ],
  });
  expect(changesTold()).toEqual(["{config_change,[{retries,1.0}],[],[]}"]);
});

test("a section that left the files counts as one without keys; an application without config_change/3 gets its values", async () => {
  configure("{retries, 1.0}", "{relex_snmp, [{agent, 161}]}.\n");
  expect((await host.enit("reconfigure", "relex")).exitCode).toBe(0);
  expect(await environment("relex_snmp")).toBe("[{agent,161}]");
  host.write("etc/enit/relex/z.config", "");
  host.write(
    "var/lib/enit/relex/defaults.config",
    "{relex_application, [{retries, 1}, {on_start, {set, mine, kept}}]}.",
  );
  const { stdout, exitCode } = await host.enit("reconfigure", "relex");
  expect(exitCode).toBe(0);
  expect(stdout).toContain("\n - agent  (was 161)\n");
  expect(stdout).toContain(" ~ frozzle_timeout = 5000  (was 6000; back to the default)\n");
  expect(stdout).toContain("\nsasl  (config_change/3: no_callback)\n");
  expect(await environment("relex_snmp")).toBe("[]");
  expect(await environment("sasl")).not.toContain("utc_log");
  expect(await environment()).toContain("{mine,kept}");
  expect(changesTold()).toEqual([
    "{config_change,[],[{agent,161}],[]}",
    "{config_change,[{frozzle_timeout,5000},{retries,1}],[],[]}",
    "{config_change,[],[],[agent]}",
  ]);
});

test("what somebody changed in the running application comes back to what the files say", async () => {
  await host.enit("eval", "relex", "application:set_env(relex_application, retries, 99)");
  expect(await host.json("reconfigure", "relex")).toMatchObject({
    applications: [{ changed: [{ key: "retries", old: "99", new: "1" }] }],
  });
  changesTold();
});

test("an application that is not loaded has its values for when it is", async () => {
  configure("", "{relex_part, [{later, on}]}.\n");
  const { stdout } = await host.enit("reconfigure", "relex");
  expect(stdout).toBe(
    "reconfigure: config changes applied\nrelex_part  (not loaded: it gets its new configuration when it is)\n",
  );
  const { stdout: value } = await host.enit(
    "eval",
    "relex",
    `code:add_path("${host.join("lib/relex_part-2.1/ebin")}"), application:load(relex_part), application:get_env(relex_part, later)`,
  );
  expect(value).toBe("{ok,on}\n");
  expect(await host.enit("reconfigure", "relex")).toEqual(UNCHANGED);
});

test("a config_change/3 that fails makes the command fail, after every application was told", async () => {
  configure("{on_change, crash}", "{relex_snmp, [{agent, 162}]}.\n{relex_part, [{later, on}]}.\n");
  const crashed = await host.enit("reconfigure", "relex");
  expect({ stdout: crashed.stdout, exitCode: crashed.exitCode }).toEqual({ stdout: "", exitCode: 1 });
  expect(crashed.stderr).toStartWith('enit: cannot reconfigure "relex" wholly: config_change/3 of relex_application');
  expect(crashed.stderr).toContain("told_to_crash");
  expect(changesTold()).toEqual(["{config_change,[],[{on_change,crash}],[]}", "{config_change,[],[{agent,162}],[]}"]);

  configure("{on_change, {error, too_late}}", "{relex_snmp, [{agent, 162}]}.\n{relex_part, [{later, on}]}.\n");
  const refused = await host.enit("reconfigure", "relex", "--json");
  expect(refused.exitCode).toBe(1);
  expect(JSON.parse(refused.stdout)).toMatchObject({
    ok: false,
    error: {
      code: "config_change_failed",
      data: { applications: [{ application: "relex_application", answer: "{error,too_late}" }] },
    },
  });
  // The values hold: there is nothing left to apply.
  expect(await host.enit("reconfigure", "relex")).toEqual(UNCHANGED);
});

test("broken files change nothing, and the error names the place", async () => {
  host.write("etc/enit/relex/zz.config", "{relex_application, [{retries 2}]}.\n");
  const { stdout, stderr, exitCode } = await host.enit("reconfigure", "relex");
  expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
  expect(stderr).toContain(`zz.config:1:31": `);
  host.write("etc/enit/relex/zz.config", "");
});

test("the VM boots with what was applied last when OTP restarts it", async () => {
  configure("{retries, 3}");
  expect((await host.enit("reconfigure", "relex")).exitCode).toBe(0);
  const started = host.witness.hold("{start,relex_application}");
  await host.enit("eval", "relex", "init:restart()");
  (await started).goOn();
  expect(await environment()).toContain("{retries,3}");
});
