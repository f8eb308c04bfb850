import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { findApplications, findOtp, resolveApplications } from "../../src/otp/index.ts";
import { type Oracle, oracle, otpInstallations } from "../support/otp.ts";
import { type TempDir, tempDir } from "../support/temp-dir.ts";
import {
  type AppFixture,
  type Outcome,
  type ScriptRequest,
  appText,
  expectSame,
  expectSameRefusal,
  makeOurs,
  makeWithSystools,
  relText,
} from "./support.ts";

/** A release of fixture applications, all in one directory of libraries as `APP-VSN/ebin`. */
interface Case {
  readonly apps?: Readonly<Record<string, AppFixture>>;
  /** Applications in Erlang's syntax, after kernel and stdlib. */
  readonly rel: readonly string[];
  readonly options?: ScriptRequest["options"];
}

const MADE: Readonly<Record<string, Case>> = {
  "of kernel and stdlib alone": { rel: [] },
  "with a library": { apps: { a: {} }, rel: ['{a, "1.0"}'] },
  "with every type of start": {
    apps: { a: {}, b: {}, c: {}, d: {}, e: {} },
    rel: [
      '{a, "1.0", permanent}',
      '{b, "1.0", transient}',
      '{c, "1.0", temporary}',
      '{d, "1.0", load}',
      '{e, "1.0", none}',
    ],
  },
  "with every key of an application": {
    apps: {
      a: {
        modules: ["z", "a", "m"],
        registered: ["a_sup", "a_srv"],
        more: [
          '{id, "an id"}',
          '{env, [{key, "text"}, {other, #{a => [1, 2.5, <<"bin">>, {x}]}}, {"\\x{263a}" , 1}]}'.replace(
            '{"\\x{263a}" , 1}',
            "{'ä', [9786]}",
          ),
          "{maxT, 5000}",
          "{maxP, 12}",
          "{mod, {a_app, [arg]}}",
          "{start_phases, [{init, []}, {go, [x]}]}",
          '{runtime_dependencies, ["stdlib-3.0"]}',
          "{unknown, key}",
        ],
      },
    },
    rel: ['{a, "1.0"}'],
  },
  "with the default of every key written down": {
    apps: {
      a: { more: ["{mod, []}", "{start_phases, undefined}", "{maxT, infinity}", "{maxP, infinity}", "{env, []}"] },
    },
    rel: ['{a, "1.0"}'],
  },
  "with empty start phases": { apps: { a: { more: ["{start_phases, []}"] } }, rel: ['{a, "1.0"}'] },
  "with a key that stands twice": {
    apps: { a: { more: ['{vsn, "2.0"}', "{env, [{a, 1}]}", "{env, []}"] } },
    rel: ['{a, "1.0"}'],
  },
  "with text outside of Latin-1": {
    apps: { a: { more: ['{id, "\u263a"}', "{env, [{'\u043f', '\u4f60\u597d'}, {e, 'é'}]}"] } },
    rel: ['{a, "1.0"}'],
  },
  "with words that OTP 27 reserved": { apps: { a: { more: ["{env, [{'maybe', 'else'}]}"] } }, rel: ['{a, "1.0"}'] },
  "of applications in the wrong order": {
    apps: { a: { applications: ["kernel", "b", "c"] }, b: { applications: ["c"] }, c: {} },
    rel: ['{a, "1.0"}', '{b, "1.0"}', '{c, "1.0"}'],
  },
  "whose order is free": {
    apps: { a: {}, b: {}, c: {} },
    rel: ['{c, "1.0"}', '{a, "1.0"}', '{b, "1.0"}'],
  },
  "with dependencies in the order of the release, not of the file": {
    apps: { a: { applications: ["stdlib", "c", "b", "kernel"] }, b: {}, c: {} },
    rel: ['{b, "1.0"}', '{a, "1.0"}', '{c, "1.0"}'],
  },
  "with optional applications there and not there": {
    apps: { a: { applications: ["kernel", "b", "x"], optional: ["b", "x"] }, b: {} },
    rel: ['{a, "1.0"}', '{b, "1.0"}'],
  },
  "with an included application": {
    apps: { a: { included: ["b"] }, b: {} },
    rel: ['{a, "1.0"}', '{b, "1.0"}'],
  },
  "with applications included through others": {
    apps: { a: { included: ["b"] }, b: { included: ["c"] }, c: { included: ["d"] }, d: {} },
    rel: ['{a, "1.0"}', '{d, "1.0"}', '{b, "1.0"}', '{c, "1.0"}'],
  },
  "that includes some of what its application does": {
    apps: { a: { included: ["b", "c", "d"] }, b: {}, d: {} },
    rel: ['{a, "1.0", [d, b]}', '{b, "1.0"}', '{d, "1.0"}'],
  },
  "that includes nothing of what its application does": {
    apps: { a: { included: ["b"] }, b: {} },
    rel: ['{a, "1.0", temporary, []}', '{b, "1.0", transient}'],
  },
  "with an application that uses an included one": {
    apps: { a: { included: ["b"] }, b: {}, x: { applications: ["kernel", "b"] } },
    rel: ['{x, "1.0"}', '{a, "1.0"}', '{b, "1.0"}'],
  },
  "with an application that uses an included one and its top": {
    apps: { a: { included: ["b"] }, b: {}, x: { applications: ["b", "a"] } },
    rel: ['{x, "1.0"}', '{b, "1.0"}', '{a, "1.0"}'],
  },
  "with included applications that use each other": {
    apps: { a: { included: ["b", "c"] }, b: { applications: ["c"] }, c: {} },
    rel: ['{a, "1.0"}', '{b, "1.0"}', '{c, "1.0"}'],
  },
  "with an included application that uses what includes it": {
    apps: { a: { included: ["b"] }, b: { applications: ["kernel", "a"] } },
    rel: ['{b, "1.0"}', '{a, "1.0"}'],
  },
  "with an application that uses itself": { apps: { a: { applications: ["kernel", "a"] } }, rel: ['{a, "1.0"}'] },
  "with modules that the emulator has": { apps: { a: { modules: ["zz", "aa"] } }, rel: ['{a, "1.0"}'] },
  "without modules": { apps: { a: { modules: [] } }, rel: ['{a, "1.0"}'] },
  "without $HOME/.erlang": { apps: { a: {} }, rel: ['{a, "1.0"}'], options: { noDotErlang: true } },
  "with the paths of this machine": {
    apps: { a: {}, b: {} },
    rel: ['{a, "1.0"}', '{b, "1.0"}'],
    options: { local: true },
  },
};

