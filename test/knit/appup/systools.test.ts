import { expect, test } from "bun:test";
import { findOtp, formatTermFile } from "../../../src/otp/index.ts";
import { list, string, tuple } from "../../../src/term/index.ts";
import { coreVersions } from "../../otp/relup/fixtures.ts";
import { relupOfOurs, relupOfSystools } from "../../otp/relup/support.ts";
import { oracle, otpInstallations } from "../../support/otp.ts";
import { type Modules, compilePair, makeFor } from "./support.ts";

const library = (value: number, calls: readonly string[] = [], attributes = ""): string =>
  `${attributes}-export([f/0]).\nf() -> {${[value, ...calls.map((module) => `${module}:f()`)].join(", ")}}.\n`;
const server = (value: number, attributes = ""): string => `-behaviour(gen_server).\n${attributes}
-export([init/1, handle_call/3, handle_cast/2, code_change/3, f/0, start_link/0]).
start_link() -> gen_server:start_link(?MODULE, [], []).
f() -> ${value}.\ninit(_) -> {ok, []}.\nhandle_call(_, _, S) -> {reply, S, S}.\nhandle_cast(_, S) -> {noreply, S}.
code_change(_, S, _) -> {ok, S}.\n`;
const supervisor = (children: readonly string[], attributes = ""): string => `-behaviour(supervisor).\n${attributes}
-export([start_link/0, init/1]).\nstart_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).
init(_) -> {ok, {{one_for_one, 1, 5}, [${children.map((each) => `{${each}, {${each}, start_link, []}, permanent, 5, worker, [${each}]}`).join(", ")}]}}.\n`;

const FROM: Modules = {
  a_lib: library(1),
  a_deep: library(1),
  a_one: server(1),
  a_two: server(1),
  a_sup: supervisor(["a_one", "a_two"]),
  a_top: supervisor(["a_sup"]),
  a_gone: library(1, ["a_lib"]),
};
const TO: Modules = {
  a_lib: library(2, ["a_new"], "-knit_purge({soft_purge, brutal_purge}).\n"),
  a_deep: library(2, [], "-knit_priority(7).\n-knit_apply({{first, 2}, {a_new, f, []}}).\n"),
  a_one: server(2, "-knit_depends([a_lib, a_new]).\n-knit_extra([a, {b}]).\n-knit_timeout(1000).\n"),
  a_two: server(2, "-knit_depends(a_one).\n-knit_purge(soft_purge).\n"),
  a_sup: supervisor(["a_one", "a_three"], "-knit_timeout(infinity).\n"),
  a_top: supervisor(["a_sup"]).replace("1, 5}", "2, 5}"),
  a_new: library(1),
  a_three: server(
    1,
    "-knit_apply([{immediate, {lists, seq, [1, 2]}}, {a_lib, f, []}]).\n-knit_apply_down({first, {a_one, f, []}}).\n",
  ),
};

for (const otp of otpInstallations()) {
  test(`systools of OTP ${otp.major} makes a relup of what is made, without a warning`, async () => {
    await using vm = await oracle(otp);
    using pair = await compilePair(vm, FROM, TO);
    const { dir } = pair;
    const { up, down, warnings } = makeFor(pair);
    expect(warnings).toEqual([]);
    const lists = [up, down].map((instructions) => list([tuple(string("1"), list(instructions))]));
    dir.write("lib/a-2/ebin/a.appup", formatTermFile(tuple(string("2"), ...lists), { otp: otp.major }));
    const installation = findOtp({ root: otp.root });
    const core = Object.entries(coreVersions(installation, ["kernel", "stdlib", "sasl"])).map(
      ([name, vsn]) => `{${name}, "${vsn}"}`,
    );
    const [old, top] = ["1", "2"].map((vsn) =>
      dir.write(
        `${vsn}.rel`,
        `{release, {"rel", "${vsn}"}, {erts, "${installation.ertsVersion}"}, [${[...core, `{a, "${vsn}"}`].join(", ")}]}.\n`,
      ),
    );
    const request = {
      top: top ?? "",
      up: [old ?? ""],
      down: [old ?? ""],
      path: [dir.join("lib/a-1/ebin"), dir.join("lib/a-2/ebin")],
    };
    const theirs = await relupOfSystools(vm, dir, request);
    expect(theirs).toMatchObject({ made: true, warnings: [] });
    // Which of two orders systools takes where dependencies leave it open depends on its atoms: both have the same instructions.
    const ours = relupOfOurs(installation, request);
    expect(ours).toMatchObject({ made: true, warnings: [] });
    expect(linesOf(ours)).toEqual(linesOf(theirs));
  });
}

function linesOf(outcome: { readonly made: boolean; readonly text?: string }): string[] {
  return (outcome.text ?? "")
    .replaceAll(/\s/g, "")
    .split(/[{}[\],]+/)
    .sort();
}
