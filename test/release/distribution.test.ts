import { expect, test } from "bun:test";
import { printTerm } from "../../src/term/index.ts";
import { failure } from "../support/failure.ts";
import { COOKIE, RELEX, testHost, type TestHost } from "./test-host.ts";

function relexHost(keys: string, files: Readonly<Record<string, string>> = {}): Promise<TestHost> {
  const config = `{node, [${keys}]}.`;
  return testHost({
    "lib/relex/release.enit": RELEX,
    "lib/relex/a.config": COOKIE,
    "etc/relex/z.config": config,
    ...files,
  });
}

/** The options as the VM gets them, with the directory of the host's files as DIR. */
async function optionsWith(keys: string, files: Readonly<Record<string, string>> = {}): Promise<string | undefined> {
  using host = await relexHost(keys, files);
  const { tls } = (await host.load()).node;
  const text = tls && printTerm(tls.options, { format: "tp", width: 1000 });
  return text?.replaceAll(host.path("etc/relex"), "DIR").replaceAll(host.path("etc"), "PARENT");
}

async function stateWith(keys: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
  using host = await relexHost(keys, files);
  const { message } = await failure(host.load());
  return message.replace(/^cannot use "[^"]*": /, "").replaceAll(host.path("etc/relex"), "DIR");
}

const VERIFIED = "{verify,verify_peer}";

test("tls as a list is for both directions, with whole names of files, and everybody verified", async () => {
  const files = '{certfile,"DIR/c.pem"},{keyfile,"/k.pem"},{cacertfile,"DIR/ca/a.pem"}';
  const options = await optionsWith('{tls, [{certfile, "c.pem"}, {keyfile, <<"/k.pem">>}, {cacertfile, "ca/a.pem"}]}');
  expect(options).toBe(`[{server,[{fail_if_no_peer_cert,true},${VERIFIED},${files}]},{client,[${VERIFIED},${files}]}]`);
});

test("what tls says of verifying stands", async () => {
  const keys = '{certfile, "/c"}, {verify, verify_none}';
  expect(await optionsWith(`{tls, [${keys}]}`)).toBe(
    '[{server,[{certfile,"/c"},{verify,verify_none}]},{client,[{certfile,"/c"},{verify,verify_none}]}]',
  );
  const lax = '{certfile,"/c"},{cacertfile,"/a"},{verify,verify_peer},{fail_if_no_peer_cert,false}';
  expect(await optionsWith(`{tls, [${lax}, {depth, 2}]}`)).toBe(
    `[{server,[${lax},{depth,2}]},{client,[{certfile,"/c"},{cacertfile,"/a"},{verify,verify_peer},{depth,2}]}]`,
  );
});

test("tls as server and client, and as a file of them", async () => {
  const sides = '{server, [{certfile, "s"}, {verify, verify_none}]}, {client, [{cacertfile, "../a"}]}';
  const written = (dir: string, parent: string): string =>
    `[{server,[{certfile,"${dir}/s"},{verify,verify_none}]},{client,[${VERIFIED},{cacertfile,"${parent}/a"}]}]`;
  expect(await optionsWith(`{tls, [${sides}]}`)).toBe(written("DIR", "PARENT"));
  const file = { "etc/relex/tls/dist.conf": `%% ours\n[${sides}].\n` };
  expect(await optionsWith('{tls, "tls/dist.conf"}', file)).toBe(written("DIR/tls", "DIR"));
  expect(await optionsWith('{vm_args, ["-proto_dist", "inet6_tls", "-ssl_dist_optfile", "tls/dist.conf"]}', file)).toBe(
    written("DIR/tls", "DIR"),
  );
});

test("what of vm_args is about TLS becomes the settings, the rest stays", async () => {
  const file = {
    "etc/relex/d.conf": '[{server, [{certfile, "s"}, {verify, verify_none}]}, {client, [{verify, verify_none}]}].',
  };
  const args = '"+P", "20000", "-proto_dist", "inet6_tls", "-ssl_dist_optfile", "d.conf", "-x"';
  using host = await relexHost(`{vm_args, [${args}]}`, file);
  const { node } = await host.load();
  expect(node.vmArgs).toEqual(["+P", "20000", "-x"]);
  expect(node.tls).toMatchObject({ protocol: "inet6_tls", client: { verify: false, cacertfile: undefined } });
});

test("a port, and a node without epmd", async () => {
  using host = await relexHost("{dist_port, 9100}, {epmd, false}");
  expect((await host.load()).node).toMatchObject({ distPort: 9100, epmd: false, tls: undefined });
});

test("wrong values are refused in words, and shown to nobody", async () => {
  const cases: [keys: string, state: string][] = [
    ["{dist_port, 0}", "node dist_port must be a port, 1 to 65535"],
    ["{dist_port, auto}", "node dist_port must be a port, 1 to 65535"],
    ["{epmd, false}", "without epmd nobody finds the node, unless node dist_port says where it listens"],
    ["{tls, true}", 'DIR/true": no such file or directory'],
    ["{tls, []}", "node tls must be a list of {OPTION, VALUE} or the name of a file with such a list"],
    ["{tls, [secret]}", "node tls must be a list of {OPTION, VALUE} or the name of a file with such a list"],
    ["{tls, [{verify, verify_none}]}", "node tls has no certfile, without which nobody can connect"],
    [
      '{tls, [{certfile, "c"}]}',
      "node tls has neither cacertfile nor verify: name the file with the authorities, or say {verify, verify_none}",
    ],
    ['{tls, [{certfile, "c"}, {verify, maybe}]}', "node tls verify must be verify_peer or verify_none"],
    ["{tls, [{certfile, 1}, {verify, verify_none}]}", "node tls certfile must be the name of a file"],
    [
      '{tls, [{server, [{certfile, "c"}, {verify, verify_none}]}, {certfile, "c"}]}',
      "node tls has certfile beside server and client: it belongs into them",
    ],
    [
      '{tls, [{certfile, "c"}, {cacertfile, "a"}, {fail_if_no_peer_cert, 1}]}',
      "node tls fail_if_no_peer_cert must be true or false",
    ],
    [
      '{vm_args, ["-proto_dist", "inet_tls"]}',
      "node vm_args has -proto_dist inet_tls, but node tls does not say with what",
    ],
    [
      '{vm_args, ["-ssl_dist_opt", "server_certfile", "c"]}',
      "node vm_args has -ssl_dist_opt: write its options as node tls",
    ],
    [
      '{vm_args, ["-proto_dist", "inet6_tcp"]}, {tls, [{certfile, "c"}, {verify, verify_none}]}',
      "node vm_args has -proto_dist inet6_tcp, which is without TLS",
    ],
    [
      '{vm_args, ["-ssl_dist_optfile", "f"]}, {tls, [{certfile, "c"}, {verify, verify_none}]}',
      "node vm_args has -ssl_dist_optfile, and node tls says the same",
    ],
  ];
  for (const [keys, state] of cases) expect(await stateWith(keys)).toContain(state);
  expect(await stateWith('{tls, "f"}', { "etc/relex/f": "[{server, fun(X) -> X end}]." })).toContain(
    "DIR/f is not a single plain term",
  );
});
