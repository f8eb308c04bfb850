import { chmodSync } from "node:fs";
import { expect, test } from "bun:test";
import fc from "fast-check";
import { EnitError } from "../../src/error/index.ts";
import { type HostSettings, type SettingsInput, describeOrigin, loadSettings } from "../../src/release/index.ts";
import { failure } from "../support/failure.ts";
import { tempDir } from "../support/temp-dir.ts";
import { withoutPrivileges } from "./test-host.ts";

const ROOT_USER = { env: {}, cwd: "/", uid: 0 };

/** Settings of a host without an `enit.toml`, whatever this machine has. */
function withoutToml(input: SettingsInput = {}): Promise<HostSettings> {
  return loadSettings({ ...ROOT_USER, ...input, flags: { settings: "/dev/null", ...input.flags } });
}

/** Settings of a host whose `enit.toml` is this text. */
async function withToml(toml: string, input: SettingsInput = {}): Promise<{ settings: HostSettings; file: string }> {
  using dir = tempDir();
  const file = dir.write("enit.toml", toml);
  const { flags = {}, ...others } = input;
  return { settings: await loadSettings({ ...ROOT_USER, ...others, flags: { settings: file, ...flags } }), file };
}

test("loadSettings() gives root the paths of the system", async () => {
  const settings = await withoutToml();
  expect(settings).toMatchObject({
    definitionDir: "/var/lib/enit",
    hostDir: "/etc/enit",
    stateDir: "/run/enit",
    systemStateDir: undefined,
    pluginDirs: ["/usr/lib/enit/plugins", "/etc/enit/plugins"],
    otpRoot: undefined,
    libDirs: [],
    startRetries: 0,
    startDelaySeconds: 15,
    stopTimeoutSeconds: 10,
  });
  expect(settings.origins.stateDir).toEqual({ kind: "default" });
});

test("loadSettings() keeps the state of other users in their home directories", async () => {
  const user = { ...ROOT_USER, uid: 1000 };
  expect((await withoutToml({ ...user, env: { HOME: "/home/joe" } })).stateDir).toBe("/home/joe/.local/state/enit");
  expect((await withoutToml({ ...user, env: { XDG_STATE_HOME: "/x" } })).stateDir).toBe("/x/enit");
  expect((await withoutToml({ ...user, env: { HOME: "/h", XDG_STATE_HOME: "x" } })).stateDir).toBe(
    "/h/.local/state/enit",
  );
  const joe = await withoutToml({ ...user, env: { HOME: "/home/joe" } });
  expect(joe).toMatchObject({ definitionDir: "/var/lib/enit", systemStateDir: "/run/enit" });
  const named = await withoutToml({ ...user, env: { HOME: "/home/joe", ENIT_STATE_DIR: "/s" } });
  expect(named).toMatchObject({ stateDir: "/s", systemStateDir: undefined });
});

test("loadSettings() prefers a flag to a variable, a variable to enit.toml, enit.toml to the default", async () => {
  const toml = 'state_dir = "/from/file"\n';
  const env = { ENIT_STATE_DIR: "/from/variable" };
  const all = await withToml(toml, { env, flags: { stateDir: "/from/flag" } });
  expect(all.settings.stateDir).toBe("/from/flag");
  expect(describeOrigin(all.settings.origins.stateDir)).toBe("--state-dir");
  const two = await withToml(toml, { env });
  expect(two.settings.stateDir).toBe("/from/variable");
  expect(describeOrigin(two.settings.origins.stateDir)).toBe("ENIT_STATE_DIR");
  const one = await withToml(`# a comment\n${toml}`);
  expect(one.settings.stateDir).toBe("/from/file");
  expect(describeOrigin(one.settings.origins.stateDir)).toBe(`${one.file}:2:1`);
  const none = await withToml(toml, { env: { ENIT_STATE_DIR: "" } });
  expect(none.settings.stateDir).toBe("/from/file");
});

