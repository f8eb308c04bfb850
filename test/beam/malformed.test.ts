import { describe, expect, test } from "bun:test";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import {
  beamMd5,
  countLiterals,
  hasPlainLiterals,
  openBeam,
  readAttributes,
  readCodeHeader,
  readCompileInfo,
  readExports,
  readFunctionCode,
  readFuns,
  readImports,
  readLocals,
  readStubs,
  stripBeam,
} from "../../src/beam/index.ts";
import { EnitError } from "../../src/error/index.ts";
import { otpInstallations } from "../support/otp.ts";

/** `maps` of every OTP: small, with literals, funs and functions of the emulator. */
const samples = otpInstallations().map((otp) => {
  const stdlib = readdirSync(join(otp.root, "lib")).find((name) => name.startsWith("stdlib-"));
  const bytes = readFileSync(join(otp.root, "lib", stdlib ?? "", "ebin", "maps.beam"));
  return new Uint8Array(bytes[0] === 0x1f ? gunzipSync(bytes) : bytes);
});

describe("openBeam()", () => {
  const [sample = new Uint8Array()] = samples;

  test("reads a compressed file as the plain one", () => {
    const plain = openBeam(sample);
    const compressed = openBeam(gzipSync(sample));
    expect(compressed.module).toBe("maps");
    expect(compressed.chunks).toEqual(plain.chunks);
  });

  test("refuses what does not begin as a BEAM file, at byte 0", () => {
    for (const text of ["", "FOR1", "hello, this is no BEAM file"]) {
      expect(offsetOf(() => openBeam(Buffer.from(text)))).toBe(0);
    }
    expect(offsetOf(() => openBeam(Buffer.from("FOR1\0\0\0\u0004AIFF")))).toBe(8);
  });

  test("refuses a chunk that is longer than the file, at its content", () => {
    const long = new Uint8Array(sample);
    new DataView(long.buffer).setUint32(16, 0x7fffffff);
    expect(offsetOf(() => openBeam(long))).toBe(20);
  });

  test("refuses a gzip stream that is cut off", () => {
    expect(offsetOf(() => openBeam(gzipSync(sample).subarray(0, 500)))).toBe(0);
  });

  test("refuses a file without atoms", () => {
    const nameless = new Uint8Array(sample);
    nameless.set(Buffer.from("Xxxx"), 12);
    expect(() => openBeam(nameless)).toThrow("it has no atoms");
  });

  test("refuses a count of atoms that cannot be", () => {
    const many = new Uint8Array(sample);
    new DataView(many.buffer).setUint32(20, 0x7fffffff);
    expect(offsetOf(() => openBeam(many))).toBe(20);
  });
});

describe("whatever the bytes, every function gives a value or says beam_malformed with an offset", () => {
  test("any bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), readEverything));
  });

  test("any bytes in a chunk", () => {
    const ids = ["AtU8", "Code", "StrT", "ImpT", "ExpT", "FunT", "LitT", "LocT", "Attr", "CInf"];
    const chunk = fc.tuple(fc.constantFrom(...ids), fc.uint8Array({ maxLength: 60 }));
    fc.assert(fc.property(fc.array(chunk, { maxLength: 8 }), (chunks) => readEverything(beamOf(chunks))));
  });

  test("a real file with some bytes changed", () => {
    const change = fc.tuple(fc.nat(), fc.nat(255));
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.array(change, { minLength: 1, maxLength: 12 }), (sample, changes) => {
        const bytes = new Uint8Array(sample);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        readEverything(bytes);
      }),
      { numRuns: 500 },
    );
  });

  test("a real file cut off anywhere", () => {
    for (const sample of samples) {
      for (let size = 0; size < sample.length; size += 37) readEverything(sample.subarray(0, size));
    }
  });
});

test("nothing that is read changes the file", () => {
  for (const sample of samples) {
    const before = Buffer.from(sample);
    readEverything(sample);
    expect(before.equals(sample)).toBe(true);
  }
});

function readEverything(bytes: Uint8Array): void {
  const beam = valueOrMalformed(() => openBeam(bytes));
  if (beam === undefined) return;
  const readers = [
    beamMd5,
    stripBeam,
    readAttributes,
    readCompileInfo,
    readExports,
    readImports,
    readLocals,
    readCodeHeader,
    readStubs,
    countLiterals,
    hasPlainLiterals,
    readFuns,
    readFunctionCode,
  ] as const;
  for (const read of readers) valueOrMalformed(() => read(beam));
}

function valueOrMalformed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof EnitError) || error.code !== "beam_malformed") throw error;
    expect(error.data["offset"]).toBeNumber();
    return undefined;
  }
}

function offsetOf(read: () => unknown): unknown {
  try {
    read();
  } catch (error) {
    if (error instanceof EnitError && error.code === "beam_malformed") return error.data["offset"];
    throw error;
  }
  throw new Error("it was accepted");
}

function beamOf(chunks: readonly (readonly [id: string, content: Uint8Array])[]): Uint8Array {
  const parts = chunks.map(([id, content]) => {
    const head = Buffer.from(`${id}\0\0\0\0`);
    head.writeUInt32BE(content.length, 4);
    return Buffer.concat([head, content, Buffer.alloc((4 - (content.length % 4)) % 4)]);
  });
  return Buffer.concat([Buffer.from("FOR1\0\0\0\0BEAM"), ...parts]);
}
