import { chmodSync } from "node:fs";
import { expect, test } from "bun:test";
import { join } from "node:path";
import {
  configKey,
  explainConfig,
  findReleaseName,
  listReleaseNames,
  loadRelease,
  loadReleases,
  maskCookie,
  toSysConfig,
  withConfigValue,
} from "../../src/release/index.ts";
import { type Term, parseTerm, string } from "../../src/term/index.ts";
import { failure } from "../support/failure.ts";
import { COOKIE, RELEX, testHost, withoutPrivileges } from "./test-host.ts";

/** The files of the README of the original. */
const SEED = {
  "lib/relex/release.enit": `{release, relex, [
	{vsn, "1.0"},
	{applications, [
		sasl,
		runtime_tools,
		relex_application
	]}
]}.
`,
  "lib/relex/defaults.config": `{node, [
	{run_as_user, "relex"},
	{run_as_group, "relex"},
	{smp, enabled}
]}.

{kernel, [
	{start_timer, true},
	{start_disk_log, true}
]}.

{sasl, [
	{sasl_error_logger, false},
	{utc_log, true}
]}.
`,
  "etc/relex/user.config": `{node, [
	{cookie, "monster"}
]}.

{kernel, [
	{inet_dist_use_interface, {98,77,23,2}}
]}.

{relex_application, [
	{frozzle_timeout, 6000},
	{kabozzle_domain, "relex.com"}
]}.
`,
  "etc/relex/snmp_support.config": `{extension, 'relex-with-snmp', [
    {applications, [relex_snmp]}
]}.

{relex_snmp, [

]}.
`,
};

test("loadRelease() loads the release of the original's README", async () => {
  using host = await testHost(SEED);
  const release = await host.load();
  expect(release).toMatchObject({
    name: "relex",
    version: "1.0",
    extensions: ["relex-with-snmp"],
    definitionDir: host.path("lib/relex"),
    hostDir: host.path("etc/relex"),
    stateDir: `${host.settings.stateDir}/relex`,
    node: {
      cookie: "monster",
      name: "relex",
      runAsUser: "relex",
      runAsGroup: "relex",
      smp: "enabled",
      listenAddress: "98.77.23.2",
    },
    warnings: [],
  });
  expect(release.applications.map(({ name }) => name)).toEqual([
    "sasl",
    "runtime_tools",
    "relex_application",
    "relex_snmp",
  ]);
  expect<Term>(toSysConfig(release.config)).toEqual(
    parseTerm(`[
      {kernel, [{start_timer, true}, {start_disk_log, true}, {inet_dist_use_interface, {98,77,23,2}}]},
      {sasl, [{sasl_error_logger, false}, {utc_log, true}]},
      {relex_snmp, []},
      {relex_application, [{frozzle_timeout, 6000}, {kabozzle_domain, "relex.com"}]}
    ]`),
  );
});

test("loadRelease() lets the configuration be changed before it is read", async () => {
  using host = await testHost({ "lib/relex/release.enit": RELEX });
  const origin = { plugin: "vault" };
  const release = await loadRelease("relex", host.settings, {
    resolveConfig: async (config, { name }) => withConfigValue(config, "node", "cookie", string(`of ${name}`), origin),
  });
  expect(release.node.cookie).toBe("of relex");
  expect(configKey(release.config, "node", "cookie")?.origin).toEqual(origin);
});

test("loadRelease() of a release that is not there says where it looked, and the nearest name", async () => {
  using host = await testHost({ "lib/relex/release.enit": RELEX, "lib/billing/release.enit": "" });
  const { definitionDir } = host.settings;
  const typo = await failure(loadRelease("relx", host.settings));
  expect(typo).toMatchObject({
    code: "release_not_found",
    kind: "input",
    message: `cannot find the release "relx": it is not in ${definitionDir}`,
    hint: 'Did you mean "relex"?',
    data: { name: "relx", definitionDir, known: ["billing", "relex"], nearest: "relex" },
  });
  expect((await failure(loadRelease("frozzle", host.settings))).hint).toBe("Known are billing, relex.");
  using empty = await testHost({});
  expect((await failure(empty.load())).hint).toContain(`${empty.settings.definitionDir}/NAME/release.enit`);
});

test("loadRelease() takes no name that leads out of the definition directory", async () => {
  using host = await testHost({ "lib/relex/release.enit": RELEX, "lib/.hidden/release.enit": RELEX });
  for (const name of [
    "",
    ".",
    "..",
    "../enit/relex",
    "relex/",
    "relex/release.enit",
    "./relex",
    ".hidden",
    "relex\0",
  ]) {
    expect(await failure(loadRelease(name, host.settings))).toMatchObject({ code: "release_not_found" });
  }
});

test("loadRelease() does not take a file for a release", async () => {
  using host = await testHost({ "lib/relex": "" });
  expect(await failure(host.load())).toMatchObject({ code: "release_not_found" });
});

test("listReleaseNames() lists the directories with a release.enit or a config file, sorted", async () => {
  using host = await testHost({
    "lib/relex/release.enit": RELEX,
    "lib/Alpha/release.enit": "",
    "lib/packaged/a.config": "",
    "lib/without/a.txt": "",
    "lib/release.enit": "",
    "lib/.hidden/release.enit": "",
  });
  expect(listReleaseNames(host.settings)).toEqual(["Alpha", "packaged", "relex"]);
  using empty = await testHost({});
  expect(listReleaseNames(empty.settings)).toEqual([]);
});

test("listReleaseNames() of what is no directory is an error", async () => {
  using host = await testHost({ "etc/file": "" });
  const definitionDir = host.path("etc/file");
  expect(await failure(Promise.try(() => listReleaseNames({ definitionDir })))).toMatchObject({
    code: "unreadable",
    kind: "io",
    data: { reason: "ENOTDIR" },
  });
});

