import { expect, test } from "bun:test";
import { hostname } from "node:os";
import { candidateHosts, isOwnHost, makeOwnName, splitNodeName } from "../../src/dist/node-name.ts";

test("splitNodeName() takes the names that a node may have", () => {
  expect(splitNodeName("relex@cluster02")).toEqual({ name: "relex", host: "cluster02" });
  expect(splitNodeName("a-b_C9@127.0.0.1")).toEqual({ name: "a-b_C9", host: "127.0.0.1" });
  expect(splitNodeName("a@::1")).toEqual({ name: "a", host: "::1" });
  expect(splitNodeName("a@hést.example")).toEqual({ name: "a", host: "hést.example" });
});

test("splitNodeName() takes no others", () => {
  for (const name of [
    "",
    "a",
    "@h",
    "a@",
    "a@b@c",
    "a b@c",
    "ä@h",
    "a.b@h",
    "a@b c",
    "a@b\n",
    `a@${"h".repeat(254)}`,
  ]) {
    expect(splitNodeName(name)).toBeUndefined();
  }
});

test("makeOwnName() makes names that differ, of the kind that the peer has", () => {
  const short = makeOwnName({ name: "relex", host: "cluster02" });
  const long = makeOwnName({ name: "relex", host: "cluster02.example.org" });
  expect(splitNodeName(short)?.host).not.toContain(".");
  expect(splitNodeName(long)?.host).toContain(".");
  expect(splitNodeName(makeOwnName({ name: "relex", host: "::1" }))?.host).toContain(".");
  expect(makeOwnName({ name: "relex", host: "cluster02" })).not.toBe(short);
});

test("candidateHosts() tries the loopback address first for this machine, and nothing but the host for others", () => {
  for (const host of ["localhost", hostname()]) {
    expect(isOwnHost(host)).toBe(true);
    expect(candidateHosts(host)).toEqual(["127.0.0.1", host]);
  }
  for (const host of ["198.51.100.7", "::1", "other.example.org"]) expect(candidateHosts(host)).toEqual([host]);
});
