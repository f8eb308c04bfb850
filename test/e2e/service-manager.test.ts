import { expect, test } from "bun:test";
import { oracle, startEpmd, systemOtp } from "../support/otp.ts";
import { ENIT, runEnit } from "../support/run-enit.ts";
import { tempDir } from "../support/temp-dir.ts";

test("startfg tells the service manager once every application runs", async () => {
  using dir = tempDir();
  await using epmd = await startEpmd(systemOtp());
  // Bun has no datagram sockets of the local kind: an Erlang VM stands in for systemd.
  await using manager = await oracle(systemOtp());
  const socket = dir.join("notify");
  dir.write("var/lib/enit/notified/release.enit", '{release, notified, [{vsn, "1"}, {applications, [sasl]}]}.\n');
  dir.write("var/lib/enit/notified/node.config", '{node, [{cookie, "secret"}]}.\n');
  await manager.evaluate(
    `{ok, S} = gen_udp:open(0, [{ifaddr, {local, "${socket}"}}, {active, false}]), persistent_term:put(socket, S)`,
  );

  await using vm = Bun.spawn({
    cmd: [ENIT, "--root", dir.path, "startfg", "notified"],
    env: {
      PATH: process.env["PATH"],
      HOME: dir.path,
      ERL_EPMD_PORT: String(epmd.port),
      NOTIFY_SOCKET: socket,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const receive = async (): Promise<string> =>
    Buffer.from(
      await manager.bytes(
        "{ok, {_, _, Text}} = gen_udp:recv(persistent_term:get(socket), 0, 30000), list_to_binary(Text)",
      ),
    ).toString();
  expect([await receive(), await receive()]).toEqual(["STATUS=starting sasl", "READY=1\nSTATUS=all applications run"]);

  const stopped = await runEnit(["--root", dir.path, "stop", "notified"], {
    env: { ERL_EPMD_PORT: String(epmd.port) },
  });
  expect(stopped.exitCode).toBe(0);
  expect(await vm.exited).toBe(0);
});
