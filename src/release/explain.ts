import { string } from "../term/index.ts";
import type { Term } from "../term/index.ts";
import type { ConfigKey, ConfigOrigin, ConfigValue, MergedConfig } from "./config-model.ts";

/** One key of the merged configuration, and who gave it. */
export interface ExplainedKey {
  readonly application: string;
  readonly key: string;
  readonly value: Term;
  /** Who gave the value that holds. */
  readonly origin: ConfigOrigin;
  /** Who gave others before, the last one first. */
  readonly overridden: readonly ConfigValue[];
}

/** Lists every key of the merged configuration with all that wrote it; the cookie shows unless masked before. */
export function explainConfig(config: MergedConfig): ExplainedKey[] {
  return config.sections.flatMap(({ application, keys }) =>
    keys.map(({ name, value, origin, overridden }) => ({
      application,
      key: name,
      value,
      origin,
      overridden: overridden.toReversed(),
    })),
  );
}

/** What stands in place of a cookie. */
const MASKED_COOKIE = "********";

/** The configuration with every cookie replaced, the overridden ones too, so that it may be printed. */
export function maskCookie(config: MergedConfig): MergedConfig {
  const mask = <T extends ConfigValue>(value: T): T => ({ ...value, value: string(MASKED_COOKIE) });
  const maskKey = (key: ConfigKey): ConfigKey =>
    key.name === "cookie" ? { ...mask(key), overridden: key.overridden.map(mask) } : key;
  return {
    ...config,
    sections: config.sections.map((section) =>
      section.application === "node" ? { ...section, keys: section.keys.map(maskKey) } : section,
    ),
  };
}
