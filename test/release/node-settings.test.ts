import { expect, test } from "bun:test";
import { type NodeSettings, type SettingFlags, loadRelease } from "../../src/release/index.ts";
import { failure } from "../support/failure.ts";
import { startNode, systemOtp } from "../support/otp.ts";
import { COOKIE, RELEX, type TestHost, testHost } from "./test-host.ts";

/** A host whose release `relex` has these sections besides its cookie. */
function relexHost(sections: string, flags: SettingFlags = {}): Promise<TestHost> {
  const files = { "lib/relex/release.enit": RELEX, "lib/relex/a.config": COOKIE, "etc/relex/user.config": sections };
  return testHost(files, flags);
}

/** What the node settings become with these keys in the section `node`. */
async function nodeWith(keys: string, flags: SettingFlags = {}): Promise<NodeSettings> {
  using host = await relexHost(`{node, [${keys}]}.`, flags);
  return (await host.load()).node;
}

test("a section node with a cookie alone has defaults for everything else", async () => {
  const { nodeName, host, ...node } = await nodeWith("");
  expect(nodeName).toBe(`relex@${host}`);
  expect(node).toEqual({
    name: "relex",
    longNames: false,
    cookie: "monster",
    runAsUser: undefined,
    runAsGroup: undefined,
    smp: undefined,
    hidden: false,
    connectAll: true,
    tls: undefined,
    distPort: undefined,
    epmd: true,
    startRetries: 0,
    startDelaySeconds: 15,
    stopTimeoutSeconds: 10,
    otpRoot: undefined,
    libDirs: [],
    vmArgs: [],
    keepCode: true,
    env: [],
    root: undefined,
    listenAddress: undefined,
    epmdPort: undefined,
  });
});

test("all keys of the section node are read, names as strings, binaries or atoms", async () => {
  const node = await nodeWith(`
    {cookie, oatmeal}, {nodename, "mine@box.example.com"}, {run_as_user, relex}, {run_as_group, <<"staff">>},
    {smp, enabled}, {hidden, true}, {connect_all, false}, {start_retries, 3}, {start_delay, 2.5},
    {stop_timeout, 30000}, {otp_root, "/opt/otp"}, {vm_args, ["+P", 1000000, <<"-s">>, x]},
    {env, [{"LANG", "C"}, {a, <<"b">>}, {"N", 1}, {"EMPTY", ""}, {"ERL_EPMD_PORT", "4370"}]}`);
  expect(node).toMatchObject({
    cookie: "oatmeal",
    name: "mine",
    host: "box.example.com",
    nodeName: "mine@box.example.com",
    longNames: true,
    runAsUser: "relex",
    runAsGroup: "staff",
    smp: "enabled",
    hidden: true,
    connectAll: false,
    startRetries: 3,
    startDelaySeconds: 2.5,
    stopTimeoutSeconds: 30,
    otpRoot: "/opt/otp",
    vmArgs: ["+P", "1000000", "-s", "x"],
    env: [
      ["LANG", "C"],
      ["a", "b"],
      ["N", "1"],
      ["EMPTY", ""],
      ["ERL_EPMD_PORT", "4370"],
    ],
    epmdPort: 4370,
  });
});

test("no limit is written infinity or unlimited, as an atom or a string", async () => {
  for (const word of ["infinity", "unlimited", '"infinity"', '"unlimited"']) {
    const node = await nodeWith(`{start_retries, ${word}}, {stop_timeout, ${word}}`);
    expect(node).toMatchObject({ startRetries: "infinity", stopTimeoutSeconds: "infinity" });
  }
});

test("smp takes the words of the original and those of erl", async () => {
  const words = {
    enabled: "enabled",
    enable: "enabled",
    disabled: "disabled",
    disable: "disabled",
    auto: "auto",
  } as const;
  for (const [word, smp] of Object.entries(words)) expect((await nodeWith(`{smp, ${word}}`)).smp).toBe(smp);
});

test("relative paths start at the directory of the file that has them", async () => {
  using host = await testHost(
    {
      "lib/relex/release.enit": RELEX,
      "lib/relex/a.config": '{node, [{cookie, "c"}, {otp_root, "otp"}, {root, here}]}.',
      "etc/relex/b.config": '{node, [{lib_dirs, ["libs", "/opt/libs"]}]}.',
      "lib/relex/here/releases/start_erl.data": "13.1.5 1.0",
      "lib/relex/here/releases/1.0/sys.config": "[].",
    },
    { libDirs: ["/host/libs", "/opt/libs"] },
  );
  const { node } = await host.load();
  expect(node.otpRoot).toBe(host.path("lib/relex/otp"));
  expect(node.root).toBe(host.path("lib/relex/here"));
  expect(node.libDirs).toEqual([host.path("etc/relex/libs"), "/opt/libs", "/host/libs"]);
});