test("loadSettings() puts everything under a root", async () => {
  const moved = {
    definitionDir: "/r/var/lib/enit",
    hostDir: "/r/etc/enit",
    stateDir: "/r/run/enit",
    pluginDirs: ["/r/usr/lib/enit/plugins", "/r/etc/enit/plugins"],
    settingsFile: "/r/etc/enit/enit.toml",
  };
  const user = { cwd: "/", uid: 1000 };
  expect(await loadSettings({ ...user, env: {}, flags: { root: "r" } })).toMatchObject(moved);
  expect(await loadSettings({ ...user, env: { ENIT_ROOT: "/r" } })).toMatchObject(moved);
});

test("loadSettings() lets the flag of one path win over --root, and --root win over variables", async () => {
  const env = { ENIT_STATE_DIR: "/v", ENIT_ROOT: "/other", ENIT_SETTINGS: "/nowhere/enit.toml" };
  const settings = await loadSettings({ ...ROOT_USER, env, flags: { root: "/r", hostDir: "/h" } });
  expect(settings).toMatchObject({ definitionDir: "/r/var/lib/enit", hostDir: "/h", stateDir: "/r/run/enit" });
  const variables = await loadSettings({ ...ROOT_USER, env: { ENIT_ROOT: "/r", ENIT_STATE_DIR: "/v" } });
  expect(variables).toMatchObject({ definitionDir: "/r/var/lib/enit", stateDir: "/v" });
});

test("loadSettings() reads the enit.toml under the root and moves the directories that it names", async () => {
  using dir = tempDir();
  const file = dir.write(
    "etc/enit/enit.toml",
    'state_dir = "/srv/state"\ndefinition_dir = "mine"\notp_root = "/otp"\n',
  );
  const settings = await loadSettings({ ...ROOT_USER, flags: { root: dir.path } });
  expect(settings).toMatchObject({
    settingsFile: file,
    stateDir: dir.join("srv/state"),
    definitionDir: dir.join("etc/enit/mine"),
    otpRoot: "/otp",
  });
});

test("loadSettings() starts relative paths at the working directory, those of enit.toml at its own", async () => {
  const { settings, file } = await withToml('lib_dirs = ["a", "/b"]\n', { cwd: "/w", flags: { stateDir: "s" } });
  expect(settings.stateDir).toBe("/w/s");
  expect(settings.libDirs).toEqual([file.replace("enit.toml", "a"), "/b"]);
});

test("loadSettings() adds plugin directories up and replaces library directories", async () => {
  const env = { ENIT_PLUGIN_PATH: "/p1:/p2", ENIT_LIB_DIRS: "/l1::/l2", ERL_EPMD_PORT: "4370" };
  const { settings } = await withToml('plugin_dirs = ["/p3", "/p1"]\nlib_dirs = ["/l3"]\n', { env });
  expect(settings.pluginDirs.slice(2)).toEqual(["/p1", "/p2", "/p3"]);
  expect(settings.libDirs).toEqual(["/l1", "/l2"]);
  expect(settings.epmdPort).toBe(4370);
});

test("loadSettings() reads counts and times in both spellings of no limit", async () => {
  const first = await withToml('start_retries = "infinity"\nstart_delay = 0.5\nstop_timeout = 2500\n');
  expect(first.settings).toMatchObject({ startRetries: "infinity", startDelaySeconds: 0.5, stopTimeoutSeconds: 2.5 });
  const second = await withToml('start_retries = 3\nstop_timeout = "unlimited"\n');
  expect(second.settings).toMatchObject({ startRetries: 3, stopTimeoutSeconds: "infinity" });
  const flags = await withoutToml({ flags: { startRetries: "7", startDelay: "1.5" } });
  expect(flags).toMatchObject({ startRetries: 7, startDelaySeconds: 1.5 });
});

test("loadSettings() hands out the tables of plugins, written either way", async () => {
  const { settings } = await withToml("[shout]\nloud = true\n[plugins.whisper]\nlow = 1\n");
  expect(settings.plugins).toEqual({ shout: { loud: true }, whisper: { low: 1 } });
  expect(settings.warnings).toEqual([]);
});

