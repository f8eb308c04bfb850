/**
 * Every warning, by its code, with what to do about it; MODULE stands for the one that it is about. `docs/lint.md` explains
 * each; a test holds both to the same list.
 */
export const LINT_CODES = {
  // Coverage
  "version-not-raised":
    "Raise the version of the application: OTP looks at versions only, and leaves its code as it is.",
  "appup-missing": "Write an appup, or have knit-build make it.",
  "appup-version-differs": "Put the version of the application at the top of its appup.",
  "appup-pattern-partial":
    "Let the pattern match the whole version: add what is missing at its end, for example (\\\\..*)*.",
  "appup-stale": "Write the instructions for what changed between these two versions.",
  "no-way-down": "Add instructions for the older version to the second list of the appup.",
  "module-not-in-app": "Add the module to modules in the .app file: OTP knows no other modules.",
  "module-not-loaded": "Add an instruction for the module: load_module, update or add_module.",
  "module-not-removed": "Add {delete_module, MODULE} to the appup.",
  "module-stripped": "Keep the attributes: {debug_info, keep} in the reltool.config, and no beam_lib:strip.",
  // Order
  "relup-refused": "Correct the appup that the message names.",
  "group-suspended":
    "Take dependencies away that are not needed, or raise the timeout: the whole group waits for the slowest.",
  "callee-loaded-late": "Put the instruction of the callee before that of the caller, or name it as a dependency.",
  "callee-loaded-early":
    "Keep the old function for one more version, or suspend the caller until both modules are loaded.",
  "removed-export-called": "Keep the function, or change its caller in the same upgrade.",
  "apply-before-point-of-no-return":
    "Move it behind point_of_no_return, or see to it that running it twice does no harm.",
  "apply-undefined":
    "Put the instruction behind the one that loads the module, or correct its name and number of arguments.",
  "application-restarted": "Update its modules one by one, if its processes and connections are to live on.",
  // State
  "state-without-code-change":
    "Use {update, MODULE, {advanced, EXTRA}}, and write a code_change that converts the state.",
  "code-change-missing": "Export code_change with a clause for this way, or use {update, MODULE, soft}.",
  "code-change-no-down": "Write a clause of code_change for {down, VERSION}, which makes the old state of the new one.",
  "process-module-only-loaded":
    "Use {update, MODULE, {advanced, EXTRA}}, which suspends the processes and calls code_change.",
  "special-process-without-code-change":
    "Export system_code_change/4 with a clause for this way, or use {update, MODULE, soft}.",
  "child-modules-wrong":
    "Name the module in modules of the child specification, one upgrade before the one that needs it.",
  "child-modules-dynamic": "Use dynamic for event managers only; name the modules of all other children.",
  // Supervisors
  "supervisor-init-side-effects":
    "Do it in the start function of the application or in a child: an update calls init/1 again.",
  "supervisor-only-loaded": "Use {update, MODULE, supervisor}, which has the supervisor read its specifications anew.",
  "supervisor-child-not-started": "Add {apply, {supervisor, restart_child, [SUPERVISOR, ID]}} behind the update.",
  "supervisor-child-not-stopped":
    "Add calls of supervisor:terminate_child/2 and supervisor:delete_child/2 before the update.",
  "supervisor-suspended": "Resume the supervisor before anything that looks through the supervision tree.",
  // Old code
  "local-loop": "Go round the loop by a fully qualified call (?MODULE:loop(...)), or make it a gen_server.",
  "fun-stored": "Store fun MODULE:FUNCTION/ARITY, or module, function and arguments.",
  "fun-in-state": "Keep fun MODULE:FUNCTION/ARITY in the state, or module, function and arguments.",
  // Configuration
  "sys-config-unreadable":
    "Correct the file: release_handler takes one that it cannot read for an empty one, silently.",
  // Bookkeeping
  "releases-file-missing":
    "Make releases/RELEASES with release_handler:create_RELEASES/4, or pack the release with knit-build.",
  "application-archived": "Pack the application as a directory: {archive, ...} and .ez files cannot be upgraded.",
  "sasl-not-started": "Start sasl as permanent: release_handler is one of its processes.",
  "static-emulator": "Take static_emulator out of the configuration of sasl, or keep the emulator as it is.",
  // Host
  "nif-module-loaded":
    "See to it that the library has an upgrade function and that both versions fit, or restart the application.",
  "native-code-changed": "Load the module again that loads the library, or restart the application.",
  "driver-module-loaded": "Reload the driver in an instruction of its own, or restart the application.",
  "emulator-restarted":
    "Plan for the interruption; for an upgrade without one keep erts, kernel, stdlib and sasl as they are.",
  "heart-missing": "Start the emulator with -heart, which starts it again.",
  "core-without-restart": "Use restart_new_emulator in the appup, as the one of OTP does.",
  "machine-differs": "Build the release for the machine that the older one runs on.",
  "code-too-new": "Compile with the Erlang/OTP that the older release runs on, or upgrade the emulator too.",
  // Outside
  "apply-one-way": "Add the call that undoes it to the way down, or say in the documentation that there is none.",
} as const satisfies Readonly<Record<string, string>>;

export type LintCode = keyof typeof LINT_CODES;

export function isLintCode(text: string): text is LintCode {
  return Object.hasOwn(LINT_CODES, text);
}
