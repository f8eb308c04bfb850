import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { systemCode } from "../error/index.ts";

/**
 * Whether a process of this machine listens on a port: a node that says which process it is may name any. To be asked by root,
 * or by the user of the process.
 */
export function listensOn(pid: number, port: number): boolean {
  const sockets = listeningSockets(port);
  return ignoringEnd(() => readdirSync(`/proc/${pid}/fd`), []).some((fd) =>
    sockets.has(ignoringEnd(() => readlinkSync(`/proc/${pid}/fd/${fd}`), "")),
  );
}

/** What `/proc/PID/fd` shows for the sockets that listen on a port; see `/proc/net/tcp` in proc_pid_net(5). */
function listeningSockets(port: number): ReadonlySet<string> {
  const listening = "0A";
  const sockets = ["tcp", "tcp6"].flatMap((name) => {
    const rows = ignoringEnd(() => readFileSync(`/proc/net/${name}`, "latin1"), "").split("\n");
    return rows.flatMap((row) => {
      const [, local = "", , state, , , , , , inode] = row.trim().split(/\s+/);
      const isMeant = state === listening && Number.parseInt(local.slice(local.lastIndexOf(":") + 1), 16) === port;
      return isMeant ? [`socket:[${inode}]`] : [];
    });
  });
  return new Set(sockets);
}

/** Gives something else where a process or descriptor has gone meanwhile, or the machine has no IPv6. */
function ignoringEnd<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ESRCH") return otherwise;
    throw error;
  }
}
