import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { TopSample } from "../../src/contract/index.ts";
import { type Certificates, makeCertificates } from "../support/certificates.ts";
import { containing } from "../support/containing.ts";
import { freePort, otpInstallations, type OtpInstallation, systemOtp } from "../support/otp.ts";
import { definePackaged, packRelease } from "../support/packaged.ts";
import { HOST, type ReleaseHost, releaseHost } from "../support/release-host.ts";
import { openTerminal } from "../support/terminal.ts";
import { Transcript } from "../support/transcript.ts";

/** What every command must reach: the name of the release, and its node. */
const KINDS = [
  { kind: "tls", node: `tls@${HOST}` },
  { kind: "no-epmd", node: `no-epmd@${HOST}` },
  { kind: "long", node: "long@127.0.0.1" },
];

let certificates: Certificates;

beforeAll(async () => {
  certificates = await makeCertificates();
});

afterAll(() => certificates[Symbol.dispose]());

/** Keys of the section `node` for each kind. */
function nodeOf(kind: string): string {
  if (kind === "tls") return `{tls, [${certificates.options("node")}]}`;
  if (kind === "long") return '{nodename, "long@127.0.0.1"}';
  // Where no epmd is, so that nothing can be asked of it.
  return `{dist_port, ${freePort()}}, {epmd, false}, {env, [{"ERL_EPMD_PORT", "${freePort()}"}]}`;
}

async function hostWith(otp: OtpInstallation, kinds: typeof KINDS): Promise<ReleaseHost> {
  const host = await releaseHost(otp);
  for (const { kind } of kinds) {
    const defaults = `{node, [${nodeOf(kind)}]}.\n`;
    host.define(kind, { definition: `{release, '${kind}', [{vsn, "1.0"}, {applications, [sasl]}]}.\n`, defaults });
  }
  await Promise.all(kinds.map(({ kind }) => host.json("start", kind)));
  return host;
}

const OLDEST_AND_NEWEST = [otpInstallations().at(0), otpInstallations().at(-1)].filter((otp) => otp !== undefined);

describe.each([...new Set(OLDEST_AND_NEWEST)])("on OTP $major", (otp) => {
  // TLS is what differs from one to another.
  const kinds = otp.major === systemOtp().major ? KINDS : KINDS.filter(({ kind }) => kind === "tls");
  let host: ReleaseHost;

  beforeAll(async () => {
    host = await hostWith(otp, kinds);
  });

  afterAll(() => host[Symbol.asyncDispose]());

  for (const { kind, node } of kinds) {
    test(`every command reaches a release of the kind ${kind}`, async () => {
      expect(await host.json("status", kind)).toMatchObject({ node, status: { otp: String(otp.major) } });
      expect((await host.enit("call", kind, "erlang", "is_alive")).stdout).toBe("true\n");
      expect((await host.enit("eval", kind, "whereis(ssl_dist_sup) =/= undefined")).stdout).toBe(`${kind === "tls"}\n`);
      if (kind === "tls") {
        // To trace what carries the messages of a trace would bring forth more of them.
        const trace = await host.enit("trace", kind, "tls_sender", "--time", "0.2");
        expect(trace.stdout).toBe("enit trace done, timeout - 0\n");
      }
      const tracer = host.spawn("trace", kind, "lists:seq(7, _) -> return", "--msgs", "2");
      await new Transcript(tracer.stderr).until("tracing 1 function");
      await host.enit("call", kind, "lists", "seq", "[7, 9]");
      expect(await tracer.stdout.text()).toMatch(
        /% lists:seq\(7, 9\)\n.*% lists:seq\/2 -> \[7,8,9\]\nenit trace done, msg_count - 2\n$/s,
      );
      const sample = (await host.json("top", kind, "--once", "--interval", "0.2", "--limit", "1")) as TopSample;
      expect(sample).toMatchObject({
        node,
        otp: String(otp.major),
        processes: [{ pid: expect.any(String) as string }],
      });
      expect(sample.rates.reductions).toBeGreaterThan(0);
      host.write(`etc/enit/${kind}/z.config`, "{sasl, [{utc_log, true}]}.\n");
      expect((await host.enit("reconfigure", kind)).stdout).toContain("+ utc_log = true");
      expect((await host.enit("list")).stdout).toContain(`* ${kind} 1.0 [${node}] (running)\n`);

      const terminal = openTerminal(["--root", host.root, "remsh", kind], host.env);
      await terminal.until(`(${node})1>`);
      terminal.type("application:get_env(sasl, utc_log).\r");
      await terminal.until("\n{ok,true}");
      terminal.type("\u0003");
      await terminal.until("BREAK: (a)bort");
      terminal.type("a\r");
      await terminal.exited;

      const { stdout, exitCode } = await host.enit("stop", kind);
      expect({ stdout, exitCode }).toMatchObject({ stdout: containing(`stopped release ${kind}`), exitCode: 0 });
    });
  }
});

