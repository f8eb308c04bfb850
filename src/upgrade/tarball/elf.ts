/** What kind of machine native code is for, as the first bytes of an ELF file say; elf(5). */
const MACHINES: Readonly<Record<number, string>> = { 3: "x86", 40: "ARM", 62: "x86-64", 183: "AArch64", 243: "RISC-V" };

/** Other formats of programs and libraries, by their first bytes as hexadecimal digits. */
const FOREIGN: readonly (readonly [begin: string, kind: string])[] = [
  ["cffaedfe", "Mach-O (macOS)"],
  ["feedfacf", "Mach-O (macOS)"],
  ["cafebabe", "Mach-O (macOS)"],
  ["4d5a", "PE (Windows)"],
];

/** Says what native code is for; `undefined` if the bytes are no native code. */
export function nativeKind(bytes: Uint8Array): string | undefined {
  const begin = Buffer.from(bytes.subarray(0, 4)).toString("hex");
  if (begin !== "7f454c46") return FOREIGN.find(([magic]) => begin.startsWith(magic))?.[1];
  if (bytes.length < 20) return undefined;
  const isLittle = bytes[5] === 1;
  const machine = isLittle ? (bytes[18] ?? 0) | ((bytes[19] ?? 0) << 8) : ((bytes[18] ?? 0) << 8) | (bytes[19] ?? 0);
  const order = isLittle ? "little-endian" : "big-endian";
  return `ELF ${bytes[4] === 2 ? 64 : 32}-bit ${order} ${MACHINES[machine] ?? `machine ${machine}`}`;
}
