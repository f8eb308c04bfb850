import type {
  Context,
  HookFacts,
  HookName,
  HookPayload,
  HookRunner,
  HookValue,
  Plugin,
  SeriesHooks,
  SeriesName,
  WaterfallHooks,
  WaterfallName,
} from "../../contract/index.ts";
import { EnitError } from "../../error/index.ts";
import { checkResult, explainResult } from "./kinds.ts";

/** A plugin that has a hook, set up. */
export interface HookOwner {
  readonly plugin: Plugin;
  readonly context: Context;
}

/** Calls the hooks of all plugins, one method for each calling convention. */
export class HookDriver implements HookRunner {
  readonly #ownersOf: (name: HookName) => Promise<readonly HookOwner[]>;

  /** @param ownersOf the plugins that have a hook, in the order of loading. */
  constructor(ownersOf: (name: HookName) => Promise<readonly HookOwner[]>) {
    this.#ownersOf = ownersOf;
  }

  async series<N extends SeriesName>(name: N, payload: HookPayload<N>): Promise<void> {
    for (const { plugin, context } of inOrder(await this.#ownersOf(name))) {
      const handlers: SeriesHooks = plugin.hooks ?? {};
      try {
        await handlers[name]?.(context, payload);
      } catch (error) {
        throw hookError(plugin.name, name, error);
      }
    }
  }

  async waterfall<N extends WaterfallName>(
    name: N,
    value: HookValue<N>,
    facts: HookFacts<N>,
    onResult?: (plugin: string, value: HookValue<N>) => void,
  ): Promise<HookValue<N>> {
    let current = value;
    for (const { plugin, context } of inOrder(await this.#ownersOf(name))) {
      const handlers: WaterfallHooks = plugin.hooks ?? {};
      let result: HookValue<N> | void;
      try {
        result = await handlers[name]?.(context, current, facts);
      } catch (error) {
        throw hookError(plugin.name, name, error);
      }
      if (result === undefined) continue;
      if (!checkResult(name, result)) {
        throw hookError(
          plugin.name,
          name,
          new Error(`its result cannot be used: ${explainResult(name, result) ?? ""}`),
        );
      }
      current = result;
      onResult?.(plugin.name, result);
    }
    return current;
  }
}

/** `enforce: "pre"` first, then the order of loading, then `"post"`. */
function inOrder(owners: readonly HookOwner[]): readonly HookOwner[] {
  const rank = ({ plugin }: HookOwner): number => (plugin.enforce === "pre" ? 0 : plugin.enforce === "post" ? 2 : 1);
  return owners.toSorted((a, b) => rank(a) - rank(b));
}

/** Wraps what a handler threw, once: the error of a hook inside a hook keeps its own names. */
function hookError(plugin: string, hook: HookName, cause: unknown): EnitError {
  if (cause instanceof EnitError && cause.code === "hook_failed") return cause;
  const state = cause instanceof Error ? cause.message : String(cause);
  return new EnitError("hook_failed", `cannot go on after "${hook}" of the plugin "${plugin}": ${state}`, {
    kind: cause instanceof EnitError ? cause.kind : "failed",
    hint: cause instanceof EnitError ? cause.hint : defectHint(cause),
    data: { plugin, hook, ...(cause instanceof EnitError ? { code: cause.code, ...cause.data } : {}) },
    cause,
  });
}

/** A plain `Error` may be what the plugin wanted to say; errors of the language are no wish of anybody. */
function defectHint(cause: unknown): string | undefined {
  const isDefect = [TypeError, ReferenceError, RangeError].some((kind) => cause instanceof kind);
  return isDefect ? "It looks like a defect of the plugin; --verbose shows where it happened." : undefined;
}