test("lib_dirs may be a single path", async () => {
  expect((await nodeWith('{lib_dirs, "/opt/libs"}')).libDirs).toEqual(["/opt/libs"]);
});

test("a flag is stronger than the section node, and that is stronger than enit.toml", async () => {
  const keys = '{start_retries, 3}, {start_delay, 4}, {otp_root, "/node"}';
  using host = await relexHost(`{node, [${keys}]}.`);
  host.write("etc/enit.toml", 'start_retries = 1\nstop_timeout = 1000\notp_root = "/toml"\n');
  const settings = await host.settingsWith({ startDelay: "9" });
  const { node } = await loadRelease("relex", settings);
  expect(node).toMatchObject({
    startRetries: 3,
    startDelaySeconds: 9,
    stopTimeoutSeconds: 1,
    otpRoot: "/node",
  });
});

test("the address to listen on is that of the section kernel", async () => {
  using host = await relexHost("{kernel, [{inet_dist_use_interface, {127, 0, 0, 2}}]}.");
  expect((await host.load()).node.listenAddress).toBe("127.0.0.2");
  using any = await relexHost("{kernel, [{inet_dist_use_interface, {0, 0, 0, 0}}]}.");
  expect((await any.load()).node.listenAddress).toBeUndefined();
});

test("a release without a cookie is an error that says where to put one", async () => {
  using host = await testHost({ "lib/relex/release.enit": RELEX, "lib/relex/a.config": "{node, [{hidden, true}]}." });
  const error = await failure(host.load());
  expect(error).toMatchObject({
    code: "no_cookie",
    kind: "input",
    message: 'cannot use the release "relex": it has no cookie',
    data: { release: "relex", files: [host.path("lib/relex/a.config")] },
  });
  expect(error.hint).toContain(host.path("etc/relex/user.config"));
});

test("a node setting of the wrong kind is an error with its place, and without its value", async () => {
  const cases: [key: string, value: string, state: string][] = [
    ["cookie", "[secret, 1]", "node cookie must be a string or an atom of 1 to 255 printable ASCII characters"],
    ["cookie", '""', "node cookie must be a string or an atom of 1 to 255 printable ASCII characters"],
    ["cookie", '"secr\\net"', "node cookie must be a string or an atom of 1 to 255 printable ASCII characters"],
    ["cookie", '"secr\u00e9t"', "node cookie must be a string or an atom of 1 to 255 printable ASCII characters"],
    ["nodename", "1", "node nodename must be a string or an atom"],
    [
      "nodename",
      '"a b"',
      "node nodename: the part before the @ must consist of letters without accents, digits, _ and -",
    ],
    ["nodename", "'a@'", "node nodename: the part after the @ is not the name of a host"],
    ["long_names", "yes", "node long_names must be true or false"],
    ["run_as_user", "{a}", "node run_as_user must be the name of a user"],
    ["run_as_user", '""', "node run_as_user must be the name of a user"],
    ["run_as_group", "-1", "node run_as_group must be the name of a group"],
    ["smp", "perhaps", "node smp must be enabled, disabled or auto"],
    ["hidden", '"true"', "node hidden must be true or false"],
    ["connect_all", "1", "node connect_all must be true or false"],
    ["start_retries", "1.5", "node start_retries must be a number of retries or infinity"],
    ["start_retries", "-1", "node start_retries must be a number of retries or infinity"],
    ["start_retries", "often", "node start_retries must be a number of retries or infinity"],
    ["start_delay", "infinity", "node start_delay must be a number of seconds"],
    ["start_delay", "{1, s}", "node start_delay must be a number of seconds"],
    ["stop_timeout", "-5", "node stop_timeout must be a number of milliseconds or infinity"],
    ["otp_root", '["/a", "/b"]', "node otp_root must be the path of a directory"],
    ["lib_dirs", '["/a", 1]', "node lib_dirs must be a list of paths"],
    ["lib_dirs", '["/a" | "/b"]', "node lib_dirs must be a list of paths"],
    ["vm_args", '"+K true"', "node vm_args must be a list of strings"],
    ["vm_args", "[{a}]", "node vm_args must be a list of strings"],
    ["vm_args", '["-setcookie", "x"]', "node vm_args has -setcookie, which is for enit alone to set"],
    ["vm_args", '["-setcookie secret"]', "node vm_args has -setcookie, which is for enit alone to set"],
    ["vm_args", '["-sname", "x"]', "node vm_args has -sname, which is for enit alone to set"],
    ["env", '["A=1"]', "node env must be a list of {NAME, VALUE}, both strings"],
    ["env", '[{"A=1", "x"}]', "node env must be a list of {NAME, VALUE}, both strings"],
    ["env", '[{"A", "x\\0"}]', "node env must be a list of {NAME, VALUE}, both strings"],
    ["env", '[{"", "x"}]', "node env must be a list of {NAME, VALUE}, both strings"],
    ["root", "1", "node root must be the path of a directory"],
  ];
  for (const [key, value, state] of cases) {
    using host = await relexHost(`{node, [\n  {${key}, ${value}}]}.`);
    const error = await failure(host.load());
    const file = host.path("etc/relex/user.config");
    expect(error).toMatchObject({
      code: "invalid_node_setting",
      kind: "input",
      data: { key, file, line: 2, column: 3 },
    });
    expect(error.message).toBe(`cannot use "${file}:2:3": ${state}`);
  }
});

