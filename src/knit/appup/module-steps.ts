import { DEFAULT_TIMEOUT } from "./attributes.ts";
import { addInstruction, changeInstruction, deleteInstruction } from "./instructions.ts";
import type { ModuleChange } from "./module-changes.ts";
import type { AppupStep } from "./step.ts";

/** `version`: the one that has the module. */
export function addStep({ name, attributes, kind }: ModuleChange, version: string): AppupStep {
  const reason = `new in ${version} (${kind.description})`;
  return { instruction: addInstruction(name, attributes.depends), module: name, reason };
}

/** Brings a module back that the older version has. */
export function bringBackStep(name: string, from: string, to: string): AppupStep {
  return { instruction: addInstruction(name), module: name, reason: `in ${from}, not in ${to}` };
}

/** `version`: the one that does not have the module. */
export function deleteStep(name: string, version: string): AppupStep {
  return { instruction: deleteInstruction(name), module: name, reason: `not in ${version}` };
}

const TREATMENTS: Readonly<Record<ModuleChange["treatment"], string>> = {
  supervisor: "its init/1 runs again",
  advanced: "its processes convert their state",
  soft: "its processes wait until it is loaded",
  load: "it is loaded",
};

const DIFFERENCES: Readonly<Record<ModuleChange["difference"], string>> = {
  code: "changed",
  attributes: "attributes changed",
  nothing: "unchanged",
};

/** `kept`: the ids of children that go on running as they were started. */
export function changeStep(change: ModuleChange, kept: readonly string[] = []): AppupStep {
  const { name, attributes, treatment, kind, difference } = change;
  const { priority, depends, timeout } = attributes;
  const more = [
    ...(priority === 0 ? [] : [`priority ${priority}`]),
    ...(depends.length === 0 ? [] : [`together with ${depends.join(", ")}`]),
    ...(timeout === DEFAULT_TIMEOUT ? [] : ["its own timeout"]),
    ...(kept.length === 0 ? [] : [`${kept.join(", ")} will be started otherwise the next time`]),
  ];
  const reason = [`${DIFFERENCES[difference]} (${kind.description}): ${TREATMENTS[treatment]}`, ...more].join("; ");
  return { instruction: changeInstruction(name, treatment, attributes), module: name, reason };
}
