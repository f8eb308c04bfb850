import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { HOST, releaseHost } from "../support/release-host.ts";
import { canMount, inMountNamespace } from "../support/namespace.ts";
import { oracle, systemOtp } from "../support/otp.ts";
import { ENIT, runEnit } from "../support/run-enit.ts";

test.skipIf(!canMount)(
  "startfg --syslog writes to the system's log as well (skipped where none can be mounted)",
  async () => {
    await using host = await releaseHost();
    host.define("relex", { applications: "[relex_application]" });
    // Bun has no datagram sockets of the local kind: an Erlang VM stands in for the daemon.
    await using daemon = await oracle(systemOtp());
    const socket = host.join("log");
    await daemon.evaluate(
      `{ok, S} = gen_udp:open(0, [{ifaddr, {local, "${socket}"}}, {active, false}, {buffer, 65536}]), persistent_term:put(socket, S)`,
    );
    const receive = async (): Promise<string> =>
      Buffer.from(
        await daemon.bytes("{ok, {_, _, Text}} = gen_udp:recv(persistent_term:get(socket), 0), list_to_binary(Text)"),
      ).toString();

    const devices = ["null", "zero", "random", "urandom", "tty"];
    const { program = "", before } = inMountNamespace(`
    mkdir dev; mount -t tmpfs none dev; ln -s ${socket} dev/log
    for device in ${devices.join(" ")}; do touch dev/$device; mount --bind /dev/$device dev/$device; done
    mount --rbind dev /dev`);
    await using vm = Bun.spawn({
      cmd: [program, ...before, "--root", host.root, "startfg", "relex", "--syslog"],
      env: { PATH: process.env["PATH"], ...host.env },
      cwd: host.root,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines: string[] = [];
    do lines.push(await receive());
    while (!lines.at(-1)?.includes("started release"));
    const head = /^<29>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d relex\[(\d+)\]: (.*)$/s;
    expect(lines.map((line) => head.exec(line)?.slice(1))).toEqual(
      [
        "booting release relex 1.0",
        "applying bootstrap configuration",
        "started relex_application",
        "started release relex 1.0",
      ].map((text) => [String(vm.pid), text]),
    );

    await host.enit("eval", "relex", 'logger:error("λ ~ts", [lists:duplicate(3000, $x)])');
    const [first, second] = [await receive(), await receive()];
    expect(first).toMatch(/^<27>.{15} relex\[\d+\]: λ x+$/);
    expect(second).toMatch(/^<27>.{15} relex\[\d+\]: x+$/);
    expect((first + second).match(/x{3,}/g)?.join("")).toHaveLength(3000);

    expect((await host.enit("stop", "relex")).exitCode).toBe(0);
    expect(await vm.exited).toBe(0);
    expect(await vm.stdout.text()).toStartWith("booting release relex 1.0\napplying bootstrap configuration\n");
  },
);

test.skipIf(existsSync("/dev/log"))(
  "--syslog without a system log is a warning (skipped where there is one)",
  async () => {
    await using host = await releaseHost();
    host.define("relex", { applications: "[relex_application]" });
    expect(await runEnit(["--root", host.root, "start", "relex", "-s"], { program: ENIT, env: host.env })).toEqual({
      stdout: `started release relex 1.0 [relex@${HOST}] (pid ${host.vm()?.pid})\n`,
      stderr: "warning: There is no /dev/log: nothing will be written to syslog.\n",
      exitCode: 0,
    });
  },
);
