/**
 * What machine native code is for, from the first bytes of ELF (System V ABI), Mach-O (mach-o/loader.h) and PE files.
 */
import { closeSync, openSync, readSync } from "node:fs";

/** The numbers of `e_machine` that Erlang is built for. */
const ELF_MACHINES: Readonly<Record<number, string>> = {
  3: "x86",
  8: "mips",
  20: "powerpc",
  21: "powerpc64",
  22: "s390x",
  40: "arm",
  62: "x86_64",
  183: "aarch64",
  243: "riscv",
  258: "loongarch",
};

const MACH_CPUS: Readonly<Record<number, string>> = { 0x01000007: "x86_64", 0x0100000c: "aarch64" };

/** How many bytes tell everything. */
const HEADER_SIZE = 20;

/** Says what native code is for: `x86_64 ELF 64-bit`; `undefined` for a file that is no native code. */
export function describeNativeCode(header: Uint8Array): string | undefined {
  if (header.length < HEADER_SIZE) return undefined;
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  switch (view.getUint32(0)) {
    case 0x7f454c46: {
      const little = header[5] === 1;
      const machine = view.getUint16(18, little);
      const name = ELF_MACHINES[machine] ?? `machine ${machine}`;
      // Of most machines only one byte order is in use, which then goes without saying.
      const order = little || name === "s390x" ? "" : " big-endian";
      return `${name} ELF ${header[4] === 2 ? 64 : 32}-bit${order}`;
    }
    case 0xcffaedfe: {
      const cpu = view.getUint32(4, true);
      return `${MACH_CPUS[cpu] ?? `machine ${cpu}`} Mach-O 64-bit`;
    }
    case 0xcafebabe:
      return "universal Mach-O";
    default:
      return view.getUint16(0) === 0x4d5a ? "PE" : undefined;
  }
}

/** As `describeNativeCode`, of a file. */
export function describeNativeFile(path: string): string | undefined {
  const header = new Uint8Array(HEADER_SIZE);
  const file = openSync(path, "r");
  try {
    return describeNativeCode(header.subarray(0, readSync(file, header)));
  } finally {
    closeSync(file);
  }
}
