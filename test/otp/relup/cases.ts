import type { RelupCase } from "./fixtures.ts";

const AB = {
  "a-1": { modules: ["a1", "a2"] },
  "a-2": { modules: ["a1", "a2"] },
  "b-1": { modules: ["b1", "b2"] },
  "b-2": { modules: ["b1", "b2"] },
};
const BOTH_OLD = ['{a, "1"}', '{b, "1"}'];
const BOTH_NEW = ['{a, "2"}', '{b, "2"}'];

/** The appup of b-2 with these instructions both ways. */
function appupOfB(instructions: string): Readonly<Record<string, string>> {
  return { "b-2": `{"2", [{"1", ${instructions}}], [{"1", ${instructions}}]}.` };
}

/** Releases whose relup systools makes, and in which no dependency leaves the order open. */
export const MADE: Readonly<Record<string, RelupCase>> = {
  "with nothing to do": { up: "[]" },
  "with an application that did not change": { new: ['{a, "1"}'], old: ['{a, "1"}'] },
  "with load_module": { up: "[{load_module, m1}]" },
  "with load_module and no dependencies": { up: "[{load_module, m1, []}]" },
  "with load_module and dependencies": { up: "[{load_module, m1, [m2]}, {load_module, m2}]" },
  "with load_module and both purges": { up: "[{load_module, m1, soft_purge, brutal_purge, []}]" },
  "with add_module": { up: "[{add_module, m1}]", down: "[{delete_module, m1}]" },
  "with add_module and dependencies": { up: "[{add_module, m1, [m2]}, {add_module, m2}]" },
  "with delete_module": { up: "[{delete_module, m1}]", down: "[{add_module, m1}]" },
  "with delete_module and dependencies": { up: "[{delete_module, m1, [m2]}, {load_module, m2}]" },
  "with update": { up: "[{update, m1}]" },
  "with update of a supervisor": { up: "[{update, m1, supervisor}]" },
  "with soft update": { up: "[{update, m1, soft}]" },
  "with advanced update": { up: '[{update, m1, {advanced, [extra, #{a => 1}, "text"]}}]' },
  "with update and dependencies": { up: "[{update, m1, [m2]}, {load_module, m2}]" },
  "with soft update and dependencies": { up: "[{update, m1, soft, [m2]}, {update, m2}]" },
  "with advanced update and dependencies": { up: "[{update, m1, {advanced, x}, [m2]}, {update, m2, {advanced, y}}]" },
  "with update and purges": { up: "[{update, m1, soft, soft_purge, soft_purge, []}]" },
  "with update and a timeout": { up: "[{update, m1, 5000, soft, soft_purge, brutal_purge, []}]" },
  "with update and no timeout": { up: "[{update, m1, infinity, {advanced, []}, soft_purge, brutal_purge, []}]" },
  "with update and the default timeout": { up: "[{update, m1, default, soft, soft_purge, brutal_purge, []}]" },
  "with update of a static module": {
    up: "[{update, m1, static, 7, {advanced, x}, soft_purge, brutal_purge, []}]",
  },
  "with update of a dynamic module": {
    up: "[{update, m1, dynamic, default, {advanced, x}, soft_purge, brutal_purge, []}]",
  },
  "with static and dynamic modules that depend on each other": {
    up: `[{update, m1, static, 5, {advanced, x}, soft_purge, brutal_purge, [m2]},
          {update, m2, dynamic, default, {advanced, y}, brutal_purge, soft_purge, [m3]},
          {update, m3, {advanced, z}, [m4]}, {delete_module, m4, [m5]}, {update, m5, soft}]`,
  },
  "with a chain of dependencies written backwards": {
    up: "[{load_module, m4}, {load_module, m3, [m4]}, {update, m2, [m3]}, {update, m1, [m2]}]",
  },
  "with modules that need each other": {
    up: "[{load_module, m2, [m1]}, {update, m3, [m2]}, {load_module, m1, [m2]}]",
  },
  "with a module that needs itself": { up: "[{update, m1, [m1]}]" },
  "with a dependency that is named twice": { up: "[{update, m1, [m2, m2]}, {load_module, m2}]" },
  "with dependencies that leave no choice": {
    up: "[{load_module, m3}, {load_module, m1, [m2, m3]}, {update, m2, {advanced, 1}, [m3]}]",
  },
  "with groups of dependent modules between others": {
    up: `[{load_module, m1}, {update, m2, [m5]}, {apply, {x, y, []}}, {load_module, m3}, {load_module, m5},
          {update, m4}]`,
  },
  "with apply": { up: '[{apply, {m, f, [1, "x", {a, <<1>>}]}}]' },
  "with apply before the point of no return": { up: "[{apply, {m, f, []}}, point_of_no_return, {load_module, m1}]" },
  "with the point of no return first": { up: "[point_of_no_return, {load_module, m1}, {apply, {m, f, []}}]" },
  "with the point of no return last": { up: "[{apply, {m, f, []}}, point_of_no_return]" },
  "with low-level instructions": {
    up: `[{load_object_code, {a, "2", [m1, m2]}}, point_of_no_return, {suspend, [m1, {m2, 500}]},
          {load, {m1, soft_purge, brutal_purge}}, {load, {m2, brutal_purge, soft_purge}},
          {code_change, up, [{m1, x}, {m2, []}]}, {code_change, [{m1, y}]}, {resume, [m2, m1]},
          {remove, {m3, soft_purge, soft_purge}}, {purge, [m3]}, {stop, [m4]}, {start, [m4]},
          {sync_nodes, id, [a@b, c@d]}, {sync_nodes, {any, id}, {m, f, []}}, {apply, {m, f, [a]}}]`,
  },
  "with restart and reboot": { up: "[{load_module, m1}, restart, reboot]" },
  "with object code read after the point of no return": {
    up: `[{load_object_code, {a, "2", [m1]}}, {load, {m1, soft_purge, soft_purge}}]`,
  },
  "with object code of modules that are loaded besides": {
    up: `[{load_object_code, {a, "2", [m1, m3, m1]}}, {load_module, m2}, {load_module, m1},
          {load_object_code, {a, "2", [m3, m4]}}]`,
    down: `[{load_object_code, {a, "1", [m1, m3]}}, {load_module, m2}, {load_module, m1},
            {load_object_code, {a, "1", [m3, m4]}}, {load_object_code, {other, "1", []}}]`,
  },
  "with object code between calls": {
    up: `[{apply, {x, one, []}}, {load_object_code, {b, "1", [m1]}}, {apply, {x, two, []}}, point_of_no_return,
          {load_module, m2}]`,
  },
  "with a list within the list": { up: "[{load_module, m1}, [{add_module, m2}, {apply, {m, f, []}}], {update, m3}]" },
  "with restart_application": { up: "[{restart_application, a}]" },
  "with restart_application of another type": {
    up: "[{restart_application, a}]",
    old: ['{a, "1", temporary}'],
    new: ['{a, "2", transient}'],
  },
  "with restart_application that is loaded only": {
    up: "[{restart_application, a}]",
    old: ['{a, "1", none}'],
    new: ['{a, "2", load}'],
  },
  "with restart_application whose modules changed": {
    apps: { "a-1": { modules: ["m1", "gone"] }, "a-2": { modules: ["fresh", "m1"] } },
    up: "[{restart_application, a}]",
  },
  "with restart_application of another one": {
    apps: { ...AB },
    up: "[{restart_application, b}]",
    old: ['{a, "1"}', '{b, "1"}'],
    new: ['{a, "2"}', '{b, "1"}'],
  },
  "with restart_application without modules": {
    apps: { "a-1": { modules: [] }, "a-2": { modules: [] } },
    up: "[{restart_application, a}]",
  },
  "with add_application in the appup": {
    apps: { ...AB },
    up: "[{add_application, b}]",
    down: "[]",
    old: BOTH_OLD,
    new: ['{a, "2"}', '{b, "1"}'],
  },
  "with add_application and a type": {
    apps: { ...AB },
    up: "[{add_application, b, temporary}, {add_application, sasl, load}]",
    down: "[]",
    old: BOTH_OLD,
    new: ['{a, "2"}', '{b, "1"}'],
  },
  "with an application that is new": { new: ['{a, "2"}', '{b, "1"}'], apps: AB, up: "[{load_module, a1}]" },
  "with an application that is gone": { old: BOTH_OLD, apps: AB, up: "[{load_module, a1}]" },
  "with new ones of every type": {
    apps: { ...AB, "c-1": {}, "d-1": { modules: [] }, "e-1": {}, "f-1": {} },
    up: "[]",
    new: ['{a, "2"}', '{b, "1", none}', '{c, "1", load}', '{d, "1", temporary}', '{e, "1", transient}', '{f, "1"}'],
  },
  "with one that is new and one that is gone": {
    apps: { ...AB, "c-1": {} },
    old: ['{b, "1"}', '{a, "1"}'],
    new: ['{c, "1"}', '{a, "2"}'],
    up: "[{update, a1}]",
  },
  "of several applications": {
    apps: AB,
    old: BOTH_OLD,
    new: BOTH_NEW,
    up: "[{load_module, a1}, {apply, {x, a, []}}]",
    appups: appupOfB("[{apply, {x, before, []}}, point_of_no_return, {update, b1}, {load_module, b2}]"),
  },
  "of applications that depend on each other in another order": {
    apps: { ...AB, "a-2": { modules: ["a1", "a2"], applications: ["kernel", "b"] } },
    old: BOTH_OLD,
    new: BOTH_NEW,
    up: "[{apply, {x, a, []}}]",
    appups: appupOfB("[{apply, {x, b, []}}]"),
  },
  "with dependencies across applications": {
    apps: AB,
    old: BOTH_OLD,
    new: BOTH_NEW,
    up: "[{update, a1, {advanced, x}, [b1]}, {load_module, a2}]",
    appups: appupOfB("[{load_module, b2}, {update, b1, {advanced, y}, [b2]}]"),
  },
  "with a change of type alone": { old: ['{a, "1", permanent}'], new: ['{a, "1", temporary}'] },
  "with another emulator": { oldErts: "9.0", up: "[{load_module, m1}]" },
  "with another emulator and a restart in the appup": {
    oldErts: "9.0",
    up: "[{load_module, m1}, restart_new_emulator, {load_module, m2}]",
  },
  "with restart_new_emulator": { up: "[{load_module, m1}, restart_new_emulator, {apply, {m, f, []}}]" },
  "with restart_emulator": { up: "[restart_emulator, {load_module, m1}]" },
  "with both restarts, several times": {
    up: "[restart_emulator, restart_new_emulator, {load_module, m1}, restart_emulator, restart_new_emulator]",
  },
  "with the option restart_emulator": { up: "[{load_module, m1}]", options: { restartEmulator: true } },
  "with the option restart_emulator and another emulator": {
    up: "[{load_module, m1}]",
    oldErts: "9.0",
    options: { restartEmulator: true },
  },
  "with a sasl of before R15": {
    apps: { "a-1": {}, "a-2": {}, "sasl-2.1": { modules: ["sasl"] }, "sasl-99": { modules: ["sasl"] } },
    oldCore: { sasl: "2.1" },
    newCore: { sasl: "99" },
    oldErts: "5.8",
    appups: { "sasl-99": '{"99", [{"2.1", [{load_module, sasl}]}], [{"2.1", [restart_new_emulator]}]}.' },
    up: "[{apply, {m, f, []}}, restart_emulator]",
  },
  "with a sasl of before R15 and the same emulator": {
    apps: { "a-1": {}, "a-2": {}, "sasl-2.1": { modules: ["sasl"] }, "sasl-99": { modules: ["sasl"] } },
    oldCore: { sasl: "2.1" },
    newCore: { sasl: "99" },
    appups: { "sasl-99": '{"99", [{"2.1", []}], [{"2.1", []}]}.' },
  },
  "with another kernel and stdlib": {
    apps: {
      "a-1": {},
      "a-2": {},
      "kernel-98": { modules: ["kernel"], applications: [] },
      "kernel-99": { modules: ["kernel"], applications: [] },
      "stdlib-98": { modules: ["lists"], applications: ["kernel"] },
      "stdlib-99": { modules: ["lists"], applications: ["kernel"] },
    },
    oldCore: { kernel: "98", stdlib: "98" },
    newCore: { kernel: "99", stdlib: "99" },
    up: "[{apply, {m, f, []}}]",
    appups: {
      "kernel-99": '{"99", [{<<"9.">>, [restart_new_emulator]}], [{<<"9.">>, [restart_new_emulator]}]}.',
      "stdlib-99": '{"99", [{<<"9.">>, [restart_new_emulator]}], [{<<"9.">>, [restart_new_emulator]}]}.',
    },
  },
  "with a description": { up: "[{load_module, m1}]", options: { description: "from one: ä, ☺" } },
  "with text and atoms outside of Latin-1": {
    up: "[{apply, {'м', 'ф', [\"☺ü\", 'ж']}}, {update, m1, {advanced, 'é'}}]",
  },
  "with an appup of another version": {
    appups: { "a-2": '{"99", [{"1", [{load_module, m1}]}], [{"1", [{load_module, m1}]}]}.' },
  },
  "with a version that is a regular expression": {
    appups: { "a-2": '{"2", [{<<"[0-9]">>, [{load_module, m1}]}], [{<<"^(1|9)$">>, [{load_module, m2}]}]}.' },
  },
  "with a regular expression that matches a part only": {
    apps: { "a-1.0": { modules: ["m1", "m2"] }, "a-2": { modules: ["m1", "m2"] } },
    old: ['{a, "1.0"}'],
    appups: {
      "a-2": `{"2", [{<<"1|1.0">>, [{load_module, m1}]}, {<<"1\\\\..*">>, [{load_module, m2}]}],
                    [{<<"1">>, [{load_module, m1}]}, {"1.0", [{load_module, m2}]}]}.`,
    },
  },
  "with several entries for a version": {
    appups: {
      "a-2": `{"2", [{"0", [x]}, {"1", [{load_module, m1}]}, {<<".*">>, []}], [{<<".*">>, []}, {"1", [{load_module, m1}]}]}.`,
    },
  },
  "with entries that are none": {
    appups: { "a-2": '{"2", [x, {"1"}, {"1", [], []}, {"1", [{update, m1}]}], [{1, 2}, {"1", []}]}.' },
  },
  "with an appup in Latin-1": {
    appups: { "a-2": '%% coding: latin-1\n{"2", [{"1", [{apply, {m, f, []}}]}], [{"1", []}]}.' },
  },
};

