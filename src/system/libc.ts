/** The calls of the C library that neither Bun nor Node.js has. Linux only, as enit itself. */
import type { Pointer } from "bun:ffi";

export interface PasswdEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

export interface GroupEntry {
  readonly name: string;
  readonly gid: number;
}

export interface Libc {
  /** Takes the lock of an open file; `wait` blocks the thread until it is free. False: someone else has it. */
  lockExclusively(fd: number, options: { readonly wait: boolean }): boolean;
  /** Has the descriptor closed by the next exec, if it is open. */
  closeOnExec(fd: number): void;
  /** Makes `to` another name of `from`, which stays open. */
  duplicate(from: number, to: number): void;
  /** Has a signal do again what it does in a new process. */
  restoreSignal(signal: number): void;
  /** Sets how many files this process may have open, within what it is allowed to (its hard limit). */
  limitOpenFiles(soft: number): void;
  /** Blocks the thread until a process has ended, reaped or not. False: there is no such process. */
  waitForProcess(pid: number, isTheOne: () => boolean): boolean;
  /** Makes a named pipe that nobody else may use. False: the file system has no such thing. */
  makeFifo(path: string): boolean;
  /** Opens an inotify descriptor that becomes readable when something is written into a file. It does not block. */
  watchWrites(path: string): number;
  /** Sets the supplementary groups to those of a user, and one more. False: not permitted. */
  takeGroupsOf(user: string, gid: number): boolean;
  /** Has this process killed when the thread that started it is gone. */
  dieWithParent(): void;
  /** Looks a user up where the system keeps them (NSS), by name or number. */
  findUser(user: string | number): PasswdEntry | undefined;
  findGroup(group: string | number): GroupEntry | undefined;
}

let opened: Promise<Libc> | undefined;

/** Opens the C library, once and only when it is needed. */
export function libc(): Promise<Libc> {
  opened ??= openLibc();
  return opened;
}

const LOCK_EX = 2;
const LOCK_NB = 4;
const F_SETFD = 2;
const FD_CLOEXEC = 1;
const IN_MODIFY = 2;
const IN_CLOEXEC = 0o2000000;
const IN_NONBLOCK = 0o4000;
const RLIMIT_NOFILE = 7;
const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;
const POLLIN = 1;
/** The same number on all architectures of Linux. */
const SYS_PIDFD_OPEN = 434;

async function openLibc(): Promise<Libc> {
  const { CString, dlopen, read } = await import("bun:ffi");
  const { symbols } = dlopen("libc.so.6", {
    flock: { args: ["int", "int"], returns: "int" },
    fcntl: { args: ["int", "int", "int"], returns: "int" },
    dup2: { args: ["int", "int"], returns: "int" },
    getrlimit: { args: ["int", "buffer"], returns: "int" },
    setrlimit: { args: ["int", "buffer"], returns: "int" },
    signal: { args: ["int", "usize"], returns: "usize" },
    prctl: { args: ["int", "usize"], returns: "int" },
    poll: { args: ["buffer", "usize", "int"], returns: "int" },
    syscall: { args: ["i64", "i64", "i64"], returns: "i64" },
    close: { args: ["int"], returns: "int" },
    mkfifo: { args: ["buffer", "u32"], returns: "int" },
    inotify_init1: { args: ["int"], returns: "int" },
    inotify_add_watch: { args: ["int", "buffer", "u32"], returns: "int" },
    initgroups: { args: ["buffer", "u32"], returns: "int" },
    getpwnam: { args: ["buffer"], returns: "ptr" },
    getpwuid: { args: ["u32"], returns: "ptr" },
    getgrnam: { args: ["buffer"], returns: "ptr" },
    getgrgid: { args: ["u32"], returns: "ptr" },
  });
  const must = (call: string, result: number): void => {
    if (result < 0) throw new Error(`${call} failed`);
  };
  const text = (entry: Pointer, offset: number): string => {
    const at = read.ptr(entry, offset);
    return at === 0 ? "" : new CString(at);
  };
  const entryAt = (result: number | bigint | null): Pointer | undefined =>
    result === null ? undefined : (result as Pointer);
  const nulEnded = (name: string): Buffer => Buffer.from(`${name}\0`);

  return {
    lockExclusively: (fd, { wait }) => symbols.flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB) === 0,
    closeOnExec: (fd) => void symbols.fcntl(fd, F_SETFD, FD_CLOEXEC),
    duplicate: (from, to) => must("dup2", symbols.dup2(from, to)),
    restoreSignal: (signal) => void symbols.signal(signal, 0),
    limitOpenFiles: (soft) => {
      // struct rlimit: the soft limit and the hard one, 64 bits each.
      const limits = new BigUint64Array(2);
      must("getrlimit", symbols.getrlimit(RLIMIT_NOFILE, limits));
      const [, hard = 0n] = limits;
      limits[0] = BigInt(soft) < hard ? BigInt(soft) : hard;
      must("setrlimit", symbols.setrlimit(RLIMIT_NOFILE, limits));
    },
    waitForProcess: (pid, isTheOne) => {
      const fd = Number(symbols.syscall(SYS_PIDFD_OPEN, pid, 0));
      if (fd < 0) return false;
      // Asked only now, since from here on the descriptor stands for one process and no later one of that number.
      const found = isTheOne();
      if (found) must("poll", symbols.poll(new Int32Array([fd, POLLIN]), 1, -1));
      symbols.close(fd);
      return found;
    },
    makeFifo: (path) => symbols.mkfifo(nulEnded(path), 0o600) === 0,
    watchWrites: (path) => {
      const fd = symbols.inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
      must("inotify_init1", fd);
      must("inotify_add_watch", symbols.inotify_add_watch(fd, nulEnded(path), IN_MODIFY));
      return fd;
    },
    takeGroupsOf: (user, gid) => symbols.initgroups(nulEnded(user), gid) === 0,
    dieWithParent: () => must("prctl", symbols.prctl(PR_SET_PDEATHSIG, SIGKILL)),
    // struct passwd and struct group of glibc and musl on 64 bits: pointers and two 32-bit numbers.
    findUser: (user) => {
      const entry = entryAt(typeof user === "number" ? symbols.getpwuid(user) : symbols.getpwnam(nulEnded(user)));
      if (entry === undefined) return undefined;
      return {
        name: text(entry, 0),
        uid: read.u32(entry, 16),
        gid: read.u32(entry, 20),
        home: text(entry, 32),
        shell: text(entry, 40),
      };
    },
    findGroup: (group) => {
      const entry = entryAt(typeof group === "number" ? symbols.getgrgid(group) : symbols.getgrnam(nulEnded(group)));
      return entry === undefined ? undefined : { name: text(entry, 0), gid: read.u32(entry, 16) };
    },
  };
}
