import { hostname } from "node:os";
import { expect, test } from "bun:test";
import { completeNodeName } from "../../src/release/node-name.ts";
import { oracle, otpInstallations, startEpmd, systemOtp } from "../support/otp.ts";

test("completeNodeName() adds the short name of this machine", () => {
  const [short = ""] = hostname().split(".", 1);
  expect(completeNodeName("relex", undefined)).toEqual({
    name: "relex",
    host: short,
    nodeName: `relex@${short}`,
    longNames: false,
  });
  expect(completeNodeName("relex", undefined, () => "box.example.com")).toMatchObject({ nodeName: "relex@box" });
});

test("completeNodeName() adds the whole name of this machine to a long name", () => {
  expect(completeNodeName("relex", true, () => "box.example.com")).toEqual({
    name: "relex",
    host: "box.example.com",
    nodeName: "relex@box.example.com",
    longNames: true,
  });
});

test("completeNodeName() takes a name for long if its host has a dot or it is told so", () => {
  expect(completeNodeName("relex@box.example.com", undefined)).toMatchObject({ longNames: true });
  expect(completeNodeName("relex@127.0.0.2", undefined)).toMatchObject({ longNames: true, host: "127.0.0.2" });
  expect(completeNodeName("relex@localhost", undefined)).toMatchObject({ longNames: false });
  expect(completeNodeName("relex@localhost", true)).toMatchObject({ longNames: true });
  expect(completeNodeName("relex@box.example.com", false)).toBe("a short name must not have a dot in its host");
});

test("completeNodeName() gives the host that OTP gives", async () => {
  await using erl = await oracle(systemOtp());
  const host = await erl.bytes("{ok, Host} = inet:gethostname(), list_to_binary(Host)");
  expect(completeNodeName("relex", false)).toMatchObject({ host: new TextDecoder().decode(host) });
});

test.each(otpInstallations())("completeNodeName() accepts exactly the names that OTP $major accepts", async (otp) => {
  await using epmd = await startEpmd(otp);
  await using erl = await oracle(otp, { args: ["-start_epmd", "false"], env: { ERL_EPMD_PORT: String(epmd.port) } });
  const domain = { short: "shortnames", long: "longnames" } as const;
  const names = ["a@h", "A-1_b@h", "9@h", "a b@h", "a.b@h", "\xe9@h", "a@h h", "a@h.d", "a@127.0.0.1", "a@\xe9", "@h"];
  for (const name of names) {
    for (const kind of ["short", "long"] as const) {
      const started = await erl.text(
        `case net_kernel:start(binary_to_atom(Bytes), #{name_domain => ${domain[kind]}}) of
           {ok, _} -> net_kernel:stop(); {error, _} -> {error, refused} end`,
        name,
      );
      const accepted = typeof completeNodeName(name, kind === "long") !== "string";
      expect([name, kind, accepted]).toEqual([name, kind, started === "ok"]);
    }
  }
});

test("completeNodeName() refuses a name that no atom can hold", () => {
  expect(completeNodeName(`${"a".repeat(250)}@host.x`, undefined)).toBe("it is longer than 255 characters");
});
