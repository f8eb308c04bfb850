/** Host: native code, the emulator, and the machine. */
import { whyNotLoaded } from "../../otp/index.ts";
import type { ModuleAnalysis } from "../analysis/index.ts";
import { isCore, startsNewVm } from "./coverage.ts";
import type { Finding, UpgradeFacts } from "./facts.ts";
import { type Way, changedApplications, changedModules, endsVm } from "./way.ts";

/** What is wrong with the releases, whatever the way. */
export function checkHost(facts: UpgradeFacts): Finding[] {
  const { from, to } = facts;
  if (from.machine !== undefined && to.machine !== undefined && from.machine !== to.machine) {
    const message = `${from.spec.name} ${from.spec.vsn} is for ${from.machine}, and ${to.spec.vsn} for ${to.machine}`;
    return [{ code: "machine-differs", message }];
  }
  return checkTooNew(facts);
}

function checkTooNew({ from, to, applications, emulator }: UpgradeFacts): Finding[] {
  if (emulator === undefined || from.spec.ertsVersion !== to.spec.ertsVersion) return [];
  return applications.flatMap(({ name, from: before, to: after }) =>
    [...(after?.modules.values() ?? [])].flatMap((module): Finding[] => {
      if (before?.modules.get(module.name) === module) return [];
      const reason = whyNotLoaded(module.beam, emulator);
      if (reason === undefined) return [];
      const message = `${module.name} cannot be loaded by the emulator that runs: ${reason}`;
      return [{ code: "code-too-new", application: name, module: module.name, message }];
    }),
  );
}

/** What is wrong with native code and the emulator on a way. */
export function checkHostOf(way: Way): Finding[] {
  if (!way.hasSteps) return [];
  return [...checkEmulator(way), ...(endsVm(way) ? [] : checkNative(way))];
}

function checkEmulator(way: Way): Finding[] {
  const { source, target } = way;
  const core = changedApplications(way).filter(({ name }) => isCore(name));
  const isNew = source.release.spec.ertsVersion !== target.release.spec.ertsVersion;
  if (!endsVm(way) && !startsNewVm(way)) {
    return core.map(({ name }) => {
      const message = `${name} changes, and the emulator goes on: its processes cannot be upgraded`;
      return { code: "core-without-restart", application: name, message };
    });
  }
  const names = [...(isNew ? ["erts"] : []), ...core.map(({ name }) => name)];
  const because = names.length === 0 ? "" : ` (${names.join(", ")} changes)`;
  const findings: Finding[] = [
    { code: "emulator-restarted", message: `the emulator is started anew${because}: everything that runs ends` },
  ];
  const { vmArgs, spec } = source.release;
  if (vmArgs !== undefined && !/^\s*-heart(\s|$)/m.test(vmArgs)) {
    const message = `the emulator is started anew, and vm.args of ${spec.name} ${spec.vsn} has no -heart that would do it`;
    findings.push({ code: "heart-missing", message });
  }
  return findings;
}

function checkNative(way: Way): Finding[] {
  const changed = changedModules(way).filter(({ application }) => !way.restarted.has(application));
  const findings = changed.flatMap(({ application, name, source, target }): Finding[] => {
    if (!way.loadedAt.has(name)) return [];
    const finding = { application, module: name };
    if (loadsLibrary(source) && loadsLibrary(target)) {
      const message = `${name} has native functions: the library is asked to take them over when the new code is loaded`;
      return [{ ...finding, code: "nif-module-loaded", message }];
    }
    if (!["load", "load_driver", "try_load"].some((each) => target.calls("erl_ddll", each))) return [];
    const message = `${name} loads a driver, which stays as it is while ports are open`;
    return [{ ...finding, code: "driver-module-loaded", message }];
  });
  return [...findings, ...checkLibraries(way)];
}

function loadsLibrary(analysis: ModuleAnalysis): boolean {
  return analysis.calls("erlang", "load_nif");
}

/** A library stays as it is as long as the module that loaded it does. */
function checkLibraries(way: Way): Finding[] {
  return changedApplications(way).flatMap(({ name, target }): Finding[] => {
    const [before, after] = [way.source.release.nativeCode?.get(name), way.target.release.nativeCode?.get(name)];
    if (before === undefined || after === undefined || way.restarted.has(name)) return [];
    const changed = [...after].flatMap(([file, digest]) => {
      const old = before.get(file);
      return old === undefined || old === digest ? [] : [file];
    });
    const loaders = [...target.modules.keys()].filter((module) => {
      const analysis = way.target.modules.get(module)?.analysis;
      return analysis !== undefined && loadsLibrary(analysis);
    });
    if (changed.length === 0 || loaders.some((module) => way.loadedAt.has(module))) return [];
    const who = loaders.length === 0 ? "" : ` ${loaders.join(", ")}, which`;
    const message = `${changed.join(", ")} of ${name} changes, and no instruction loads${who === "" ? " a module that" : who} loads it`;
    return [{ code: "native-code-changed", application: name, message }];
  });
}