test("loadSettings() warns of an unknown key with the nearest known one and the place", async () => {
  const { settings, file } = await withToml('start_delay = 1\nstate_dri = "/x"\nfrozzle = 1\n');
  expect(settings.warnings).toMatchObject([
    { code: "unknown_setting", message: `${file}:2:1: "state_dri" is no setting`, hint: 'Did you mean "state_dir"?' },
    { code: "unknown_setting", message: `${file}:3:1: "frozzle" is no setting` },
  ]);
});

test("loadSettings() refuses values of the wrong kind and says where they come from", async () => {
  const cases: [toml: string, line: number, state: string][] = [
    ["start_retries = -1", 1, "it must be a number of retries or infinity"],
    ["\nstart_delay = true", 2, "it must be a number of seconds"],
    ['stop_timeout = "soon"', 1, "it must be a number of milliseconds or infinity"],
    ["otp_root = 1", 1, "it must be a path"],
    ["lib_dirs = [1]", 1, "it must be a path"],
    ["lib_dirs = 1", 1, "it must be a list of paths"],
    ["plugins = 1", 1, '"plugins" must be a table'],
    ["[plugins]\nx = 1", 2, '"x" must be the table of a plugin'],
    ["[x]\n[plugins.x]", 2, 'the plugin "x" has a second table here'],
  ];
  for (const [toml, line, state] of cases) {
    const error = await failure(withToml(toml));
    expect(error).toMatchObject({ code: "settings_invalid", kind: "input" });
    const setting = state.startsWith("it ") ? `setting ${toml.trim().split(" ")[0]}` : "setting";
    expect(error.message).toStartWith(`cannot use the ${setting} from "/`);
    expect(error.message).toEndWith(`enit.toml:${line}:1": ${state}`);
  }
  const flag = await failure(withoutToml({ flags: { startRetries: "often" } }));
  expect(flag.message).toBe(
    'cannot use the setting start_retries from "--start-retries": it must be a number of retries or infinity',
  );
  const variable = await failure(withoutToml({ env: { ENIT_START_DELAY: "1s" } }));
  expect(variable.message).toBe(
    'cannot use the setting start_delay from "ENIT_START_DELAY": it must be a number of seconds',
  );
});

test("loadSettings() refuses an enit.toml that was named and is not there or no file", async () => {
  const error = await failure(loadSettings({ ...ROOT_USER, flags: { settings: "/nowhere/enit.toml" } }));
  expect(error).toMatchObject({ code: "unreadable", kind: "io", data: { reason: "ENOENT" } });
  expect(error.message).toBe('cannot read "/nowhere/enit.toml": no such file or directory');
  const directory = await failure(loadSettings({ ...ROOT_USER, flags: { settings: "/" } }));
  expect(directory.message).toBe('cannot read "/": it is a directory');
});

test("loadSettings() refuses an enit.toml that may not be read", async () => {
  using dir = tempDir();
  chmodSync(dir.write("etc/enit/enit.toml", ""), 0);
  const error = await failure(withoutPrivileges(() => loadSettings({ env: {}, flags: { root: dir.path } })));
  expect(error).toMatchObject({ code: "unreadable", kind: "io", data: { reason: "EACCES" } });
});

test("loadSettings() gives settings or an error of its own for any enit.toml", async () => {
  using dir = tempDir();
  const line = fc.oneof(
    fc.constantFrom("[plugins]", "[x]", "[[x]]", 'state_dir = "x"', "lib_dirs = []", "start_retries = 1", "a.b = 1"),
    fc.string({ unit: "grapheme" }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 5 }), async (lines) => {
      const file = dir.write("enit.toml", lines.join("\n"));
      const loaded = await loadSettings({ ...ROOT_USER, flags: { settings: file } }).catch((error: unknown) => error);
      if (loaded instanceof Error) expect(["toml_syntax", "settings_invalid"]).toContain(codeOf(loaded));
    }),
    { numRuns: 300 },
  );
});

function codeOf(error: Error): string {
  return error instanceof EnitError ? error.code : String(error);
}