test("loadReleases() gives broken releases with their errors, and all others", async () => {
  using host = await testHost({
    "lib/a/release.enit": '{release, a, [{vsn, "1"}]}.',
    "lib/a/a.config": COOKIE,
    "lib/b/release.enit": "{release, b",
    "lib/c/release.enit": '{release, c, [{vsn, "1"}]}.',
    "lib/d/release.enit": '{release, d, [{vsn, "1"}]}.',
    "etc/d/d.config": COOKIE,
  });
  const loaded = await loadReleases(host.settings);
  expect(loaded.map((each) => [each.name, "release" in each ? each.release.version : each.error.code])).toEqual([
    ["a", "1"],
    ["b", "definition_syntax"],
    ["c", "no_cookie"],
    ["d", "1"],
  ]);
});

test("loadReleases() does not hide a defect", async () => {
  using host = await testHost({ "lib/relex/release.enit": RELEX, "etc/relex/a.config": COOKIE });
  const resolveConfig = (): never => {
    throw new RangeError("a defect");
  };
  const result = await loadReleases(host.settings, { resolveConfig }).catch((error: unknown) => error);
  expect(result).toBeInstanceOf(RangeError);
});

test("findReleaseName() looks names up only when it is to match", async () => {
  using host = await testHost({ "lib/relex/release.enit": RELEX, "lib/relay/release.enit": "" });
  expect(findReleaseName("lex", host.settings, { match: true })).toBe("relex");
  expect(findReleaseName("lex", host.settings, { match: false })).toBe("lex");
  expect(() => findReleaseName("nope", host.settings, { match: true })).toThrow('cannot find the release "nope"');
});

test("a release that may not be read is an error that says who may", async () => {
  using host = await testHost({ "lib/relex/release.enit": RELEX, "etc/relex/a.config": COOKIE });
  chmodSync(host.path("lib/relex/release.enit"), 0);
  const error = await failure(withoutPrivileges(host.load));
  const path = host.path("lib/relex/release.enit");
  expect(error).toMatchObject({
    code: "unreadable",
    kind: "io",
    message: `cannot read "${path}": permission denied`,
    hint: "Run enit as root or as the user to whom the file belongs.",
    data: { path, reason: "EACCES" },
  });
});

test("a release whose directory may be listed and not entered is none that is not there", async () => {
  using host = await testHost({ "lib/relex/release.enit": RELEX, "etc/relex/a.config": COOKIE });
  const directory = host.path("lib/relex");
  chmodSync(join(directory, "../../../.."), 0o755);
  chmodSync(directory, 0o444);
  try {
    const error = await failure(withoutPrivileges(host.load));
    expect(error.message).toBe(`cannot read "${directory}/release.enit": permission denied`);
    const names = await withoutPrivileges(() => Promise.resolve(listReleaseNames(host.settings)));
    expect(names).toEqual(["relex"]);
  } finally {
    chmodSync(directory, 0o755);
  }
});

test("explainConfig() says for every key who gave its value, and whom that won over", async () => {
  using host = await testHost({
    "lib/relex/release.enit": RELEX,
    "lib/relex/a.config": "{a, [{k, 1}, {l, 2}]}.",
    "lib/relex/b.config": "{a, [\n  {k, 3}]}.",
    "etc/relex/c.config": `{a, [{k, "x"}]}.\n${COOKIE}`,
  });
  const explained = explainConfig((await host.load()).config);
  const place = (name: string, line: number, column: number) => ({ file: host.path(name), line, column });
  expect(explained.map(({ application, key }) => `${application}.${key}`)).toEqual(["a.k", "a.l", "node.cookie"]);
  expect(explained[0]).toEqual({
    application: "a",
    key: "k",
    value: string("x"),
    origin: place("etc/relex/c.config", 1, 6),
    overridden: [
      { value: parseTerm("3"), origin: place("lib/relex/b.config", 2, 3) },
      { value: parseTerm("1"), origin: place("lib/relex/a.config", 1, 6) },
    ],
  });
});

test("maskCookie() leaves no cookie in the configuration, and everything else as it is", async () => {
  using host = await testHost({
    "lib/relex/release.enit": RELEX,
    "lib/relex/a.config": "{node, [{cookie, secret_one}, {hidden, true}]}.\n{a, [{cookie, chocolate}]}.",
    "etc/relex/b.config": '{node, [{cookie, "secret_two"}]}.',
  });
  const { config } = await host.load();
  const masked = maskCookie(config);
  const text = (value: unknown): string =>
    JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? Number(each) : each));
  expect(text(masked)).not.toContain("secret");
  expect(text(masked)).not.toContain(text(string("secret_two").elements));
  expect(configKey(masked, "node", "hidden")).toEqual(configKey(config, "node", "hidden"));
  expect(configKey(masked, "a", "cookie")).toEqual(configKey(config, "a", "cookie"));
  expect(configKey(masked, "node", "cookie")).toMatchObject({
    value: string("********"),
    origin: { file: host.path("etc/relex/b.config") },
    overridden: [{ value: string("********") }],
  });
});

test("a release that root runs has its state where root keeps it, also for other users", async () => {
  using host = await testHost({ "lib/relex/release.enit": RELEX, "lib/relex/a.config": COOKIE });
  const systemStateDir = host.path("lib/state");
  const settings = { ...host.settings, systemStateDir };
  expect((await loadRelease("relex", settings)).stateDir).toBe(`${host.settings.stateDir}/relex`);
  host.write("lib/state/relex/any", "");
  expect((await loadRelease("relex", settings)).stateDir).toBe(`${systemStateDir}/relex`);
});
