import { expect, test } from "bun:test";
import { TracePrinter, readTraceFile, readTracePort } from "../../src/trace/index.ts";
import { startRelease } from "../../src/vm/index.ts";
import { otpInstallations } from "../support/otp.ts";
import { tempDir } from "../support/temp-dir.ts";
import { evaluate, testRelease } from "../vm/support.ts";

for (const otp of otpInstallations()) {
  test(`enitdbg traces calls to a port, in a release without runtime_tools, on OTP ${otp.major}`, async () => {
    await using release = await testRelease({ otp });
    const vm = await startRelease(await release.load());
    expect(await evaluate(vm, "enitdbg:mod(lists)")).toBe("{error,no_tracer}");
    const port = Number(/^\{ok,(\d+)\}$/.exec(await evaluate(vm, "enitdbg:ip(0)"))?.[1]);
    expect(port).toBeGreaterThan(0);
    expect(await evaluate(vm, "enitdbg:ip(0)")).toBe("{error,already_started}");

    expect(await evaluate(vm, "enitdbg:fn(lists, seq)")).toBe("{ok,2}");
    expect(await evaluate(vm, "enitdbg:fn(lists, sequel)")).toBe("{error,{no_function,{lists,sequel}}}");
    expect(await evaluate(vm, "enitdbg:mod(no_such_module)")).toBe("{error,{nofile,no_such_module}}");
    expect(await evaluate(vm, "{ok, Count} = enitdbg:mod(sofs), Count > 20")).toBe("true");

    await evaluate(vm, "lists:seq(1, 3), catch lists:seq(a, b), sofs:is_sofs_set(x)");
    const wanted = [
      "call lists:seq(1,3)",
      "returned from lists:seq/2 -> [1,2,3]",
      "call lists:seq(a,b)",
      "exception_from {lists,seq,2} {error,function_clause}",
      "call sofs:is_sofs_set(x)",
      "returned from sofs:is_sofs_set/1 -> false",
    ];
    const printer = new TracePrinter({ otp: otp.major });
    const lines: string[] = [];
    reading: for await (const batch of readTracePort({ port })) {
      for (const message of batch) {
        lines.push(
          printer
            .print(message)
            .replace(/^\(<[\d.]+>\) /, "")
            .trimEnd(),
        );
        if (lines.at(-1) === wanted.at(-1)) break reading;
      }
    }
    expect(lines).toEqual(wanted);
  });

  test(`enitdbg finds dbg and modules to trace in embedded mode, on OTP ${otp.major}`, async () => {
    await using release = await testRelease({ otp, node: '{vm_args, ["-mode", "embedded"]}' });
    const vm = await startRelease(await release.load());
    expect(await evaluate(vm, "{code:get_mode(), enitdbg:ip(0)}")).toMatch(/^\{embedded,\{ok,\d+\}\}$/);
    expect(await evaluate(vm, "{ok, Count} = enitdbg:mod(sofs), Count > 20")).toBe("true");
  });

  test(`enitdbg traces to a file, on OTP ${otp.major}`, async () => {
    using dir = tempDir();
    await using release = await testRelease({ otp });
    const vm = await startRelease(await release.load());
    const file = dir.join("calls.trace");
    expect(await evaluate(vm, `enitdbg:file("${dir.join("no/directory")}")`)).toMatch(/^\{error,/);
    expect(await evaluate(vm, `enitdbg:file("${file}")`)).toBe("ok");
    await evaluate(vm, "enitdbg:fn(lists, seq), lists:seq(1, 3), dbg:stop()");
    const printer = new TracePrinter({ otp: otp.major });
    let text = "";
    for await (const batch of readTraceFile({ file })) for (const message of batch) text += printer.print(message);
    expect(text).toMatch(
      /^\(<[\d.]+>\) call lists:seq\(1,3\)\n\(<[\d.]+>\) returned from lists:seq\/2 -> \[1,2,3\]\n$/,
    );
  });
}
