/**
 * Boot scripts as reltool makes them. They are not those of systools: before all others they load `error_handler` alone,
 * and every application has a path and a list of modules of its own. Source: `gen_script` of `reltool_target`, the same
 * from OTP 25 to 29.
 */
import { type Term, atom, compareText, list, nil, string, tuple } from "../../term/index.ts";
import { appTerm } from "./app-term.ts";
import { bootPaths } from "./boot-path.ts";
import type { RelConfig } from "./config.ts";
import type { ReleaseApp } from "./release-apps.ts";
import { MANDATORY_APPS } from "./release-members.ts";
import type { App, System } from "./system.ts";

/** What must be loaded before processes can start; everything else, `error_handler` loads. */
const FIRST_MODULES = ["error_handler"] as const;

/** The boot script of a release, `{script, {Name, Vsn}, Instructions}`. */
export function bootScript(rel: RelConfig, members: readonly ReleaseApp[], erts: App, { sys }: System): Term {
  const preloaded = erts.mods.map(({ name }) => name);
  const early = new Set<string>([...FIRST_MODULES, ...preloaded]);
  const pathOf = bootPaths(sys, members);
  const mandatory = members.filter(({ app }) => MANDATORY_APPS.some((name) => name === app.name));
  const kernel = members.find(({ app }) => app.name === "kernel");
  const included = new Set(members.flatMap(({ info }) => info.includedApplications));
  const loaded = members.filter(({ type }) => type !== "none");
  const started = loaded.filter(({ app, type }) => type !== "load" && !included.has(app.name));
  const instructions = [
    tuple(atom("preLoaded"), atoms(preloaded)),
    progress("preloaded"),
    path(mandatory.map(({ app }) => pathOf(app))),
    tuple(atom("primLoad"), atoms(FIRST_MODULES)),
    tuple(atom("kernel_load_completed")),
    progress("kernel_load_completed"),
    ...members.flatMap(({ app }) => [
      path([pathOf(app)]),
      tuple(atom("primLoad"), atoms(includedModules(app).filter((name) => !early.has(name)))),
    ]),
    progress("modules_loaded"),
    path(members.map(({ app }) => pathOf(app))),
    ...kernelProcesses(kernel === undefined ? nil : appTerm("kernel", kernel.info)),
    progress("init_kernel_started"),
    ...loaded
      .filter(({ app }) => app.name !== "kernel")
      .map(({ app, info }) => apply("application", "load", [appTerm(app.name, info)])),
    progress("applications_loaded"),
    ...started.map(({ app, type }) => apply("application", "start_boot", [atom(app.name), atom(type)])),
    ...(rel.loadDotErlang ? [apply("c", "erlangrc", [])] : []),
    progress("started"),
  ];
  return tuple(atom("script"), tuple(string(rel.name), string(rel.vsn)), list(instructions));
}

/** The names of the modules of an application that are included, sorted. */
export function includedModules(app: App): string[] {
  return app.mods.filter(({ included }) => included === true).map(({ name }) => name);
}

/** The processes that init takes the whole system down with. */
function kernelProcesses(kernel: Term): Term[] {
  const start = (name: string, module: string, fun: string, args: readonly Term[]): Term =>
    tuple(atom("kernelProcess"), atom(name), tuple(atom(module), atom(fun), list(args)));
  return [
    start("heart", "heart", "start", []),
    start("logger", "logger_server", "start_link", []),
    start("application_controller", "application_controller", "start", [kernel]),
  ];
}

function apply(module: string, fun: string, args: readonly Term[]): Term {
  return tuple(atom("apply"), tuple(atom(module), atom(fun), list(args)));
}

function progress(stage: string): Term {
  return tuple(atom("progress"), atom(stage));
}

function path(dirs: readonly string[]): Term {
  return tuple(atom("path"), list([...new Set(dirs)].map(string)));
}

function atoms(names: readonly string[]): Term {
  return list(names.toSorted(compareText).map(atom));
}
