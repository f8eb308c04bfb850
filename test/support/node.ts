import { chmodSync } from "node:fs";
import { hostname } from "node:os";
import { startEpmd } from "./epmd.ts";
import type { OtpInstallation } from "./installations.ts";
import { type Oracle, type VmOptions, oracle } from "./oracle.ts";
import { tempDir } from "./temp-dir.ts";

/** A distributed Erlang node that answers requests of the test as an `Oracle` does. */
export interface TestNode extends Oracle {
  /** `name@host` */
  readonly node: string;
  readonly cookie: string;
  readonly epmdPort: number;
  /** Its working directory, removed at the end; `home` in it is its home directory. */
  readonly directory: string;
}

export interface NodeOptions extends VmOptions {
  readonly otp: OtpInstallation;
  /** The part before the `@`. Default: one that no other test uses. */
  readonly name?: string;
  /** The part after the `@`. Default: the short name of this host, or 127.0.0.1 with `longNames`. */
  readonly host?: string;
  readonly longNames?: boolean;
  /** Default: one that no other test uses. */
  readonly cookie?: string;
  /** The port of the epmd to use. Default: one of its own, which ends with the node. */
  readonly epmdPort?: number;
}

let started = 0;

/** Starts a node; when the promise settles it has booted and is known to its epmd. */
export async function startNode(options: NodeOptions): Promise<TestNode> {
  const unique = `enit_test_${process.pid}_${++started}`;
  const { name = unique, cookie = `cookie_of_${unique}`, longNames = false } = options;
  const host = options.host ?? (longNames ? "127.0.0.1" : hostname().split(".")[0]);
  const node = `${name}@${host}`;

  await using cleanup = new AsyncDisposableStack();
  const dir = cleanup.use(tempDir());
  const epmdPort = options.epmdPort ?? cleanup.use(await startEpmd(options.otp)).port;
  // In a file, as a cookie in the arguments could be seen by everyone.
  chmodSync(dir.write("home/.erlang.cookie", cookie), 0o400);
  const vm = cleanup.use(
    await oracle(options.otp, {
      args: [longNames ? "-name" : "-sname", node, "-start_epmd", "false", ...(options.args ?? [])],
      env: { HOME: dir.join("home"), ERL_EPMD_PORT: String(epmdPort), ...options.env },
      cwd: options.cwd ?? dir.path,
    }),
  );
  const all = cleanup.move();
  return {
    ...vm,
    node,
    cookie,
    epmdPort,
    directory: dir.path,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
