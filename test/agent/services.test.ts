import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { findRunningVm, startRelease, statePaths } from "../../src/vm/index.ts";
import { otpInstallations, startNode } from "../support/otp.ts";
import { COOKIE, evaluate, testRelease, untilContent } from "../vm/support.ts";

for (const otp of otpInstallations()) {
  test(`enit_status:get/0 tells all of a running VM, on OTP ${otp.major}`, async () => {
    await using release = await testRelease({ otp, config: "{extension, more, [{applications, [runtime_tools]}]}." });
    const vm = await startRelease(await release.load());
    await using peer = await startNode({ otp, cookie: COOKIE, epmdPort: release.epmdPort, args: ["-hidden"] });
    await peer.text(`net_kernel:connect_node('${vm.node}')`);
    const status = "Status = enit_status:get(),";
    expect(await evaluate(vm, `${status} lists:sort(maps:keys(Status))`)).toBe(
      "[extensions,memory,nodes,os_pid,otp_release,phase,release,running,starting,uptime]",
    );
    const facts = "[maps:get(K, Status) || K <- [extensions, os_pid, otp_release, phase, release, starting]]";
    expect(await evaluate(vm, `${status} ${facts}`)).toBe(
      `[["more"],"${vm.pid}","${otp.major}",started,{"relex","1.0"},[]]`,
    );
    const names = "[Name || {Name, [_ | _]} <- maps:get(running, Status)]";
    expect(await evaluate(vm, `${status} ${names}`)).toBe("[kernel,probe,runtime_tools,sasl,stdlib]");
    expect(await evaluate(vm, `${status} lists:member('${peer.node}', maps:get(nodes, Status))`)).toBe("true");
    expect(await evaluate(vm, `${status} maps:get(uptime, Status) < 60000`)).toBe("true");
    expect(await evaluate(vm, `${status} [Key || {Key, _} <- maps:get(memory, Status)]`)).toContain(
      "[total,processes,",
    );
  });

  test(`enit_status:get/0 tells what a release that starts is still waiting for, on OTP ${otp.major}`, async () => {
    await using release = await testRelease({ otp, config: "{probe, [{start, hang}]}." });
    const starting = Promise.withResolvers<void>();
    const abort = new AbortController();
    const start = startRelease(await release.load(), {
      signal: abort.signal,
      onEvent: (event) => "application" in event && event.application === "probe" && starting.resolve(),
    });
    await starting.promise;
    abort.abort(new Error("Ctrl-C"));
    await expect(start).rejects.toThrow("Ctrl-C");
    const vm = findRunningVm(release.stateDir);
    if (vm === undefined) throw new Error("the VM is gone");
    const facts = "Status = enit_status:get(), [maps:get(K, Status) || K <- [phase, starting]]";
    expect(await evaluate(vm, facts)).toBe("[starting,[probe]]");
  });

  test(`enit_log keeps the log short and what it takes away, on OTP ${otp.major}`, async () => {
    await using release = await testRelease({ otp });
    const vm = await startRelease(await release.load());
    const { log, previousLog } = statePaths(release.stateDir);
    await evaluate(vm, 'io:put_chars(user, "before\n")');
    await untilContent(log, "before\n");
    expect(await evaluate(vm, "enit_log ! timeout, sys:get_state(enit_log)")).toContain("max_bytes");
    expect([readFileSync(log, "utf8"), readFileSync(previousLog, "utf8")]).toEqual(["before\n", ""]);
    await evaluate(vm, "sys:replace_state(enit_log, fun(Log) -> Log#{max_bytes := 3} end)");
    await evaluate(vm, "enit_log ! timeout, sys:get_state(enit_log)");
    expect([readFileSync(log, "utf8"), readFileSync(previousLog, "utf8")]).toEqual(["", "before\n"]);
    await evaluate(vm, 'io:put_chars(user, "after\n")');
    await untilContent(log, "after\n");
  });
}
