import { expect, test } from "bun:test";
import { listensOn } from "../../src/vm/node-process.ts";

test("listensOn() tells a process that listens on a port from all others", () => {
  for (const hostname of ["127.0.0.1", "::1"]) {
    using listener = Bun.listen({ hostname, port: 0, socket: { data() {} } });
    expect(listensOn(process.pid, listener.port)).toBe(true);
    expect(listensOn(process.ppid, listener.port)).toBe(false);
    listener.stop(true);
    expect(listensOn(process.pid, listener.port)).toBe(false);
  }
});

test("listensOn() takes a process that has ended for none that listens", async () => {
  using listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const ended = Bun.spawn(["true"]);
  await ended.exited;
  expect(listensOn(ended.pid, listener.port)).toBe(false);
});
