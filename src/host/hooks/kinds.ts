import type { HookKind, HookMap, HookName, HookValue, WaterfallName } from "../../contract/index.ts";
import { type ResultCheck, fields, isTerm, isText, listOf, recordOf } from "./result-checks.ts";

/** The kind of every hook; one that is missing here is a type error. */
export const HOOK_KINDS: { readonly [N in HookName]: HookMap[N]["kind"] } = {
  "command:before": "series",
  "command:after": "series",
  "config:resolve": "waterfall",
  "vm:launch": "waterfall",
  "vm:started": "series",
  "vm:stopping": "series",
  "vm:stopped": "series",
  "reconfigure:plan": "waterfall",
  "reconfigure:applied": "series",
  "build:config": "waterfall",
  "build:spec": "waterfall",
  "build:overlaid": "series",
  "build:packaged": "series",
  "upgrade:appup": "waterfall",
  "upgrade:relup": "waterfall",
  "upgrade:packaged": "series",
  "upgrade:install": "series",
  "upgrade:installed": "series",
  "upgrade:failed": "series",
} satisfies Record<HookName, HookKind>;

export function isHookName(name: string): name is HookName {
  return Object.hasOwn(HOOK_KINDS, name);
}

/** What the results of waterfall handlers must be; plugins in JavaScript have no type checker. */
const RESULT_CHECKS: { readonly [N in WaterfallName]: ResultCheck } = {
  "config:resolve": listOf(fields({ application: isText, entries: listOf(fields({ key: isText, value: isTerm })) })),
  "vm:launch": fields({ executable: isText, argv: listOf(isText), env: recordOf(isText), cwd: isText }),
  "reconfigure:plan": fields({
    applications: listOf(
      fields({
        application: isText,
        changed: listOf(fields({ key: isText, old: isTerm, new: isTerm })),
        added: listOf(fields({ key: isText, new: isTerm })),
        removed: listOf(fields({ key: isText, old: isTerm })),
      }),
    ),
    notLoaded: listOf(isText),
  }),
  "build:config": listOf(isTerm),
  "build:spec": isTerm,
  "upgrade:appup": fields({ up: listOf(isTerm), down: listOf(isTerm) }),
  "upgrade:relup": isTerm,
};

/** Checks the result of a waterfall handler. */
export function checkResult<N extends WaterfallName>(name: N, value: unknown): value is HookValue<N> {
  return explainResult(name, value) === undefined;
}

/** Says what is wrong with the result of a waterfall handler, or nothing. */
export function explainResult(name: WaterfallName, value: unknown): string | undefined {
  return RESULT_CHECKS[name](value);
}