test("a packaged release has the TLS that its vm.args asks for", async () => {
  await using host = await releaseHost();
  const side = `[${certificates.options("node")}, {verify, verify_peer}]`;
  const root = await packRelease(host, {
    otp: systemOtp(),
    applications: "asn1, crypto, public_key, ssl, sasl",
    vmArgs: "-sname packed\n-setcookie chocolate\n-proto_dist inet_tls\n-ssl_dist_optfile etc/ssl_dist.conf\n",
    files: { "etc/ssl_dist.conf": `[{server, ${side}}, {client, ${side}}].\n` },
  });
  definePackaged(host, root);
  await host.json("start", "relex");
  expect((await host.enit("eval", "relex", "whereis(ssl_dist_sup) =/= undefined")).stdout).toBe("true\n");
  expect(await host.enit("update", "relex")).toMatchObject({
    stderr: containing("it brings its applications with it\nA packaged release changes by an upgrade tarball"),
    exitCode: 126,
  });
  const terminal = openTerminal(["--root", host.root, "remsh", "relex"], host.env);
  await terminal.until(`(packed@${HOST})1>`);
  terminal.type("\u0003");
  await terminal.until("BREAK: (a)bort");
  terminal.type("a\r");
  await terminal.exited;
  expect((await host.enit("stop", "relex")).exitCode).toBe(0);
});

describe("where it does not work", () => {
  let host: ReleaseHost;

  beforeAll(async () => {
    host = await releaseHost();
  });

  afterAll(() => host[Symbol.asyncDispose]());

  function define(name: string, node: string): void {
    host.define(name, { applications: "[sasl]", defaults: `{node, [${node}]}.\n` });
  }

  test("a certificate that is not there, or is another one's, keeps a release from starting", async () => {
    define("missing", '{tls, [{certfile, "none.pem"}, {verify, verify_none}]}');
    const file = host.join("var/lib/enit/missing/none.pem");
    const error = `enit: cannot use TLS with "${file}": there is no such file or directory\n`;
    for (const command of ["start", "restart"]) {
      expect(await host.enit(command, "missing")).toMatchObject({ stderr: containing(error), exitCode: 2 });
    }
    const other = certificates.file("stranger.key");
    define(
      "other",
      `{tls, [{certfile, "${certificates.file("node.pem")}"}, {keyfile, "${other}"}, {verify, verify_none}]}`,
    );
    expect(await host.enit("start", "other")).toMatchObject({
      stderr: containing("enit: cannot use TLS: the key is not that of the certificate\n"),
      exitCode: 2,
    });
  });

  test("a port that is in use keeps a release from starting", async () => {
    using listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    define("taken", `{dist_port, ${listener.port}}`);
    expect(await host.enit("start", "taken")).toMatchObject({
      stderr: containing(`enit: cannot start "taken": something listens on its port ${listener.port} already\n`),
      exitCode: 1,
    });
    const idle = freePort();
    define("idle", `{dist_port, ${idle}}, {epmd, false}`);
    expect(await host.enit("status", "idle")).toMatchObject({ stdout: containing("currently offline"), exitCode: 0 });
  });

  test("a password of a key is shown by no command", async () => {
    define("secret", '{tls, [{certfile, "a.pem"}, {password, "geheim"}, {verify, verify_none}]}');
    for (const flags of [[], ["--explain"], ["--json"]]) {
      const { stdout, exitCode } = await host.enit("config", "secret", ...flags);
      expect({ isShown: stdout.includes("geheim"), hasFile: stdout.includes("a.pem"), exitCode }).toEqual({
        isShown: false,
        hasFile: true,
        exitCode: 0,
      });
    }
  });

  test("commands say that the certificates have been replaced by others", async () => {
    for (const name of ["node.pem", "node.key", "ca.pem"]) {
      host.write(name, await Bun.file(certificates.file(name)).text());
    }
    const root = host.root;
    define(
      "relex",
      `{tls, [{certfile, "${root}/node.pem"}, {keyfile, "${root}/node.key"}, {cacertfile, "${root}/ca.pem"}]}`,
    );
    await host.json("start", "relex");
    host.write("node.pem", await Bun.file(certificates.file("stranger.pem")).text());
    host.write("node.key", await Bun.file(certificates.file("stranger.key")).text());
    expect(await host.enit("status", "relex")).toMatchObject({
      stderr: containing("is of an authority that is not trusted"),
      exitCode: 1,
    });
    // Not over the distribution then, but by a signal.
    expect((await host.enit("stop", "relex")).exitCode).toBe(0);
  });
});
