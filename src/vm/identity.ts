import { statSync } from "node:fs";
import { EnitError, systemCode } from "../error/index.ts";
import { type Libc, libc, type PasswdEntry } from "../system/index.ts";

/** Who a process runs as. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
  /** The user's entry; without one there are no supplementary groups. */
  readonly user: PasswdEntry | undefined;
}

/**
 * Finds the user and group to run as, each a name or a number. A user alone brings the group of their own.
 *
 * Throws `unknown_user`, `unknown_group` (kind `input`), and `not_permitted` if this process may not become them.
 */
export async function findIdentity(user: string | undefined, group: string | undefined): Promise<Identity> {
  const c = await libc();
  const own = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
  const entry = c.findUser(numberOrName(user) ?? own.uid);
  const uid = entry?.uid ?? (user === undefined ? own.uid : asNumber(user));
  if (uid === undefined) throw unknown("user", user ?? "", "adduser --system");
  const groupEntry = group === undefined ? undefined : c.findGroup(numberOrName(group) ?? group);
  const namedGid = group === undefined ? undefined : (groupEntry?.gid ?? asNumber(group));
  if (group !== undefined && namedGid === undefined) throw unknown("group", group, "addgroup --system");
  const gid = namedGid ?? (user === undefined ? own.gid : entry?.gid);
  if (gid === undefined) {
    throw new EnitError("unknown_group", `cannot run as user "${user}": the number has no user, so no group either`, {
      kind: "input",
      hint: "Name the group too, with run_as_group.",
      data: { user },
    });
  }
  if (own.uid !== 0 && (uid !== own.uid || gid !== own.gid)) {
    const who = user === undefined ? `group "${group}"` : `user "${user}"`;
    throw new EnitError("not_permitted", `cannot run as ${who}: only root may run a release as somebody else`, {
      hint: "Run enit as root, or leave out run_as_user and run_as_group.",
      data: { user, group },
    });
  }
  return { uid, gid, user: entry };
}

/** Makes this process run as somebody, for good: user, group and supplementary groups. */
export function assumeIdentity(c: Libc, { uid, gid, user }: Identity): void {
  if (process.geteuid?.() !== 0) return;
  // Without run_as_* root gets root's groups, so that it does not matter from where it starts the release.
  if (user === undefined) process.setgroups?.([gid]);
  const hasGroups = user === undefined || c.takeGroupsOf(user.name, gid);
  process.setgid?.(gid);
  process.setuid?.(uid);
  if (!hasGroups || process.geteuid?.() !== uid || process.getuid?.() !== uid || process.getegid?.() !== gid) {
    throw new EnitError("not_permitted", `cannot run as user ${uid} and group ${gid}: the system refused`);
  }
}

/**
 * Does something with the rights of whoever a file or directory belongs to, for root: so that no link that the owner
 * put there leads to what is not theirs. The work must be synchronous. Others do it with their own rights.
 */
export function asOwnerOf<T>(path: string, work: () => T): T {
  const { uid, gid } = statSync(path);
  const own = { uid: process.geteuid?.(), gid: process.getegid?.() };
  if (own.uid !== 0 || own.gid === undefined || uid === 0) return work();
  process.setegid?.(gid);
  process.seteuid?.(uid);
  try {
    return work();
  } finally {
    process.seteuid?.(own.uid);
    process.setegid?.(own.gid);
  }
}

/** Whose a file or directory is; `undefined` if that cannot be told. */
export function findOwner(path: string): number | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })?.uid;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}

function numberOrName(text: string | undefined): number | string | undefined {
  return text === undefined ? undefined : (asNumber(text) ?? text);
}

function asNumber(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) && Number(text) < 0xffff_ffff ? Number(text) : undefined;
}

function unknown(what: "user" | "group", name: string, command: string): EnitError {
  return new EnitError(`unknown_${what}`, `cannot run as ${what} "${name}": there is no such ${what}`, {
    kind: "input",
    hint: `Make it (on Debian: ${command} ${name}), or change run_as_${what}.`,
    data: { [what]: name },
  });
}
