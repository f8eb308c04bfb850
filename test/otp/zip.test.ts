import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { EnitError } from "../../src/error/index.ts";
import { makeZip, readZip } from "../../src/otp/zip/index.ts";
import { oracle, otpInstallations } from "../support/otp.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const SOURCES = [
  { name: "lib-1/", content: bytes(""), compress: false },
  { name: "lib-1/plain.txt", content: bytes("plain"), compress: false },
  { name: "lib-1/größe λ.txt", content: bytes("long ".repeat(500)), compress: true },
  { name: "empty", content: bytes(""), compress: false },
];

for (const otp of otpInstallations()) {
  test(`zip of OTP ${otp.major} reads the archives that makeZip() makes`, async () => {
    await using erl = await oracle(otp);
    const files = await erl.text(
      `{ok, [_ | _] = Table} = zip:list_dir(Bytes), {ok, Files} = zip:unzip(Bytes, [memory]),
       {element(2, hd(Table)), [{Name, byte_size(Content), erlang:crc32(Content)} || {Name, Content} <- Files]}`,
      makeZip(SOURCES, "a comment"),
    );
    const plain = SOURCES.filter(({ name }) => !name.endsWith("/"));
    for (const { name, content } of plain) {
      expect(files).toContain(`${content.length},${Bun.hash.crc32(content)}}`);
      if (/^[\x20-\x7e]*$/.test(name)) expect(files).toContain(`"${name}"`);
    }
    expect(files).toContain('"a comment"');
  });

  test(`readZip() reads the archives that zip of OTP ${otp.major} makes`, async () => {
    await using erl = await oracle(otp);
    const archive = await erl.bytes(
      `{ok, {_, Zip}} = zip:create("x.zip", [{"a/b.txt", binary:copy(<<"ab">>, 999)}, {"c", <<1, 2, 3>>}], [memory]), Zip`,
    );
    const entries = readZip(archive).map(({ name, content }) => [name, Buffer.from(content()).toString("latin1")]);
    expect(entries).toEqual([
      ["a/b.txt", "ab".repeat(999)],
      ["c", "\u0001\u0002\u0003"],
    ]);
  });
}

describe("readZip()", () => {
  test("passes over what stands before an archive", () => {
    const archive = makeZip(SOURCES);
    const script = Buffer.concat([bytes("#!/usr/bin/env escript\n"), archive]);
    expect(readZip(script).map(({ name }) => name)).toEqual(["lib-1/plain.txt", "lib-1/größe λ.txt", "empty"]);
    expect(readZip(script)[0]?.content()).toEqual(bytes("plain"));
  });

  test("gives entries or says zip_malformed with an offset, whatever the bytes", () => {
    const archive = makeZip(SOURCES, "comment");
    const change = fc.tuple(fc.nat(), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 6 }), fc.nat(archive.length), (changes, cut) => {
        const broken = new Uint8Array(archive);
        for (const [at, value] of changes) broken[at % broken.length] = value;
        readAll(broken);
        readAll(broken.subarray(0, cut));
      }),
      { numRuns: 400 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), readAll));
  });
});

function readAll(archive: Uint8Array): void {
  try {
    for (const { content } of readZip(archive)) content();
  } catch (error) {
    if (!(error instanceof EnitError) || error.code !== "zip_malformed") throw error;
    expect(error.data["offset"]).toBeNumber();
  }
}
