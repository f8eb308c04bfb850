import { isAtom, list, string, tuple } from "../term/index.ts";
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

/** What stands in place of a cookie or a password. */
const MASK = string("********");

/**
 * The configuration with every cookie replaced, the overridden ones too, so that it may be printed; and the passwords of
 * the keys that distribution over TLS uses.
 */
export function maskCookie(config: MergedConfig): MergedConfig {
  const masked = <T extends ConfigValue>(value: T, mask: (term: Term) => Term): T => ({
    ...value,
    value: mask(value.value),
  });
  const maskKey = (key: ConfigKey): ConfigKey => {
    const mask = key.name === "cookie" ? () => MASK : key.name === "tls" ? maskPasswords : undefined;
    if (mask === undefined) return key;
    return { ...masked(key, mask), overridden: key.overridden.map((value) => masked(value, mask)) };
  };
  return {
    ...config,
    sections: config.sections.map((section) =>
      section.application === "node" ? { ...section, keys: section.keys.map(maskKey) } : section,
    ),
  };
}

/** Replaces the password of a key, in whatever depth of a list of options. */
function maskPasswords(options: Term): Term {
  if (options.kind === "list") return list(options.elements.map(maskPasswords), options.tail);
  if (options.kind !== "tuple") return options;
  const [key] = options.elements;
  return isAtom(key, "password") ? tuple(key, MASK) : tuple(...options.elements.map(maskPasswords));
}
