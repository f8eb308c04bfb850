import type { StartType } from "../otp/index.ts";
import type { SourcePosition } from "../error/index.ts";
import type { Term } from "../term/index.ts";

/** Where a value was written: a place in a file, or the plugin that gave it. */
export type ConfigOrigin = Required<SourcePosition> | { readonly plugin: string };

export interface ConfigValue {
  readonly value: Term;
  readonly origin: ConfigOrigin;
}

/** A key with the value that holds, and those that it won over. */
export interface ConfigKey extends ConfigValue {
  readonly name: string;
  /** What was written before, the oldest first. */
  readonly overridden: readonly ConfigValue[];
}

/** What the files say for one application; the application `node` is enit itself. */
export interface ConfigSection {
  readonly application: string;
  /** In the order in which they were first written. */
  readonly keys: readonly ConfigKey[];
  /** Each place where the section begins, the oldest first. */
  readonly origins: readonly ConfigOrigin[];
}

/** An application that a release or an extension asks for. */
export interface ApplicationRequest {
  readonly name: string;
  /** Without it the highest version that is installed. */
  readonly vsn?: string;
  /** Without it `permanent`. */
  readonly type?: StartType;
  readonly position: Required<SourcePosition>;
}

/** Applications that a config file adds to a release. */
export interface Extension {
  readonly name: string;
  readonly applications: readonly ApplicationRequest[];
  readonly position: Required<SourcePosition>;
}

/** What all config files of a release say together. */
export interface MergedConfig {
  /** In the order in which they were first written. */
  readonly sections: readonly ConfigSection[];
  /** As written, in the order of the files; a name may come several times. */
  readonly extensions: readonly Extension[];
  /** The files that were read, in their order. */
  readonly files: readonly string[];
}

/** The section of an application. */
export function configSection(config: MergedConfig, application: string): ConfigSection | undefined {
  return config.sections.find((section) => section.application === application);
}

/** The key of an application, with its value and origin. */
export function configKey(config: MergedConfig, application: string, key: string): ConfigKey | undefined {
  return configSection(config, application)?.keys.find(({ name }) => name === key);
}
