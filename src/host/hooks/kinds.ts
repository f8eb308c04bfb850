import type { HookKind, HookMap, HookName, HookValue, WaterfallName } from "../../contract/index.ts";

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

/** Says what is wrong with the result of a waterfall handler, or nothing. */
type ResultCheck = (value: unknown) => string | undefined;

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

function isText(value: unknown): string | undefined {
  return typeof value === "string" ? undefined : `must be a string, not ${describe(value)}`;
}

function isTerm(value: unknown): string | undefined {
  return isObject(value) && typeof value["kind"] === "string" ? undefined : `must be a term, not ${describe(value)}`;
}

function listOf(check: ResultCheck): ResultCheck {
  return (value) => {
    if (!Array.isArray(value)) return `must be an array, not ${describe(value)}`;
    for (const [index, item] of value.entries()) {
      const wrong = check(item);
      if (wrong !== undefined) return `[${index}] ${wrong}`;
    }
    return undefined;
  };
}

function recordOf(check: ResultCheck): ResultCheck {
  return (value) => {
    if (!isObject(value)) return `must be an object, not ${describe(value)}`;
    for (const [key, item] of Object.entries(value)) {
      const wrong = check(item);
      if (wrong !== undefined) return `${key} ${wrong}`;
    }
    return undefined;
  };
}

function fields(checks: Readonly<Record<string, ResultCheck>>): ResultCheck {
  return (value) => {
    if (!isObject(value)) return `must be an object, not ${describe(value)}`;
    for (const [key, check] of Object.entries(checks)) {
      const wrong = check(value[key]);
      if (wrong !== undefined) return `${key} ${wrong}`;
    }
    return undefined;
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : typeof value;
}
