import { expect, test } from "bun:test";
import { chmodSync } from "node:fs";
import {
  explainConfig,
  formatSysConfig,
  isPackaged,
  loadRelease,
  type Release,
  renderPackagedConfig,
} from "../../../src/release/index.ts";
import { printTerm } from "../../../src/term/index.ts";
import { failure } from "../../support/failure.ts";
import { COOKIE, type TestHost, testHost, withoutPrivileges } from "../test-host.ts";

/** The directory of the package, beside the definition. */
const PACKAGE = "lib/relex/package";

const SHIPPED = {
  "releases/start_erl.data": "15.2.7 1.0",
  "releases/1.0/shop.rel":
    '{release, {"shop", "1.0"}, {erts, "15.2.7"}, [{kernel, "10.2"}, {shop, "1.3", transient}]}.',
  "releases/1.0/start_clean.rel": '{release, {"start_clean", ""}, {erts, "15.2.7"}, [{kernel, "10.2"}]}.',
  "releases/1.0/sys.config": "[{shop, [{port, 80}, {host, shipped}]}].",
};

/** A host with `relex`, whose only definition is the root of a package. */
function packagedHost(
  shipped: Readonly<Record<string, string>> = {},
  host: Readonly<Record<string, string>> = {},
): Promise<TestHost> {
  const files: Record<string, string> = {
    "lib/relex/relex.config": "{node, [{root, package}]}.\n",
    "etc/relex/user.config": COOKIE,
    ...host,
  };
  for (const [name, text] of Object.entries({ ...SHIPPED, ...shipped })) files[`${PACKAGE}/${name}`] = text;
  return testHost(files);
}

async function load(host: TestHost, environment: Readonly<Record<string, string>> = {}): Promise<Release> {
  return loadRelease("relex", host.settings, { environment: async () => environment });
}

test("a packaged release has the version of start_erl.data and the applications of its .rel file", async () => {
  using host = await packagedHost();
  const release = await load(host);
  expect(release).toMatchObject({ name: "relex", version: "1.0", node: { name: "relex", root: host.path(PACKAGE) } });
  expect(release.applications).toMatchObject([
    { name: "kernel", vsn: "10.2" },
    { name: "shop", vsn: "1.3", type: "transient" },
  ]);
  expect(release.packaged).toMatchObject({ ertsVersion: "15.2.7", spec: { name: "shop" } });
  expect(release.warnings).toEqual([]);
});

test("a release.enit may name it; what else it says has no effect", async () => {
  using host = await packagedHost({}, { "lib/relex/release.enit": "{release, relex, []}." });
  expect((await load(host)).warnings).toEqual([]);
  host.write("lib/relex/release.enit", '{release, relex, [{vsn, "2"}]}.');
  host.write("lib/relex/more.config", "{extension, more, [{applications, [sasl]}]}.");
  const { version, applications, warnings } = await load(host);
  expect({ version, applications: applications.length }).toEqual({ version: "1.0", applications: 2 });
  expect(warnings.map(({ code }) => code)).toEqual(["ignored_property", "ignored_extension"]);
});

test("what has no effect for a package, or a bad one, is a warning", async () => {
  using host = await packagedHost(
    {
      "releases/1.0/sys.config":
        "[{elixir, [{config_provider_init, #{reboot_system_after_config => true, providers => []}}]}].",
    },
    { "etc/relex/z.config": '{node, [{otp_root, "/opt/otp"}, {lib_dirs, ["/opt/lib"]}]}.' },
  );
  expect((await load(host)).warnings.map(({ code }) => code)).toEqual([
    "reboots_after_config",
    "ignored_node_setting",
    "ignored_node_setting",
  ]);
});

test("the shipped configuration is the weakest, each file that it includes stronger than what stands before it", async () => {
  using host = await packagedHost(
    {
      "releases/1.0/sys.config":
        '[{shop, [{port, 80}, {host, shipped}, {node, 1}]}, "more", "etc/root.config", {shop, [{last, 1}]}].',
      "releases/1.0/more.config": '[{shop, [{port, 81}]}, "deeper.config"].',
      "releases/1.0/deeper.config": "[{shop, [{last, 2}, {deep, yes}]}, {node, [{cookie, no}]}].",
      "etc/root.config": "[{sasl, [{utc_log, true}]}].",
    },
    { "etc/relex/z.config": "{shop, [{host, mine}]}." },
  );
  const release = await load(host);
  const shown = explainConfig(release.config)
    .filter(({ application }) => application !== "node")
    .map(({ application, key, value, origin, overridden }) => [
      `${application} ${key} ${printTerm(value, { format: "w" })}`,
      "file" in origin ? origin.file.split("/").at(-1) : "",
      overridden.length,
    ]);
  expect(shown).toEqual([
    ["shop port 81", "more.config", 1],
    ["shop host mine", "z.config", 1],
    ["shop node 1", "sys.config", 0],
    ["shop last 1", "sys.config", 1],
    ["shop deep yes", "deeper.config", 0],
    ["sasl utc_log true", "root.config", 0],
  ]);
  expect(release.warnings).toMatchObject([{ code: "ignored_section", position: { line: 1, column: 36 } }]);
});

