import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { EnitError } from "../../src/error/index.ts";
import { checkNativeCode } from "../../src/knit/tree/native-code.ts";
import { describeNativeCode } from "../../src/system/index.ts";
import { tempDir } from "../support/temp-dir.ts";

describe("describeNativeCode()", () => {
  test("tells machine, width and byte order from ELF headers", () => {
    expect(describeNativeCode(elf(62))).toBe("x86_64 ELF 64-bit");
    expect(describeNativeCode(elf(183))).toBe("aarch64 ELF 64-bit");
    expect(describeNativeCode(elf(40, { bits: 1 }))).toBe("arm ELF 32-bit");
    expect(describeNativeCode(elf(8, { bits: 1, order: 2 }))).toBe("mips ELF 32-bit big-endian");
    expect(describeNativeCode(elf(22, { order: 2 }))).toBe("s390x ELF 64-bit");
    expect(describeNativeCode(elf(999))).toBe("machine 999 ELF 64-bit");
    // The program that runs this test.
    const own = { x64: "x86_64 ELF 64-bit", arm64: "aarch64 ELF 64-bit" }[process.arch as "x64" | "arm64"];
    expect(describeNativeCode(readFileSync(process.execPath).subarray(0, 64))).toBe(own);
  });

  test("knows Mach-O and PE, and what is no native code", () => {
    expect(describeNativeCode(Buffer.from("cffaedfe0c000001".padEnd(64, "0"), "hex"))).toBe("aarch64 Mach-O 64-bit");
    expect(describeNativeCode(Buffer.from("MZ".padEnd(64)))).toBe("PE");
    expect(describeNativeCode(Buffer.from("#!/bin/sh\necho something\n"))).toBeUndefined();
    expect(describeNativeCode(Buffer.of(0x7f, 0x45))).toBeUndefined();
  });
});

describe("checkNativeCode()", () => {
  test("names every file in priv that is not for the machine of the emulator", () => {
    using tree = tempDir();
    tree.write("erts-1/bin/erlexec", elf(183));
    tree.write("lib/good-1/priv/lib/good.so", elf(183));
    tree.write("lib/bad-1/priv/bad.so", elf(62));
    tree.write("lib/bad-1/priv/port/worse", elf(183, { bits: 1 }));
    tree.write("lib/bad-1/priv/data", "text");
    tree.write("lib/bad-1/src/not-checked.so", elf(62));
    let error: unknown;
    try {
      checkNativeCode(tree.path, "1");
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(EnitError);
    expect(error).toMatchObject({
      code: "native_code_foreign",
      kind: "input",
      message:
        "cannot pack native code beside the emulator erts-1, which is for aarch64 ELF 64-bit:\n" +
        "  lib/bad-1/priv/bad.so is for x86_64 ELF 64-bit\n  lib/bad-1/priv/port/worse is for aarch64 ELF 32-bit",
      data: { emulator: "aarch64 ELF 64-bit" },
    });
  });

  test("asks nothing of a tree without an emulator", () => {
    using tree = tempDir();
    tree.write("lib/any-1/priv/any.so", elf(62));
    expect(() => checkNativeCode(tree.path, "1")).not.toThrow();
  });
});

function elf(machine: number, { bits = 2, order = 1 }: { bits?: number; order?: number } = {}): Buffer {
  const header = Buffer.alloc(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, bits, order, 1]);
  if (order === 1) header.writeUInt16LE(machine, 18);
  else header.writeUInt16BE(machine, 18);
  return header;
}
