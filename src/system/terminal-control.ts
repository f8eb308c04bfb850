/** Settings of a terminal (termios(3)) and its size, by the C library. The layout is that of Linux on x86-64 and arm64. */

/** A terminal behind a descriptor. */
export interface TerminalControl {
  /** Its settings, to restore them; `undefined` if the descriptor is no terminal. */
  read(fd: number): Uint8Array | undefined;
  /** Sets them. False: it has gone away. */
  write(fd: number, settings: Uint8Array): boolean;
  /** Its size; `undefined` where it has none. */
  size(fd: number): { readonly columns: number; readonly lines: number } | undefined;
}

/** More than `struct termios` has. */
const TERMIOS_BYTES = 64;
const TCSADRAIN = 1;
const TIOCGWINSZ = 0x5413;
/** Offsets of the fields, and what is changed in them. */
const IFLAG = 0;
const LFLAG = 12;
const CONTROL_CHARACTERS = 17;
const ICRNL = 0o400;
const IXON = 0o2000;
const ICANON = 0o2;
const ECHO = 0o10;
const IEXTEN = 0o100000;
const VTIME = 5;
const VMIN = 6;
const VSUSP = 10;

export async function terminalControl(): Promise<TerminalControl> {
  const { dlopen } = await import("bun:ffi");
  const { symbols } = dlopen("libc.so.6", {
    tcgetattr: { args: ["int", "buffer"], returns: "int" },
    tcsetattr: { args: ["int", "int", "buffer"], returns: "int" },
    ioctl: { args: ["int", "u64", "buffer"], returns: "int" },
  });
  return {
    read: (fd) => {
      const settings = new Uint8Array(TERMIOS_BYTES);
      return symbols.tcgetattr(fd, settings) === 0 ? settings : undefined;
    },
    write: (fd, settings) => symbols.tcsetattr(fd, TCSADRAIN, settings) === 0,
    size: (fd) => {
      const [lines = 0, columns = 0] = readSize((size) => symbols.ioctl(fd, TIOCGWINSZ, size));
      return lines > 0 && columns > 0 ? { columns, lines } : undefined;
    },
  };
}

/**
 * The settings with which keys come one by one and unseen. Ctrl-C still sends its signal, so that a program which hangs can
 * be ended; Ctrl-Z would leave the screen behind, and is a key.
 */
export function keyByKey(settings: Uint8Array): Uint8Array {
  const changed = settings.slice();
  const view = new DataView(changed.buffer);
  view.setUint32(IFLAG, view.getUint32(IFLAG, true) & ~(ICRNL | IXON), true);
  view.setUint32(LFLAG, view.getUint32(LFLAG, true) & ~(ICANON | ECHO | IEXTEN), true);
  for (const [index, value] of [
    [VMIN, 1],
    [VTIME, 0],
    [VSUSP, 0],
  ] as const) {
    changed[CONTROL_CHARACTERS + index] = value;
  }
  return changed;
}

/** `struct winsize`: lines and columns, then pixels. */
function readSize(ask: (size: Uint16Array) => number): Uint16Array {
  const size = new Uint16Array(4);
  return ask(size) === 0 ? size : new Uint16Array(4);
}