test("vm.args give cookie, node name and the way to the node, unless the section node has them", async () => {
  const args = `-name shop@10.0.0.1 -setcookie shipped +P 20000 -setcookie other second
    -proto_dist inet_tls -ssl_dist_optfile tls.conf -erl_epmd_port 4555 -config more -detached -logger x 1 -extra -name y`;
  using host = await packagedHost(
    {
      "releases/1.0/vm.args": args,
      "tls.conf": '[{server, [{certfile, "c"}, {verify, verify_none}]}, {client, [{verify, verify_none}]}].',
      "more.config": "[{shop, [{port, 82}]}].",
    },
    { "etc/relex/user.config": "" },
  );
  const release = await load(host);
  expect(release.node).toMatchObject({
    cookie: "shipped",
    nodeName: "shop@10.0.0.1",
    longNames: true,
    distPort: 4555,
    epmd: false,
    tls: { protocol: "inet_tls" },
  });
  expect(release.packaged).toMatchObject({ args: ["+P", "20000", "-logger", "x", "1", "--"], extra: ["-name", "y"] });
  expect(formatSysConfig(release.config)).toContain("{port,82}");
  expect(release.warnings).toMatchObject([{ code: "node_cookie_dropped" }]);

  host.write("etc/relex/user.config", '{node, [{cookie, "mine"}, {nodename, mine}]}.');
  expect((await load(host)).node).toMatchObject({ cookie: "mine", name: "mine", longNames: false });
});

test("what vm.args say for an application is stronger than sys.config, and weaker than the host", async () => {
  using host = await packagedHost(
    {
      "releases/1.0/vm.args": `-kernel inet_dist_use_interface {127,0,0,2} net_ticktime 7 net_ticktime 8 odd
        -kernel net_ticktime 9 -shop port 90 host '"a b"' -other key value`,
    },
    { "etc/relex/z.config": "{kernel, [{net_ticktime, 60}]}." },
  );
  const release = await load(host);
  expect(release.packaged?.args).toEqual(["-other", "key", "value", "--"]);
  expect(release.node.listenAddress).toBe("127.0.0.2");
  expect(formatSysConfig(release.config).replaceAll(/\s+/g, "")).toContain(
    '[{shop,[{port,90},{host,"ab"}]},{kernel,[{net_ticktime,60},{inet_dist_use_interface,{127,0,0,2}}]}]',
  );
  const ticks = explainConfig(release.config).find(({ key }) => key === "net_ticktime");
  expect(ticks?.overridden.map(({ value }) => printTerm(value, { format: "w" }))).toEqual(["8", "7", "9"]);
});

test("the cookie of mix counts where nobody else has one", async () => {
  using host = await packagedHost({ "releases/COOKIE": "of_mix\n" }, { "etc/relex/user.config": "" });
  expect((await load(host)).node.cookie).toBe("of_mix");
  host.write(`${PACKAGE}/releases/1.0/vm.args`, "-setcookie of_args");
  expect((await load(host)).node.cookie).toBe("of_args");
});

test(".src files come first, filled in from the section node, the environment, and what start scripts set", async () => {
  using host = await packagedHost(
    {
      "releases/1.0/sys.config.src": '[{shop, [{port, ${PORT}}, {host, "${HOST:-none}"}, {name, ${RELEASE_NAME}}]}].',
      "releases/1.0/vm.args.src": "-sname ${SHORT_NAME}\n# ${NOTHING}\n-root ${ROOTDIR} ${RELEASE_VSN}",
      "releases/1.0/vm.args": "-sname stale",
    },
    { "etc/relex/env.config": '{node, [{env, [{"PORT", "8080"}]}]}.' },
  );
  const release = await load(host, { PORT: "1", SHORT_NAME: "here" });
  expect(release.node.name).toBe("here");
  expect(release.packaged?.args).toEqual(["-root", host.path(PACKAGE), "1.0", "--"]);
  expect(formatSysConfig(release.config)).toContain('[{port,8080},{host,"none"},{name,shop}]');
  expect(await failure(load(host))).toMatchObject({
    code: "variable_not_set",
    data: { variable: "SHORT_NAME", line: 1 },
  });
});

