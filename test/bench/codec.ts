import { Erlang } from "erlang_js";
import { pack, unpack } from "etf.js";
import { decodeTerm, encodeTerm } from "../../src/term/index.ts";
import { type Oracle, oracle, systemOtp } from "../support/otp.ts";
import { type Comparison, type Row, median } from "./report.ts";

const ROUNDS = 15;
const ROUND_MS = 40;

/** Terms that enit meets: a boot script, and records as an application's state holds them. */
const PAYLOADS = {
  "a boot script":
    "{ok, [Term]} = file:consult(filename:join([code:root_dir(), releases, erlang:system_info(otp_release), " +
    '"start_clean.script"])), Term',
  "2,000 maps":
    "[#{id => N, name => <<(integer_to_binary(N))/binary, $-, (integer_to_binary(N * N))/binary>>, load => N / 7, " +
    "version => {1, N rem 10, 0}, started => N * 1000003, modules => [kernel, stdlib, sasl]} || N <- lists:seq(1, 2000)]",
};

interface Participant {
  readonly name: string;
  /** Does the work `times` times and gives the time it took in ms. */
  readonly run: (times: number) => Promise<number>;
}

/** Codec throughput in MB of external format a second, beside the emulator's own BIFs and the npm packages. */
export async function benchCodec(): Promise<Comparison[]> {
  await using erl = await oracle(systemOtp());
  const comparisons: Comparison[] = [];
  for (const [payload, expression] of Object.entries(PAYLOADS)) {
    const bytes = new Uint8Array(await erl.evaluate(expression));
    const how = `${bytes.length} bytes of external format, ${ROUNDS} rounds of ${ROUND_MS} ms each.`;
    for (const [direction, participants] of Object.entries(participantsFor(erl, bytes))) {
      const rows = await compare(participants, bytes.length);
      comparisons.push({ title: `${direction}: ${payload}`, how, unit: "MB/s", rows });
    }
  }
  return comparisons;
}

function participantsFor(erl: Oracle, bytes: Uint8Array): Record<"Decode" | "Encode", Participant[]> {
  const buffer = Buffer.from(bytes);
  const ours = decodeTerm(bytes);
  const unpacked: unknown = unpack(buffer);
  let theirs: unknown;
  Erlang.binary_to_term(buffer, (_error, term) => {
    theirs = term;
  });
  return {
    Decode: [
      inJavaScript("enit", () => decodeTerm(bytes)),
      inErlang(erl, `binary_to_term, OTP ${erl.otp.major}`, "binary_to_term(Bytes)", bytes),
      inJavaScript("etf.js 1.0.1", () => unpack(buffer)),
      inJavaScript("erlang_js 2.0.7", () => Erlang.binary_to_term(buffer, throwError)),
    ],
    Encode: [
      inJavaScript("enit", () => encodeTerm(ours)),
      inErlang(erl, `term_to_binary, OTP ${erl.otp.major}`, "term_to_binary(Input)", bytes),
      inJavaScript("etf.js 1.0.1", () => pack(unpacked)),
      inJavaScript("erlang_js 2.0.7", () => Erlang.term_to_binary(theirs, throwError)),
    ],
  };
}

/** Rounds in turn; how often a round does the work is set by a first round of each participant, which also warms up. */
async function compare(participants: readonly Participant[], size: number): Promise<Row[]> {
  const times: number[] = [];
  for (const { run } of participants) {
    let count = 1;
    while ((await run(count)) < ROUND_MS) count *= 2;
    times.push(count);
  }
  const rates = participants.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, { run }] of participants.entries()) {
      const count = times[i] ?? 1;
      rates[i]?.push((count * size) / 1e6 / ((await run(count)) / 1e3));
    }
  }
  return participants.map(({ name }, i) => ({ name, median: median(rates[i] ?? []) }));
}

function inJavaScript(name: string, work: () => unknown): Participant {
  return {
    name,
    run: (times) => {
      const began = performance.now();
      for (let i = 0; i < times; i++) work();
      return Promise.resolve(performance.now() - began);
    },
  };
}

/** The loop is one of the emulator's own, so that the expression's evaluator is not measured along. */
function inErlang(erl: Oracle, name: string, expression: string, input: Uint8Array): Participant {
  const [, fun = "", argument = ""] = /^(\w+)\((\w+)\)$/.exec(expression) ?? [];
  return {
    name,
    run: async (times) => {
      const loop = `lists:foreach(fun erlang:${fun}/1, lists:duplicate(${times}, ${argument}))`;
      return Number(await erl.text(`element(1, timer:tc(fun() -> ${loop} end))`, input)) / 1e3;
    },
  };
}

function throwError(error: unknown): void {
  if (error instanceof Error) throw error;
}