const REFUSED: Readonly<Record<string, Case>> = {
  "an application that is not installed": { rel: ['{nowhere, "1.0"}'] },
  "a version that is not installed": { apps: { a: {} }, rel: ['{a, "2.0"}'] },
  "an application that uses one outside of the release": {
    apps: { a: { applications: ["b"] }, b: {} },
    rel: ['{a, "1.0"}'],
  },
  "an application that includes one outside of the release": {
    apps: { a: { included: ["b"] }, b: {} },
    rel: ['{a, "1.0"}'],
  },
  "two applications that use each other": {
    apps: { a: { applications: ["b"] }, b: { applications: ["a"] } },
    rel: ['{a, "1.0"}', '{b, "1.0"}'],
  },
  "five applications in a circle": {
    apps: {
      a: { applications: ["b"] },
      b: { applications: ["c", "stdlib"] },
      c: { applications: ["d"] },
      d: { included: ["e"] },
      e: { applications: ["b"] },
    },
    rel: ['{a, "1.0"}', '{b, "1.0"}', '{c, "1.0"}', '{d, "1.0"}', '{e, "1.0"}'],
  },
  "a registered name in two applications": {
    apps: { a: { registered: ["x", "name"] }, b: { registered: ["name", "y"] } },
    rel: ['{a, "1.0"}', '{b, "1.0"}'],
  },
  "a registered name that kernel has": { apps: { a: { registered: ["init"] } }, rel: ['{a, "1.0"}'] },
  "a module in two applications": {
    apps: { a: { modules: ["m", "x"] }, b: { modules: ["x"] } },
    rel: ['{a, "1.0"}', '{b, "1.0"}'],
  },
  "a module that stdlib has": { apps: { a: { modules: ["lists"] } }, rel: ['{a, "1.0"}'] },
  "an application that two include": {
    apps: { a: { included: ["c"] }, b: { included: ["c"] }, c: {} },
    rel: ['{a, "1.0"}', '{b, "1.0"}', '{c, "1.0"}'],
  },
  "the inclusion of what an application does not include": {
    apps: { a: { included: ["b"] }, b: {}, c: {} },
    rel: ['{a, "1.0", [b, c]}', '{b, "1.0"}', '{c, "1.0"}'],
  },
  "an application listed twice": { apps: { a: {} }, rel: ['{a, "1.0"}', '{a, "1.0"}'] },
  "an application of an unknown type": { apps: { a: {} }, rel: ['{a, "1.0", always}'] },
  "an application without a version": { apps: { a: {} }, rel: ["a"] },
  "a version that is an atom": { apps: { a: {} }, rel: ["{a, '1.0'}"] },
  "included applications that are no list of atoms": { apps: { a: {} }, rel: ['{a, "1.0", ["b"]}'] },
  "a file without a required key": { apps: { a: { without: ["registered"] } }, rel: ['{a, "1.0"}'] },
  "a file without a version": { apps: { a: { without: ["vsn"] } }, rel: ['{a, "1.0"}'] },
  "modules that are strings": {
    apps: { a: { without: ["modules"], more: ['{modules, ["m"]}'] } },
    rel: ['{a, "1.0"}'],
  },
  "a description that is a binary": {
    apps: { a: { without: ["description"], more: ['{description, <<"d">>}'] } },
    rel: ['{a, "1.0"}'],
  },
  "an environment that is no list of pairs": { apps: { a: { more: ["{env, [key]}"] } }, rel: ['{a, "1.0"}'] },
  "a limit of nothing": { apps: { a: { more: ["{maxT, 0}"] } }, rel: ['{a, "1.0"}'] },
  "start phases that are atoms": { apps: { a: { more: ["{start_phases, [go]}"] } }, rel: ['{a, "1.0"}'] },
  "a file of another application": { apps: { a: {}, "other@a": {} }, rel: ['{a, "1.0"}', '{other, "1.0"}'] },
  "what is only warned of, if asked to": { apps: { a: {} }, rel: ['{a, "1.0"}'], options: { warningsAsErrors: true } },
};

