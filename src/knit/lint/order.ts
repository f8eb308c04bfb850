/** Order: what is called before it is there, and what happens at a wrong moment. */
import { atomName, isTagged } from "../../term/index.ts";
import { checkCallers, checkRemovedExports } from "./callers.ts";
import { isCore, startsNewVm } from "./coverage.ts";
import type { Finding, UpgradeFacts } from "./facts.ts";
import type { Call } from "./steps.ts";
import type { Way } from "./way.ts";

/** What OTP refuses, whatever the way. */
export function checkRefused({ refused }: UpgradeFacts): Finding[] {
  if (refused === undefined) return [];
  return [{ code: "relup-refused", application: refused.application, message: refused.message }];
}

/** What is wrong with the order of a way. */
export function checkOrder(way: Way): Finding[] {
  return [
    ...checkRestarts(way),
    ...checkGroups(way),
    ...checkCallers(way),
    ...checkRemovedExports(way),
    ...checkCalls(way),
  ];
}

function checkRestarts({ applications }: Way): Finding[] {
  return applications.flatMap(({ name, instructions }) => {
    if (instructions?.some((each) => isTagged(each, "restart_application", 2)) !== true) return [];
    const named = instructions.flatMap((each) =>
      isTagged(each, "restart_application", 2) ? (atomName(each.elements[1]) ?? []) : [],
    );
    return named.map((application): Finding => {
      const by = application === name ? "" : ` by the appup of ${name}`;
      const message = `${application} is stopped and started${by}: its processes end, its connections drop`;
      return { code: "application-restarted", application, message };
    });
  });
}

function checkGroups(way: Way): Finding[] {
  return way.steps.flatMap((step) => {
    if (step.kind !== "suspend" || step.modules.length < 2) return [];
    const [module] = step.modules;
    const application = ownerOf(way, module ?? "");
    const message = `the processes of ${step.modules.join(", ")} are suspended together, since their instructions depend on each other`;
    return [{ code: "group-suspended", application, module, message } satisfies Finding];
  });
}

/** The calls of the script itself. */
function checkCalls(way: Way): Finding[] {
  const point = way.steps.findIndex(({ kind }) => kind === "point_of_no_return");
  return way.steps.flatMap((step, at) => {
    if (step.kind !== "apply") return [];
    const { call } = step;
    const application = ownerOf(way, call.module);
    const findings: Finding[] = [];
    if (at < point) {
      const message = `${shown(call)} is called before the point of no return: once to check the release, once to install it`;
      findings.push({ code: "apply-before-point-of-no-return", application, module: call.module, message });
    }
    const reason = whyUndefined(way, call, at);
    if (reason !== undefined) {
      const message = `${shown(call)} is called, and ${reason}`;
      findings.push({ code: "apply-undefined", application, module: call.module, message });
    }
    return findings;
  });
}

function whyUndefined(way: Way, { module, function: name, args }: Call, at: number): string | undefined {
  const wanted = `${name}/${args.length}`;
  const [old, fresh] = [way.source.modules.get(module), way.target.modules.get(module)];
  if (old === undefined && fresh === undefined) {
    return way.facts.preloaded.has(module) ? undefined : "neither release has that module";
  }
  const loaded = (way.loadedAt.get(module) ?? Number.POSITIVE_INFINITY) < at;
  const removed = (way.removedAt.get(module) ?? Number.POSITIVE_INFINITY) < at;
  if (removed) return "the module has been removed by then";
  const isThere = loaded || (startsNewVm(way) && isCore(fresh?.application ?? ""));
  const code = isThere ? fresh : old;
  if (code === undefined) return "the module is only loaded after that";
  if (code.analysis.exports.has(wanted)) return undefined;
  const isElsewhere = (isThere ? old : fresh)?.analysis.exports.has(wanted) === true;
  if (!isElsewhere) return `${module} exports no ${wanted}`;
  return isThere
    ? `the new code, which is there by then, no longer exports ${wanted}`
    : `the old code, which is still there then, does not export ${wanted}`;
}

function shown({ module, function: name, args }: Call): string {
  return `${module}:${name}/${args.length}`;
}

/** The application that has a module, in the release that is gone to if it is there. */
function ownerOf(way: Way, module: string): string | undefined {
  return (way.target.modules.get(module) ?? way.source.modules.get(module))?.application;
}