const LIST_FORMS: Readonly<Record<string, string>> = {
  "an instruction that there is not": "[{explode, m1}]",
  "a word that is no instruction": "[explode]",
  "an instruction that is a number": "[{load_module, m1}, 17]",
  "an instruction that is text": '["load"]',
  "an instruction without operands": "[{load_module}]",
  "an empty tuple": "[{}]",
  "an instruction with too many operands": "[{restart_application, a, b}]",
  mnesia_backup: "[mnesia_backup]",
  "a short form in a list within the list": "[[{load_module, m1}]]",
  "a list two levels down": "[[[{add_module, m1}]]]",
  "update with a word that is no change": "[{update, m1, hard}]",
  "a module that is a string": '[{load_module, "m1"}]',
  "a dependency that is a string": '[{load_module, m1, ["m2"]}]',
  "dependencies that are an atom": "[{load_module, m1, soft_purge, soft_purge, m2}]",
  "dependencies that are an improper list": "[{load_module, m1, soft_purge, soft_purge, [m2 | m3]}]",
  "an unknown purge method": "[{load_module, m1, gentle_purge, soft_purge, []}]",
  "an unknown purge method afterwards": "[{update, m1, soft, soft_purge, gentle_purge, []}]",
  "an unknown change": "[{update, m1, {simple, x}}]",
  "an unknown type of module": "[{update, m1, fixed, default, soft, soft_purge, soft_purge, []}]",
  "a timeout of nothing": "[{update, m1, 0, soft, soft_purge, soft_purge, []}]",
  "an application that is a string": '[{restart_application, "a"}]',
  "an unknown type of start": "[{add_application, a, always}]",
  "a code_change without extra": "[{suspend, [m1]}, {code_change, up, [m1]}, {resume, [m1]}]",
  "a code_change in an unknown direction": "[{code_change, sideways, [{m1, x}]}]",
  "a suspend of no list": "[{suspend, m1}]",
  "a suspend with a wrong timeout": "[{suspend, [{m1, soon}]}, {resume, [m1]}]",
  "a node that is a string": '[{sync_nodes, id, ["a@b"]}]',
  "a function that is a string": '[{apply, {m, "f", []}}]',
  "arguments that are no list": "[{apply, {m, f, x}}]",
  "an apply of no function": "[{apply, m}]",
  "a library that is a string": '[{load_object_code, {"a", "2", []}}]',
  "a library's version that is an atom": "[{load_object_code, {a, v2, []}}]",
  "load_object_code of one module": '[{load_object_code, {a, "2", m1}}]',
  "load without object code": "[{load, {m1, soft_purge, soft_purge}}]",
  "who is suspended and not resumed": "[{suspend, [m1, m2]}, {resume, [m2]}]",
  "who is resumed and was not suspended": "[{resume, [m1]}]",
  "who is stopped and not started": "[{stop, [m1]}]",
  "who is started and was not stopped": "[{start, [m1]}]",
  "a module with two instructions": "[{load_module, m1}, {update, m1}]",
  "a dependency without an instruction": "[{load_module, m1, [m2]}]",
  "a module that no application has": "[{load_module, nowhere}]",
  "an application that is in no release": "[{restart_application, nowhere}]",
  "an application that was not there to be removed": "[{remove_application, nowhere}]",
  "the removal of an application that stays": "[{remove_application, a}]",
  "two points of no return": "[point_of_no_return, point_of_no_return]",
  "loading before the point of no return": "[{load_module, m1}, point_of_no_return]",
  "object code of two versions": '[{load_object_code, {a, "1", [m1]}}, {load_object_code, {a, "2", [m1]}}]',
};

