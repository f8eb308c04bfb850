import { expect, test } from "bun:test";
import { connectNode } from "../../src/dist/index.ts";
import { binary, printTerm } from "../../src/term/index.ts";
import { type RunningVm, startRelease } from "../../src/vm/index.ts";
import { otpInstallations } from "../support/otp.ts";
import { COOKIE, testRelease } from "../vm/support.ts";

for (const otp of otpInstallations()) {
  test(`enit_eval:expressions/1 evaluates, prints to the caller, and says what is wrong, on OTP ${otp.major}`, async () => {
    await using release = await testRelease({ otp, applications: "[sasl]" });
    const vm = await startRelease(await release.load());
    expect(await run(vm, "1 + 1")).toEqual(["{ok,2}", ""]);
    expect(await run(vm, "X = 1, X + 1.\n")).toEqual(["{ok,2}", ""]);
    expect(await run(vm, "1. % a remark")).toEqual(["{ok,1}", ""]);
    expect(await run(vm, "'λ'")).toEqual(["{ok,'λ'}", ""]);
    expect(await run(vm, 'io:format("~ts~n", ["λ"]), io:get_line("? ")')).toEqual(["{ok,eof}", "λ\n"]);
    expect(await run(vm, "1 +\n  ")).toEqual(["{syntax,2,3,<<\"syntax error before: '.'\">>}", ""]);
    expect(await run(vm, '"unfinished')).toEqual([
      expect.stringMatching(/^\{syntax,1,[12],<<"unterminated string starting with .?"unfinished.?"">>\}$/),
      "",
    ]);
    expect(await run(vm, "X")).toEqual([expect.stringMatching(/^\{exception,error,\{unbound(_var)?,'X'\},/), ""]);
    expect(await run(vm, "throw(up)")).toEqual([expect.stringMatching(/^\{exception,throw,up,<<".*up/s), ""]);
    expect(await run(vm, "exit(out)")).toEqual([expect.stringMatching(/^\{exception,exit,out,<<".*out/s), ""]);
    expect(await run(vm, "lists:map(1, 2)")).toEqual([
      expect.stringMatching(/^\{exception,error,function_clause,<<"exception error: no function clause matching /),
      "",
    ]);
  });
}

async function run({ node, epmdPort }: RunningVm, text: string): Promise<[result: string, output: string]> {
  await using connection = await connectNode({ node, cookie: COOKIE, epmdPort });
  let output = "";
  const onOutput = (printed: string): void => void (output += printed);
  const result = await connection.call("enit_eval", "expressions", [binary(text)], { onOutput });
  return [printTerm(result, { format: "tp", width: 10_000 }), output];
}
