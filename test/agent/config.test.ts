import { expect, test } from "bun:test";
import { startRelease } from "../../src/vm/index.ts";
import { otpInstallations } from "../support/otp.ts";
import { evaluate, testRelease } from "../vm/support.ts";

for (const otp of otpInstallations()) {
  test(`enit_config:change/2 changes environments and tells those that run, on OTP ${otp.major}`, async () => {
    const config = "{probe, [{one, 1}, {two, 2}]}. {tools, [{kept, 1}]}.";
    await using release = await testRelease({ otp, config, applications: "[sasl, probe, {tools, load}]" });
    const vm = await startRelease(await release.load());
    await evaluate(vm, "application:set_env(probe, own, mine)");
    const changes = `[{probe, [{one, 1.0}], [{three, 3}], [two]},
                      {sasl, [], [{x, 1}], []},
                      {kernel, [], [{x, 1}], []},
                      {stdlib, [], [{x, 1}], []},
                      {tools, [{kept, 2}], [], []},
                      {mnesia, [], [{dir, "x"}], []}]`;
    const all = '[{probe, [{one, 1.0}, {three, 3}]}, {tools, [{kept, 2}]}, {mnesia, [{dir, "x"}]}]';
    // sasl has no config_change/3, stdlib no module, tools does not run.
    expect(await evaluate(vm, `enit_config:change(${changes}, ${all})`)).toBe(
      "[{probe,ok},{sasl,no_callback},{kernel,ok},{stdlib,no_callback},{tools,not_running},{mnesia,not_loaded}]",
    );
    expect(release.notes().slice(1)).toEqual(["{config_change,[{one,1.0}],[{three,3}],[two]}."]);
    const environment = await evaluate(vm, "lists:sort(application:get_all_env(probe))");
    expect(environment).toBe("[{one,1.0},{own,mine},{setting,default},{three,3}]");
    expect(await evaluate(vm, "application:get_env(tools, kept)")).toBe("{ok,2}");
    expect(await evaluate(vm, "application:get_env(mnesia, dir)")).toBe("undefined");
  });

  test(`applications that are loaded later see the changed configuration, on OTP ${otp.major}`, async () => {
    await using release = await testRelease({ otp, config: '{mnesia, [{dir, "old"}, {gone, 1}]}.' });
    const vm = await startRelease(await release.load());
    await evaluate(vm, 'enit_config:change([], [{mnesia, [{dir, "new"}]}])');
    expect(await evaluate(vm, "ok = application:load(mnesia), application:get_env(mnesia, dir)")).toBe('{ok,"new"}');
    expect(await evaluate(vm, "application:get_env(mnesia, gone)")).toBe("undefined");
    expect(await evaluate(vm, "application:get_env(probe, setting)")).toBe("{ok,default}");
  });
}

for (const [answer, expected] of [
  ["{error, no_way}", /^\{error,no_way\}$/],
  ["something", /^\{error,something\}$/],
  ["crash", /^\{error,\{error,no_way,\[\{probe,config_change,3,/],
] as const) {
  test(`enit_config:change/2 gives what config_change/3 answered: ${answer}`, async () => {
    const [otp] = otpInstallations();
    if (otp === undefined) throw new Error("no OTP");
    await using release = await testRelease({ otp, config: `{probe, [{answer, ${answer}}]}.` });
    const vm = await startRelease(await release.load());
    const value = await evaluate(vm, "element(2, hd(enit_config:change([{probe, [], [{x, 1}], []}], [])))");
    expect(value).toMatch(expected);
  });
}