/** Releases whose relup systools refuses; `code` is ours where systools crashes or says something vaguer. */
export const REFUSED: Readonly<Record<string, RelupCase & { readonly code?: string }>> = {
  ...Object.fromEntries(Object.entries(LIST_FORMS).map(([what, up]) => [what, { up }])),
  "a module that the restarted application and another instruction load": {
    up: "[{restart_application, a}, {load_module, m1}]",
  },
  "an appup that is not there": { appups: { "a-2": "" } },
  "an appup that does not parse": { appups: { "a-2": '{"2", [{"1", [}], []}.' } },
  "an appup that does not end": { appups: { "a-2": '{"2", [], []}' } },
  "an appup of another form": { appups: { "a-2": '{"2", []}.' } },
  "an appup that is empty": { appups: { "a-2": "%% nothing" }, code: "appup_malformed" },
  "an appup without the version": { appups: { "a-2": '{"2", [{"0.9", []}], []}.' } },
  "an appup without the version for the way back": { appups: { "a-2": '{"2", [{"1", []}], [{<<"1.">>, []}]}.' } },
  "instructions that are no list": {
    appups: { "a-2": '{"2", [{"1", x}], [{"1", []}]}.' },
    code: "appup_malformed",
  },
  "versions that are no list": { appups: { "a-2": '{"2", x, [{"1", []}]}.' }, code: "appup_malformed" },
  "a regular expression that is none": {
    appups: { "a-2": '{"2", [{<<"(">>, []}], [{"1", []}]}.' },
    code: "regexp_invalid",
  },
  "a release without sasl": { withoutSasl: true },
  "an application that is not installed": { old: ['{nowhere, "1"}'] },
  "what is only warned of, if asked to": { oldErts: "9.0", options: { warningsAsErrors: true } },
};
