import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { OracleError, type TestNode, oracle, otpInstallations, startNode, systemOtp } from "./otp.ts";

test("otpInstallations() lists the system's OTP among the others, the oldest first", () => {
  const majors = otpInstallations().map((each) => each.major);
  expect(majors).toContain(systemOtp().major);
  expect(majors).toEqual(majors.toSorted((a, b) => a - b));
});

for (const otp of otpInstallations()) {
  test(`oracle() answers in order on OTP ${otp.major}`, async () => {
    await using erl = await oracle(otp);
    const [release, reversed, printed, bytes] = await Promise.all([
      erl.text("erlang:system_info(otp_release)"),
      erl.apply("lists", "reverse", Uint8Array.of(131, 108, 0, 0, 0, 1, 107, 0, 2, 1, 2, 106)),
      erl.text('io:put_chars("seen by nobody"), {Input, \'ü\', "λ"}', Uint8Array.of(131, 97, 7)),
      erl.bytes("Bytes", "λ"),
    ]);
    expect(release).toBe(`"${otp.major}"`);
    expect([...reversed]).toEqual([131, 107, 0, 2, 2, 1]);
    expect(printed).toBe("{7,ü,[955]}");
    expect(new TextDecoder().decode(bytes)).toBe("λ");
  });

  test(`oracle() rejects with what was thrown, and goes on, on OTP ${otp.major}`, async () => {
    await using erl = await oracle(otp);
    await expect(erl.evaluate("error(no_way)")).rejects.toThrow(new OracleError("error:no_way"));
    expect(await erl.text("1 + 1")).toBe("2");
    await expect(erl.evaluate("halt(3)")).rejects.toThrow("ended");
    expect(await erl.exited).toBe(3);
  });

  test(`startNode() gives a node that others reach on OTP ${otp.major}, and leaves nothing behind`, async () => {
    let left: TestNode;
    {
      await using node = await startNode({ otp });
      await using peer = await startNode({ otp, cookie: node.cookie, epmdPort: node.epmdPort });
      expect(await peer.text(`net_adm:ping('${node.node}')`)).toBe("pong");
      expect(await node.text("os:getpid()")).toBe(`"${node.pid}"`);
      left = node;
    }
    expect(() => process.kill(left.pid, 0)).toThrow("ESRCH");
    expect(existsSync(left.directory)).toBe(false);
  });
}