test("an address to listen on that is none is an error with its place", async () => {
  using host = await relexHost('{kernel, [{inet_dist_use_interface, "127.0.0.1"}]}.');
  const error = await failure(host.load());
  expect(error.code).toBe("invalid_node_setting");
  expect(error.message).toEndWith(':1:11": kernel inet_dist_use_interface must be an IP address, as in {127,0,0,1}');
});

test("a release whose name is no name of a node needs a nodename", async () => {
  const files = { "lib/my.app/release.enit": "{release, 'my.app', [{vsn, \"1\"}]}.", "lib/my.app/a.config": COOKIE };
  using host = await testHost(files);
  const error = await failure(loadRelease("my.app", host.settings));
  expect(error.code).toBe("invalid_node_setting");
  expect(error.message).toStartWith('cannot use "my.app" as the name of a node: ');
  host.write("etc/my.app/user.config", "{node, [{nodename, my_app}]}.");
  expect((await loadRelease("my.app", host.settings)).node.name).toBe("my_app");
});

test("an unknown key of the section node is a warning with the nearest known one", async () => {
  using host = await relexHost("{node, [{hiden, true},\n {frozzle, 1}]}.");
  const file = host.path("etc/relex/user.config");
  expect((await host.load()).warnings).toMatchObject([
    {
      code: "unknown_node_setting",
      message: `${file}:1:9: "hiden" is no key of the section node`,
      hint: 'Did you mean "hidden"?',
      position: { file, line: 1, column: 9 },
    },
    { code: "unknown_node_setting", message: `${file}:2:2: "frozzle" is no key of the section node` },
  ]);
});

test("a stop_timeout that was thought to count in seconds is a warning", async () => {
  using host = await relexHost("{node, [{stop_timeout, 30}]}.");
  const { warnings } = await host.load();
  expect(warnings).toEqual([
    {
      code: "short_stop_timeout",
      message: `${host.path("etc/relex/user.config")}:1:9: stop_timeout is less than a tenth of a second`,
      hint: "It counts in milliseconds, start_delay in seconds.",
      position: { file: host.path("etc/relex/user.config"), line: 1, column: 9 },
    },
  ]);
});

test("arguments of the VM that are written as one string are a warning", async () => {
  using host = await relexHost('{node, [{vm_args, ["+P 1000000", "-eval", "io:nl(), ok"]}]}.');
  const release = await host.load();
  expect(release.warnings.map(({ code }) => code)).toEqual(["joined_vm_args"]);
  expect(release.warnings[0]?.message).toEndWith("node vm_args passes +P and its value as a single argument");
});

test("the cookies that are accepted are those that OTP reads from its file as they are", async () => {
  const printable = String.fromCharCode(...Array.from({ length: 95 }, (_, index) => index + 32));
  const node = await nodeWith(`{cookie, "${printable.replace(/["\\]/g, "\\$&")}"}`);
  expect(node.cookie).toBe(printable);
  await using vm = await startNode({ otp: systemOtp(), cookie: printable });
  expect(new TextDecoder().decode(await vm.bytes("atom_to_binary(erlang:get_cookie())"))).toBe(printable);
});
