import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { systemOtp } from "../support/otp.ts";
import { oracle } from "../support/oracle.ts";
import { runEnit } from "../support/run-enit.ts";
import { type TempDir, tempDir } from "../support/temp-dir.ts";

const SOURCE = `-module(plain).
-vsn("7").
-author({"Ann", ü}).
-author(bob).
-export([start/0, 'odd name'/2]).
start() -> lists:sort(ets:all()).
'odd name'(_, _) -> plain_helper:run().
`;

describe("enit beam", () => {
  test("tells all that a module says of itself, as data", async () => {
    using dir = await compiled();
    await using erl = await oracle(systemOtp());
    const md5 = await erl.text(`{ok, {_, M}} = beam_lib:md5("${dir.join("plain")}"), binary:encode_hex(M)`);
    const run = await runEnit(["beam", "plain.beam", "--json"], { cwd: dir.path });
    expect(run.exitCode).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({
      ok: true,
      data: {
        files: [
          {
            file: "plain.beam",
            module: "plain",
            md5: md5.replaceAll(/[<>"]/g, "").toLowerCase(),
            source: dir.join("plain.erl"),
            loads: { loads: true, reason: null },
            attributes: [
              { name: "author", values: ["{[65,110,110],ü}", "bob"] },
              { name: "vsn", values: ["55"] },
            ],
            exports: ["module_info/0", "module_info/1", "'odd name'/2", "start/0"],
            imports: { ets: ["all/0"], lists: ["sort/1"], plain_helper: ["run/0"] },
          },
        ],
      },
    });
  });

  test("draws the same for people, of several files", async () => {
    using dir = await compiled();
    dir.write("packed.beam", gzipSync(readFileSync(dir.join("plain.beam"))));
    const run = await runEnit(["beam", "plain.beam", "packed.beam"], { cwd: dir.path });
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    for (const line of ["plain.beam", "packed.beam", "author", "'odd name'/2", "plain_helper: run/0", "Loads:"]) {
      expect(run.stdout).toContain(line);
    }
  });

  test("names a file that is broken, and where", async () => {
    using dir = tempDir();
    dir.write("broken.beam", "FOR1 and nothing more");
    const run = await runEnit(["beam", "broken.beam", "--json"], { cwd: dir.path });
    expect(run.exitCode).toBe(2);
    expect(JSON.parse(run.stdout)).toMatchObject({
      ok: false,
      error: { code: "beam_malformed", data: { file: "broken.beam", offset: 8 } },
    });
  });

  test("names a file that is not there", async () => {
    const run = await runEnit(["beam", "nowhere.beam"]);
    expect(run).toMatchObject({ exitCode: 3, stdout: "" });
    expect(run.stderr).toContain('cannot read "nowhere.beam": no such file');
  });
});

async function compiled(): Promise<TempDir> {
  const dir = tempDir();
  const source = dir.write("plain.erl", SOURCE);
  await using erl = await oracle(systemOtp());
  await erl.evaluate(`{ok, _} = compile:file("${source}", [{outdir, "${dir.path}"}])`);
  return dir;
}
