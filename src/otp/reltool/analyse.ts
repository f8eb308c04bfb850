/**
 * What is included, by the rules of reltool: what releases name and what these need; what is configured; and whatever
 * modules of all these call, with the applications that they are in.
 *
 * Source: `reltool_server:analyse/3`.
 */
import { EnitError } from "../../error/index.ts";
import { type MissingApp, appError, appsNotFound } from "./app-errors.ts";
import type { InclCond } from "./config.ts";
import type { ReltoolWarning } from "./option-error.ts";
import { findReleaseMembers } from "./release-members.ts";
import type { App, Mod, System } from "./system.ts";

/**
 * Sets what is included in a system, of applications and of modules.
 *
 * Throws `application_not_found` (all that are needed and not there), `application_excluded`, `module_clash`, and
 * `beam_malformed` for a file of a module that is included.
 */
export function analyseSystem(system: System, warn: (warning: ReltoolWarning) => void): void {
  new Analysis(system, warn).run();
}

class Analysis {
  readonly #system: System;
  readonly #warn: (warning: ReltoolWarning) => void;
  readonly #apps: ReadonlyMap<string, App>;
  /** Of modules that several applications have, the one that counts. */
  readonly #mods = new Map<string, Mod>();

  constructor(system: System, warn: (warning: ReltoolWarning) => void) {
    this.#system = system;
    this.#warn = warn;
    this.#apps = new Map(system.apps.map((app) => [app.name, app]));
  }

  run(): void {
    const { sys, apps } = this.#system;
    const { releasesOf, missing } = findReleaseMembers(sys.rels, this.#apps);
    if (missing.length > 0) throw this.#notFound(missing);
    for (const app of apps) this.#initialise(app, releasesOf.get(app.name) ?? []);
    this.#includeNeeded(apps.filter((app) => app.included === true && !releasesOf.has(app.name)));
    this.#includeUsed();
    for (const app of apps) this.#settle(app);
  }

  /** What is sure from the beginning. */
  #initialise(app: App, releases: readonly string[]): void {
    const cond = app.config.inclCond ?? this.#system.sys.inclCond;
    const inRelease = releases.length > 0;
    if (cond === "exclude" && inRelease) throw excluded(app, releases);
    if (cond === "derived") app.included = inRelease ? true : undefined;
    else app.included = cond === "include";
    for (const mod of app.mods) {
      mod.included = this.#initialOf(mod, app, cond, inRelease);
      this.#register(mod);
    }
  }

  #initialOf(mod: Mod, app: App, cond: InclCond, inRelease: boolean): boolean | undefined {
    if (cond === "exclude") return false;
    if (mod.cond !== undefined) return mod.cond === "derived" ? undefined : mod.cond === "include";
    // Being part of a release outdoes the condition on modules, but being included by configuration does not.
    if (cond === "derived") return inRelease ? true : undefined;
    if ((app.config.modCond ?? this.#system.sys.modCond) === "none") return false;
    return this.#comesWith(mod, app) ? true : undefined;
  }

  /** Whether a module is included together with its application. */
  #comesWith(mod: Mod, app: App): boolean {
    switch (app.config.modCond ?? this.#system.sys.modCond) {
      case "all":
        return true;
      case "app":
        return mod.isAppMod;
      case "ebin":
        return mod.isEbinMod;
      case "derived":
      case "none":
        return false;
    }
  }

  /** Of two modules of one name at most one may be in question. */
  #register(mod: Mod): void {
    const other = this.#mods.get(mod.name);
    if (other !== undefined && other.included !== false && mod.included !== false) throw clash(mod, other);
    const used = other === undefined || other.included === false ? mod : other;
    this.#mods.set(mod.name, used);
    if (other === undefined) return;
    const message = `the module ${mod.name} is in the applications ${other.app} and ${mod.app}; that of ${used.app} is used`;
    this.#warn({ code: "module_in_two_applications", message });
  }

  /** Includes the applications that these need, and so on. reltool stops at optional ones that are not there. */
  #includeNeeded(from: readonly App[]): void {
    const missing: MissingApp[] = [];
    const pending = [...from];
    for (let app = pending.pop(); app !== undefined; app = pending.pop()) {
      for (const name of [...app.info.applications, ...app.info.includedApplications]) {
        const needed = this.#apps.get(name);
        const isOptional = app.info.optionalApplications.includes(name);
        if (needed === undefined && !isOptional) missing.push({ name, neededBy: `application ${app.name}` });
        if (needed === undefined || needed.included !== undefined) continue;
        needed.included = true;
        for (const mod of needed.mods) if (mod.included === undefined && this.#comesWith(mod, needed)) include(mod);
        pending.push(needed);
      }
    }
    if (missing.length > 0) throw this.#notFound(missing);
  }

  /** Includes the modules that included ones use, and so on, each with what comes with its application. */
  #includeUsed(): void {
    const mods = [...this.#mods.values()];
    let undecided = mods.filter((mod) => mod.included === undefined).length;
    const pending = mods.filter((mod) => mod.included === true);
    const reach = (mod: Mod | undefined): void => {
      if (mod === undefined || mod.included !== undefined) return;
      include(mod);
      undecided -= 1;
      if (mod.included === true) pending.push(mod);
      const app = this.#apps.get(mod.app ?? "");
      if (app === undefined || app.included !== undefined) return;
      app.included = true;
      for (const other of app.mods) if (this.#comesWith(other, app)) reach(this.#mods.get(other.name));
    };
    for (let mod = pending.pop(); mod !== undefined; mod = pending.pop()) {
      // Where everything is decided, only files that may be unfit are read: those of the installation itself are not.
      if (undecided === 0 && this.#isOfRoot(mod)) continue;
      for (const name of mod.uses()) reach(this.#mods.get(name));
    }
  }

  #isOfRoot(mod: Mod): boolean {
    const dir = this.#apps.get(mod.app ?? "")?.dir;
    return dir?.startsWith(`${this.#system.sys.rootDir}/`) === true;
  }

  #settle(app: App): void {
    for (const mod of app.mods) {
      const used = this.#mods.get(mod.name);
      if (used === mod && mod.app === app.name) {
        if (mod.included === true) app.included = true;
      } else if (app.included !== false && mod.cond !== "exclude") {
        if (used !== undefined && used !== mod) throw clash(mod, used);
        throw appError("module_not_found", app.name, `it has no module ${mod.name}`, { module: mod.name });
      }
    }
  }

  #notFound(missing: readonly MissingApp[]): EnitError {
    return appsNotFound(missing, this.#system.sys, [...this.#apps.keys()]);
  }
}

/** Includes a module that nothing is known of yet, unless its own condition excludes it. */
function include(mod: Mod): void {
  mod.included = mod.cond !== "exclude";
}

function excluded(app: App, releases: readonly string[]): EnitError {
  const names = releases.map((name) => `"${name}"`).join(", ");
  return appError("application_excluded", app.name, `it is excluded, and needed by the release ${names}`, { releases });
}

function clash(mod: Mod, other: Mod): EnitError {
  const applications = [other.app, mod.app].map((name) => name ?? "none");
  return new EnitError(
    "module_clash",
    `cannot choose the module "${mod.name}": both applications ${applications.join(" and ")} have it`,
    {
      kind: "input",
      hint: "Exclude one of the applications, or the module in one of them, with {mod, Module, [{incl_cond, exclude}]}.",
      data: { module: mod.name, applications },
    },
  );
}
