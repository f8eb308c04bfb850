import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connectNode, type ConnectOptions, type TlsCredentials } from "../../src/dist/index.ts";
import { atom } from "../../src/term/index.ts";
import { type CertificateName, type Certificates, makeCertificates } from "../support/certificates.ts";
import { containing } from "../support/containing.ts";
import { failure } from "../support/failure.ts";
import { type OtpInstallation, otpInstallations, startNode, systemOtp, type TestNode } from "../support/otp.ts";
import { tempDir } from "../support/temp-dir.ts";

let certificates: Certificates;

beforeAll(async () => {
  certificates = await makeCertificates();
});

afterAll(() => certificates[Symbol.dispose]());

async function bytes(file: string): Promise<Uint8Array> {
  return Bun.file(certificates.file(file)).bytes();
}

async function credentials(name: CertificateName, authority = "ca.pem"): Promise<TlsCredentials> {
  const [certificate, key, authorities] = await Promise.all([`${name}.pem`, `${name}.key`, authority].map(bytes));
  return { certificate, key, authorities, verify: true };
}

/** Starts a node whose distribution is TLS, with a certificate for its server. */
async function startTlsNode(otp: OtpInstallation, name: CertificateName = "node"): Promise<TestNode> {
  using dir = tempDir();
  const server = `{server, [${certificates.options(name)}, {verify, verify_peer}, {fail_if_no_peer_cert, true}]}`;
  const file = dir.write("ssl_dist.conf", `[${server}, {client, [${certificates.options("node")}]}].\n`);
  return await startNode({ otp, args: ["-proto_dist", "inet_tls", "-ssl_dist_optfile", file] });
}

function of({ node, cookie, epmdPort }: TestNode, tls?: TlsCredentials): ConnectOptions {
  return { node, cookie, epmdPort, tls };
}

const OLDEST_AND_NEWEST = [otpInstallations().at(0), otpInstallations().at(-1)].filter((otp) => otp !== undefined);

describe.each([...new Set(OLDEST_AND_NEWEST)])("on OTP $major", (otp) => {
  let node: TestNode;

  beforeAll(async () => {
    node = await startTlsNode(otp);
  });

  afterAll(() => node[Symbol.asyncDispose]());

  test("connectNode() reaches a node by TLS, with a message of a megabyte there and back", async () => {
    await using connection = await connectNode(of(node, await credentials("node")));
    expect(await connection.call("erlang", "node", [])).toEqual(atom(node.node));
    const large = { kind: "bitstring", bytes: new Uint8Array(2 ** 20).fill(7), lastBits: 8 } as const;
    expect(await connection.call("erlang", "hd", [{ kind: "list", elements: [large], tail: undefined }])).toEqual(
      large,
    );
    expect(await node.text(`net_adm:ping('${connection.self.node}')`)).toBe("pong");
  });

  test("connectNode() needs no authorities where nobody is to be verified", async () => {
    await using connection = await connectNode(
      of(node, { ...(await credentials("node")), authorities: undefined, verify: false }),
    );
    expect(await connection.call("erlang", "node", [])).toEqual(atom(node.node));
  });

  test("connectNode() says what speaks against its own certificate", async () => {
    for (const [tls, state] of [
      [await credentials("stranger"), "it does not trust the authority of the certificate that enit has"],
      [await credentials("expired"), "it finds the certificate that enit has expired"],
    ] as const) {
      expect(await failure(connectNode(of(node, tls)))).toMatchObject({
        code: "tls_failed",
        message: `cannot connect to "${node.node}": ${state}`,
        kind: "failed",
        hint: containing("certfile"),
      });
    }
    const none: TlsCredentials = { authorities: await bytes("ca.pem"), verify: true };
    // TLS 1.3 has an alert for it, TLS 1.2 has not.
    const error = await failure(connectNode(of(node, none)));
    expect(error).toMatchObject({ code: "tls_failed", message: containing("certificate") });
  });

  test("connectNode() without TLS says that the node has it", async () => {
    expect(await failure(connectNode(of(node)))).toMatchObject({
      code: "tls_failed",
      message: containing("its distribution is TLS"),
      hint: containing("{tls, [{certfile, FILE}"),
    });
  });

  test("connectNode() trusts no authority that it was not given", async () => {
    expect(await failure(connectNode(of(node, await credentials("node", "stranger.pem"))))).toMatchObject({
      code: "tls_failed",
      message: containing("its certificate is of an authority that is not trusted"),
    });
  });
});

test("connectNode() refuses a certificate that has expired or is for another host", async () => {
  await using expired = await startTlsNode(systemOtp(), "expired");
  const tls = await credentials("node");
  expect((await failure(connectNode(of(expired, tls)))).message).toContain("its certificate has expired");
  await using elsewhere = await startTlsNode(systemOtp(), "elsewhere");
  expect((await failure(connectNode(of(elsewhere, tls)))).message).toContain("its certificate is for another host");
});

test("connectNode() by TLS says that a node without it keeps silent, and lets go of it", async () => {
  await using node = await startNode({ otp: systemOtp() });
  const tls = await credentials("node");
  expect(await failure(connectNode({ ...of(node, tls), timeout: 200 }))).toMatchObject({
    code: "node_unreachable",
    message: containing("nothing came within 200 ms while agreeing on TLS"),
    hint: "A node whose distribution is not TLS does not answer that.",
  });
});

test("connectNode() says what is wrong with a certificate or key that nobody could use", async () => {
  await using node = await startTlsNode(systemOtp());
  const good = await credentials("node");
  const text = new TextEncoder().encode("no certificate\n");
  for (const [tls, state] of [
    [{ ...good, key: await bytes("stranger.key") }, "the key is not that of the certificate"],
    [{ ...good, certificate: text }, "not in the format PEM"],
    [{ ...good, authorities: text }, "not in the format PEM"],
  ] as const) {
    const error = await failure(connectNode(of(node, tls)));
    expect(error).toMatchObject({ code: "tls_failed", kind: "input", message: containing(state) });
  }
});
