import { type Term, atom } from "../../term/index.ts";
import type { ApplicationCode } from "../code/index.ts";
import type { Behaviours } from "./behaviours.ts";
import { withChangedBehaviours } from "./affected-processes.ts";
import { findAffectedSupervisors } from "./affected-supervisors.ts";
import { explainOrder } from "./explain-order.ts";
import { findChildChanges } from "./child-changes.ts";
import { type ModuleChange, type PairChanges, findModuleChanges, onlyListed } from "./module-changes.ts";
import { orderDown, orderRemoved, orderUp } from "./module-order.ts";
import type { AppupStep } from "./step.ts";
import type { AppupWarning } from "./warning.ts";
import { supervisorsOf } from "./supervisors.ts";
import { stepsDown } from "./way-down.ts";
import { stepsUp } from "./way-up.ts";

/** Two versions of an application. */
export interface AppupRequest {
  readonly from: ApplicationCode;
  readonly to: ApplicationCode;
  readonly behaviours: Behaviours;
  /** Whether the application runs whenever the system does, as a permanent one. Default: it does. */
  readonly isPermanent?: boolean;
}

/** How one version of an application becomes another one in a running system, and back. */
export interface MadeAppup {
  readonly up: readonly Term[];
  readonly down: readonly Term[];
  /** Why each instruction is there, in the order of the instructions. */
  readonly explanations: { readonly up: readonly AppupStep[]; readonly down: readonly AppupStep[] };
  readonly warnings: readonly AppupWarning[];
}

/** The applications that a running emulator cannot change. */
const CORE = new Set(["kernel", "stdlib", "sasl"]);

/**
 * Makes the instructions of appup(4) for one pair of versions of an application, from its BEAM files alone.
 *
 * Modules are told apart as `compareModules` does. New ones are added, changed ones loaded or updated (see `ModuleKind`), gone ones
 * deleted, each after the modules that it calls, and on the way down before them; the attributes `knit_*` of the newer version
 * change that. The same input gives the same instructions.
 *
 * @throws EnitError `attribute_invalid` (data: `module`, `attribute`, `value`), or `beam_malformed`.
 */
export function makeAppup(request: AppupRequest): MadeAppup {
  const warnings: AppupWarning[] = [];
  const warn = (warning: AppupWarning): void => void warnings.push(warning);
  const steps = CORE.has(request.to.name) ? restartSteps(request) : moduleSteps(request, warn);
  return {
    up: steps.up.map(({ instruction }) => instruction),
    down: steps.down.map(({ instruction }) => instruction),
    explanations: steps,
    warnings,
  };
}

type Steps = MadeAppup["explanations"];

function restartSteps({ to }: AppupRequest): Steps {
  const reason = `${to.name} cannot be changed in a running emulator`;
  const step = { instruction: atom("restart_new_emulator"), module: undefined, reason };
  return { up: [step], down: [step] };
}

function moduleSteps(request: AppupRequest, warn: (warning: AppupWarning) => void): Steps {
  const from = onlyListed(request.from, warn);
  const to = onlyListed(request.to, warn);
  const { behaviours, isPermanent = true } = request;
  const pair = { from, to, behaviours };
  const { changes: found, removed } = withKnownDepends(findModuleChanges(pair, warn), warn);
  const converted = withChangedBehaviours(pair, found);
  const supervisors = {
    before: supervisorsOf(from, behaviours, isPermanent),
    after: supervisorsOf(to, behaviours, isPermanent),
  };
  const changes = new Map([...converted, ...findAffectedSupervisors(pair, converted, supervisors)]);
  const children = findChildChanges(changes, supervisors, warn);
  const order = orderUp(changes, children);
  const plan = { from, to, changes, children, removed, removedOrder: orderRemoved(removed) };
  return {
    up: explainOrder(stepsUp({ ...plan, order }), changes, "up"),
    down: explainOrder(stepsDown({ ...plan, order: orderDown(order, { from, removed, children }) }), changes, "down"),
  };
}

/** Leaves out dependencies on modules that no instruction is for, which systools refuses. */
function withKnownDepends({ changes, removed }: PairChanges, warn: (warning: AppupWarning) => void): PairChanges {
  const known = [...changes].map(([name, change]): [string, ModuleChange] => {
    const { attributes } = change;
    const depends = [...new Set(attributes.depends)].filter((needed) => {
      if (needed !== name && changes.has(needed)) return true;
      const message = `${name} depends on ${needed} (attribute knit_depends), which is neither new nor changed in this application`;
      warn({ code: "depends_ignored", module: name, message });
      return false;
    });
    return [name, { ...change, attributes: { ...attributes, depends } }];
  });
  return { changes: new Map(known), removed };
}
