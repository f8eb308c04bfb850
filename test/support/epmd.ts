import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { OtpInstallation } from "./installations.ts";
import { readLines } from "./lines.ts";

/** An epmd of one's own. */
export interface Epmd extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
}

/** Starts the epmd of this installation in the foreground, on a port that nobody else uses; ready when the promise settles. */
export async function startEpmd(otp: OtpInstallation): Promise<Epmd> {
  for (let attempt = 1; ; attempt++) {
    const port = freePort();
    const epmd = Bun.spawn({
      cmd: [epmdOf(otp), "-port", String(port), "-d", "-d"],
      env: {},
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    });
    const end = async (): Promise<void> => {
      epmd.kill("SIGKILL");
      await epmd.exited;
    };
    const ready = Promise.withResolvers<boolean>();
    // Read to the end, since epmd would block on a pipe that is full.
    const reading = (async () => {
      for await (const line of readLines(epmd.stderr))
        if (line.includes("entering the main select() loop")) ready.resolve(true);
      ready.resolve(false);
    })();
    if (await ready.promise) {
      return {
        port,
        pid: epmd.pid,
        [Symbol.asyncDispose]: async () => {
          await end();
          await reading;
        },
      };
    }
    // Somebody took the port between our look and its bind.
    await end();
    if (attempt === 5) throw new Error("cannot start epmd: no port to be had in 5 attempts");
  }
}

/** Finds a TCP port that is free right now. */
export function freePort(): number {
  using listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  return listener.port;
}

function epmdOf(otp: OtpInstallation): string {
  const erts = readdirSync(otp.root).find((name) => name.startsWith("erts-"));
  if (erts === undefined) throw new Error(`no erts-* in ${otp.root}`);
  return join(otp.root, erts, "bin", "epmd");
}
