import type { Context, HookRunner, Services } from "../../src/contract/index.ts";
import { type ContextBase, makeContext } from "../../src/host/context.ts";

/** What the contexts of a test share: a log that collects its lines, and nothing behind the rest. */
export function contextBase(): Omit<ContextBase, "hooks"> & { readonly lines: string[] } {
  const lines: string[] = [];
  const line = (level: string) => (message: string) => void lines.push(`${level}: ${message}`);
  return {
    lines,
    log: {
      error: line("error"),
      warn: line("warn"),
      info: line("info"),
      success: line("success"),
      debug: line("debug"),
      output: line("output"),
    },
    signal: new AbortController().signal,
    services: {} as Services,
    openScreen: () => Promise.resolve(undefined),
    progress: () => ({ update: () => {}, end: () => {}, [Symbol.dispose]: () => {} }),
  };
}

/** A context that calls no hooks. */
export function testContext(config: Context["config"] = {}): Context {
  const hooks: HookRunner = {
    series: () => Promise.resolve(),
    waterfall: (_name, value) => Promise.resolve(value),
  };
  return makeContext({ ...contextBase(), hooks }, config);
}
