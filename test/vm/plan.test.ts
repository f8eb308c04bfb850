import { expect, test } from "bun:test";
import { planLaunch, type PlanInput } from "../../src/vm/plan.ts";
import { statePaths } from "../../src/vm/index.ts";
import { systemOtp } from "../support/otp.ts";
import { findOtp } from "../../src/otp/index.ts";
import { COOKIE, testRelease } from "./support.ts";

const otp = findOtp({ root: systemOtp().root });
const daemon = { name: "daemon", uid: 1, gid: 1, home: "/usr/sbin", shell: "/bin/false" };

async function input(node = ""): Promise<PlanInput> {
  await using release = await testRelease({ otp: systemOtp(), node });
  return {
    version: "1.0",
    node: { ...(await release.load()).node, env: [] },
    system: { otp },
    paths: statePaths("/state/relex"),
    agentEbin: "/agent/ebin",
    identity: { uid: 0, gid: 0, user: { name: "root", uid: 0, gid: 0, home: "/root", shell: "/bin/sh" } },
    epmdRuns: false,
    env: { HOME: "/home/me", XDG_CACHE_HOME: "/home/me/cache", USER: "me", ERL_LIBS: "/lib" },
  };
}

test("planLaunch() boots the release directory with a private home", async () => {
  const { executable, argv, env, home, cwd, user } = planLaunch(await input());
  expect(executable).toBe(`${otp.ertsDir}/bin/erlexec`);
  expect(argv.slice(0, 4)).toEqual([
    "-boot",
    "/state/relex/releases/1.0/start",
    "-config",
    "/state/relex/releases/1.0/sys",
  ]);
  expect(argv).toContain("-sname");
  expect(env).toMatchObject({ HOME: "/state/relex/home", ROOTDIR: otp.root, ERL_LIBS: "/lib", USER: "me" });
  expect({ home, cwd, user }).toEqual({ home: "/home/me", cwd: "/home/me", user: undefined });
  expect(JSON.stringify({ argv, env })).not.toContain(COOKIE);
});

test("planLaunch() passes on what the section node says", async () => {
  const node = '{hidden, true}, {connect_all, false}, {smp, disabled}, {vm_args, ["+P", "5000"]}';
  const { argv } = planLaunch({ ...(await input(node)), epmdRuns: true });
  const text = argv.join(" ");
  expect(text).toContain(" -hidden ");
  expect(text).toContain(" -connect_all false ");
  expect(text).toContain(" +S 1:1 ");
  expect(text).toContain(" -start_epmd false ");
  expect(text).toEndWith(" -s enit_boot +P 5000");
  const plain = planLaunch(await input()).argv;
  for (const flag of ["-hidden", "-connect_all", "+S", "-start_epmd"]) expect(plain).not.toContain(flag);
});

test("planLaunch() gives another user a home, a name and nothing of the caller's", async () => {
  const given = await input('{run_as_user, "daemon"}, {run_as_group, "nogroup"}');
  const { env, home, cwd, user, group } = planLaunch({ ...given, identity: { uid: 1, gid: 65534, user: daemon } });
  expect({ home, cwd, user, group }).toEqual({ home: "/usr/sbin", cwd: "/usr/sbin", user: "daemon", group: "nogroup" });
  expect(env).toMatchObject({ USER: "daemon", LOGNAME: "daemon", SHELL: "/bin/false" });
  expect(Object.keys(env)).not.toContain("XDG_CACHE_HOME");
});

test("planLaunch() gives a number without a user no home", async () => {
  const given = await input('{run_as_user, "4000000000"}, {run_as_group, "0"}');
  const { home, cwd } = planLaunch({ ...given, identity: { uid: 4e9, gid: 0, user: undefined } });
  expect({ home, cwd }).toEqual({ home: undefined, cwd: "/state/relex" });
});

test("planLaunch() lets the section node win over the environment, and both over crash dump defaults", async () => {
  const given = await input();
  expect(planLaunch(given).env).toMatchObject({ ERL_CRASH_DUMP: "/state/relex/home/erl_crash.dump" });
  const node = {
    ...given.node,
    env: [
      ["HOME", "/srv"],
      ["A", "node"],
    ] as const,
  };
  const { env, home } = planLaunch({ ...given, node, env: { A: "caller", B: "caller", ERL_CRASH_DUMP: "/dumps/x" } });
  expect(env).toMatchObject({ A: "node", B: "caller", ERL_CRASH_DUMP: "/dumps/x", HOME: "/state/relex/home" });
  expect(home).toBe("/srv");
});

test("planLaunch() has the emulator read names of files as UTF-8 where one is not ASCII", async () => {
  const given = await input('{vm_args, ["+fnl"]}');
  expect(planLaunch(given).argv).not.toContain("+fnu");
  const libDirs = ["/usr/lib", "/srv/ä"];
  for (const other of [
    { paths: statePaths("/state/Ä") },
    { node: { ...given.node, libDirs } },
    { env: { ERL_LIBS: "/日" } },
  ]) {
    const { argv } = planLaunch({ ...given, ...other });
    expect(argv.filter((flag) => flag.startsWith("+f"))).toEqual(["+fnu", "+fnl"]);
  }
});

test("planLaunch() quotes the release directory as the Erlang term that sasl reads", async () => {
  const { argv } = planLaunch({ ...(await input()), paths: statePaths('/a "b" \\c') });
  expect(argv[argv.indexOf("releases_dir") + 1]).toBe('"/a \\"b\\" \\\\c/releases"');
});
