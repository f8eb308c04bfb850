import { hostname } from "node:os";
import { join } from "node:path";
import { oracle, otpInstallations } from "./otp.ts";
import { tempDir } from "./temp-dir.ts";

/** Certificates of a test: `ca.pem`, and `NAME.pem` with `NAME.key` as `certificates.erl` has them. */
export interface Certificates extends Disposable {
  /** The path of a file. */
  readonly file: (name: string) => string;
  /** The options of `ssl` for a certificate, as Erlang text. */
  readonly options: (name: CertificateName) => string;
}

export type CertificateName = "node" | "elsewhere" | "expired" | "stranger";

/** Makes certificates for the short name of this host. */
export async function makeCertificates(): Promise<Certificates> {
  using cleanup = new DisposableStack();
  const dir = cleanup.use(tempDir());
  const [otp] = otpInstallations();
  if (otp === undefined) throw new Error("no Erlang/OTP");
  await using vm = await oracle(otp);
  const source = join(import.meta.dir, "certificates.erl");
  const [host = ""] = hostname().split(".");
  await vm.evaluate(`{ok, M, B} = compile:file("${source}", [binary]), {module, M} = code:load_binary(M, "", B),
                     M:write("${dir.path}", "${host}")`);
  const all = cleanup.move();
  const file = (name: string): string => dir.join(name);
  return {
    file,
    options: (name) =>
      `{certfile, "${file(`${name}.pem`)}"}, {keyfile, "${file(`${name}.key`)}"}, {cacertfile, "${file("ca.pem")}"}`,
    [Symbol.dispose]: () => all.dispose(),
  };
}
