import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type AppSpec, findApplications, findOtp, readApplication } from "../../src/otp/index.ts";
import {
  type Term,
  atom,
  decodeTerm,
  equalTerms,
  integer,
  list,
  listElements,
  string,
  tuple,
} from "../../src/term/index.ts";
import { type Oracle, oracle, otpInstallations } from "../support/otp.ts";
import { tempDir } from "../support/temp-dir.ts";
import { appText, refusal } from "./support.ts";

for (const installation of otpInstallations()) {
  describe(`readApplication() of OTP ${installation.major}`, () => {
    let vm: Oracle;
    const index = findApplications({ libDirs: [findOtp({ root: installation.root }).libDir] });

    beforeAll(async () => {
      vm = await oracle(installation);
    });

    afterAll(() => vm[Symbol.asyncDispose]());

    test("reads every installed application file as file:consult/1 does", async () => {
      const specs = index.names().flatMap((name) => index.find(name) ?? []);
      expect(specs.length).toBeGreaterThan(20);
      for (const spec of specs) {
        const consulted = decodeTerm(await vm.evaluate(`{ok, [Term]} = file:consult("${spec.file}"), Term`));
        const [, name, pairs] = consulted.kind === "tuple" ? consulted.elements : [];
        const known = new Map(termsOf(spec));
        expect(name).toEqual(atom(spec.name));
        for (const pair of listElements(pairs) ?? []) {
          const [key, value] = pair.kind === "tuple" ? pair.elements : [];
          if (key?.kind !== "atom" || value === undefined) throw new Error(`${spec.file} has something else`);
          const shown = { file: spec.file, key: key.name };
          expect({ ...shown, equal: equalTerms(value, spec.properties.get(key.name) ?? atom("missing")) }).toEqual({
            ...shown,
            equal: true,
          });
          const converted = known.get(key.name);
          if (converted !== undefined)
            expect({ ...shown, equal: equalTerms(value, converted) }).toEqual({ ...shown, equal: true });
        }
        expect(listElements(pairs)?.length).toBe(spec.properties.size);
      }
    });
  });
}

describe("readApplication()", () => {
  test("gives the defaults of keys that are not there", () => {
    using dir = tempDir();
    const file = dir.write("a-1/ebin/a.app", "{application, a, []}. second.");
    expect(readApplication(file)).toEqual({
      name: "a",
      vsn: "",
      id: "",
      description: "",
      modules: [],
      registered: [],
      applications: [],
      optionalApplications: [],
      includedApplications: [],
      env: [],
      maxT: "infinity",
      maxP: "infinity",
      mod: undefined,
      startPhases: undefined,
      runtimeDependencies: [],
      properties: new Map(),
      file,
      ebinDir: dir.join("a-1/ebin"),
      dir: dir.join("a-1"),
    });
  });

  test("says where a value is of the wrong type", () => {
    using dir = tempDir();
    const file = dir.write("a.app", '{application, a, [\n  {vsn, "1"},\n  {modules, [a, "b"]}]}.');
    const error = refusal(() => readApplication(file));
    expect(error).toMatchObject({
      code: "application_malformed",
      kind: "input",
      data: { file, line: 3, column: 3, key: "modules" },
    });
    expect(error.message).toBe(
      `cannot read the application file "${file}:3:3": the value of modules is not a list of atoms`,
    );
  });

  test("says where the text is wrong", () => {
    using dir = tempDir();
    const file = dir.write("a.app", "{application, a,\n  [}.");
    expect(refusal(() => readApplication(file))).toMatchObject({
      code: "term_syntax",
      kind: "input",
      data: { file, line: 2, column: 4 },
    });
  });

  test("refuses what is no application", () => {
    using dir = tempDir();
    for (const text of ["", "foo.", "{application, a}.", '{application, "a", []}.', "{application, a, b}."]) {
      expect(refusal(() => readApplication(dir.write("a.app", text))).code).toBe("application_malformed");
    }
    expect(refusal(() => readApplication(dir.join("none.app"))).code).toBe("file_not_found");
  });

  test("reads Latin-1 where the file asks for it", () => {
    using dir = tempDir();
    const text = `%% coding: latin-1\n${appText("a", { more: ['{id, "\u00e9"}'] })}`;
    expect(readApplication(dir.write("a.app", Buffer.from(text, "latin1"))).id).toBe("\u00e9");
  });
});

/** The terms that the fields of a specification were made of. */
function termsOf(spec: AppSpec): [key: string, value: Term][] {
  const names = (values: readonly string[]): Term => list(values.map(atom));
  const pairs = (values: AppSpec["env"]): Term => list(values.map(([key, value]) => tuple(atom(key), value)));
  const limit = (value: bigint | "infinity"): Term => (value === "infinity" ? atom(value) : integer(value));
  return [
    ["vsn", string(spec.vsn)],
    ["id", string(spec.id)],
    ["description", string(spec.description)],
    ["modules", names(spec.modules)],
    ["registered", names(spec.registered)],
    ["applications", names(spec.applications)],
    ["optional_applications", names(spec.optionalApplications)],
    ["included_applications", names(spec.includedApplications)],
    ["env", pairs(spec.env)],
    ["maxT", limit(spec.maxT)],
    ["maxP", limit(spec.maxP)],
    ["mod", spec.mod === undefined ? list([]) : tuple(atom(spec.mod[0]), spec.mod[1])],
    ["start_phases", spec.startPhases === undefined ? atom("undefined") : pairs(spec.startPhases)],
    ["runtime_dependencies", list(spec.runtimeDependencies.map(string))],
  ];
}