for (const installation of otpInstallations()) {
  describe(`makeScript() for OTP ${installation.major}`, () => {
    let vm: Oracle;
    const otp = findOtp({ root: installation.root });
    const index = findApplications({ libDirs: [otp.libDir] });

    beforeAll(async () => {
      vm = await oracle(installation);
    });

    afterAll(() => vm[Symbol.asyncDispose]());

    /** Both makers' answers for a case. */
    async function compare(
      dir: TempDir,
      { apps = {}, rel, options = {} }: Case,
    ): Promise<[ours: Outcome, systools: Outcome]> {
      const path = writeApps(dir, apps);
      const file = dir.write("rel.rel", relText(otp, rel));
      const request = { rel: file, path, options };
      return [makeOurs(otp, request), await makeWithSystools(vm, dir, request)];
    }

    for (const [what, each] of Object.entries(MADE)) {
      test(`makes the script of a release ${what}`, async () => {
        using dir = tempDir();
        const [ours, systools] = await compare(dir, each);
        expectSame(ours, systools);
      });
    }

    for (const [what, each] of Object.entries(REFUSED)) {
      test(`refuses ${what}`, async () => {
        using dir = tempDir();
        const [ours, systools] = await compare(dir, each);
        expectSameRefusal(ours, systools);
      });
    }

    test("makes the script of every installed application with what it needs", { timeout: 60_000 }, async () => {
      for (const [place, name] of index.names().entries()) {
        if (index.find(name) === undefined) continue;
        const types = ["permanent", "transient", "temporary", "load", "none"];
        const resolved = resolveApplications([{ name }], index, name).filter(
          (each) => !["kernel", "stdlib"].includes(each.name),
        );
        const shuffled = resolved.toSorted(
          (a, b) => (a.name.charCodeAt(place % 3) || 0) - (b.name.charCodeAt(place % 3) || 0),
        );
        const rel = shuffled.map(
          (each, at) => `{'${each.name}', "${each.vsn}", ${types[(place + at) % types.length]}}`,
        );
        using dir = tempDir();
        const [ours, systools] = await compare(dir, { rel, options: { local: place % 2 === 0 } });
        expectSame(ours, systools);
      }
    });

    test("makes the scripts that the OTP itself was delivered with, byte for byte", async () => {
      for (const name of ["start_clean", "start_sasl", "no_dot_erlang"]) {
        const ours = makeOurs(otp, {
          rel: `${otp.releaseDir}/${name}.rel`,
          options: { noDotErlang: name === "no_dot_erlang" },
        });
        const boot = Buffer.from(await Bun.file(`${otp.releaseDir}/${name}.boot`).arrayBuffer());
        expect(ours.made && ours.boot.equals(boot)).toBe(true);
      }
    });
  });
}

/** Writes the `.app` files, of `FILE@NAME` the one of the application NAME as FILE.app, and gives their directories. */
function writeApps(dir: TempDir, apps: Readonly<Record<string, AppFixture>>): string[] {
  return Object.entries(apps).map(([key, fixture]) => {
    const [file = "", name = file] = key.split("@");
    dir.write(`lib/${file}-${fixture.vsn ?? "1.0"}/ebin/${file}.app`, appText(name, fixture));
    return dir.join(`lib/${file}-${fixture.vsn ?? "1.0"}/ebin`);
  });
}