test("renderPackagedConfig() renders another version with what the host says", async () => {
  using host = await packagedHost(
    {
      "releases/2.0/shop.rel": '{release, {"shop", "2.0"}, {erts, "15.2.7"}, [{kernel, "10.2"}]}.',
      "releases/2.0/sys.config": "[{shop, [{rendered, before}]}].",
      "releases/2.0/sys.config.shipped": "[{shop, [{port, 443}, {new, true}]}].",
      "releases/2.0/vm.args": "-setcookie no +P 1 -extra x",
    },
    { "etc/relex/z.config": "{shop, [{host, mine}]}. {sasl, [{utc_log, true}]}." },
  );
  const release = await load(host);
  if (!isPackaged(release)) throw new Error("it is not packaged");
  const { sysConfig, vmArgs } = renderPackagedConfig(host.path(PACKAGE), "2.0", release);
  expect(printTerm(sysConfig, { format: "w" })).toBe(
    "[{shop,[{port,443},{new,true},{host,mine}]},{sasl,[{utc_log,true}]}]",
  );
  expect(vmArgs).toEqual(["+P", "1", "--", "-extra", "x"]);
  expect(await failure(Promise.try(() => renderPackagedConfig(host.path(PACKAGE), "3", release)))).toMatchObject({
    code: "packaged_release_invalid",
  });
});

test("where a package lies one directory further down, the error names that", async () => {
  using host = await testHost({
    "lib/relex/a.config": `{node, [{root, "opt"}]}.\n${COOKIE}`,
    "lib/relex/opt/shop/releases/start_erl.data": "15.2.7 1.0",
  });
  expect(await failure(load(host))).toMatchObject({
    message: `cannot use the release in "${host.path("lib/relex/opt")}": it has no releases/start_erl.data`,
    hint: `There is one in "${host.path("lib/relex/opt/shop")}": have root name that.`,
  });
});

test("a package that cannot be used is an error that says what it lacks", async () => {
  const cases: [files: Readonly<Record<string, string>>, message: string][] = [
    [{ "releases/start_erl.data": "15.2.7" }, "does not hold the versions of an emulator and of a release"],
    [{ "releases/start_erl.data": "15.2.7 ../1" }, "does not hold the versions"],
    [{ "releases/start_erl.data": "15.2.7 3.0" }, "it has no directory releases/3.0"],
    [{ "releases/1.0/sys.config": "{shop, []}." }, 'sys.config:1:1": a sys.config must hold one list'],
    [{ "releases/1.0/sys.config": "[]. []." }, "a sys.config must hold one list"],
    [{ "releases/1.0/sys.config": '[\n "nowhere"].' }, 'it includes "nowhere", which is not there'],
    [{ "releases/1.0/sys.config": '["sys"].' }, "includes itself"],
    [{ "releases/1.0/sys.config": "[{shop, [port]}]." }, "holds what is no {KEY, VALUE}"],
    [{ "releases/1.0/vm.args": "-sname" }, "-sname needs the name of a node"],
    [{ "releases/1.0/vm.args": "-sname a.b" }, "node nodename"],
    [{ "releases/1.0/vm.args": "-setcookie -x" }, "-setcookie needs a cookie"],
    [{ "releases/1.0/vm.args": "-kernel key {" }, '"{" is no Erlang term'],
    [{ "releases/1.0/vm.args": '-kernel "1" 2' }, "-kernel needs an atom before each value"],
    [{ "releases/1.0/shop.rel": "{release}." }, "cannot read the release"],
  ];
  for (const [files, message] of cases) {
    using host = await packagedHost(files);
    const error = await failure(load(host));
    expect(error.message).toContain(message);
    expect(error.kind).toBe("input");
  }
  using nowhere = await testHost({ "lib/relex/relex.config": '{node, [{root, "/nowhere"}, {cookie, c}]}.' });
  expect((await failure(load(nowhere))).message).toBe(
    'cannot use the release in "/nowhere": there is no such directory',
  );
  using empty = await testHost({ "lib/relex/a.config": "{node, [{root, there}]}.", "lib/relex/there/lib/x": "" });
  expect((await failure(load(empty))).message).toEndWith("it has no releases/start_erl.data");
  using none = await testHost({ "lib/relex/a.config": COOKIE });
  expect(await failure(load(none))).toMatchObject({ code: "no_definition", kind: "input" });
});

test("a package that may not be read is an error that says who may", async () => {
  using host = await packagedHost({ "releases/1.0/vm.args": "" });
  for (const name of ["releases/1.0/vm.args", "releases/1.0/sys.config", "releases"]) {
    chmodSync(host.path(`${PACKAGE}/${name}`), 0);
    const error = await failure(withoutPrivileges(() => load(host)));
    expect(error).toMatchObject({ code: "unreadable", kind: "io", data: { reason: "EACCES" } });
    expect(error.hint).toStartWith("Run enit as root");
    chmodSync(host.path(`${PACKAGE}/${name}`), 0o755);
  }
});
