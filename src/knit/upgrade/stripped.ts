import { compareModules } from "../code/index.ts";
import type { AppupChange } from "./appups.ts";

/**
 * Says why `release_handler` cannot take an application from one version to the other: it reads the version of every
 * module that it loads, and of the one in its place, from the attributes, which stripping removes. `undefined` if nothing is
 * in the way. Throws `beam_malformed`.
 */
export function whyNotLoadable({ application, from, older, newer }: AppupChange): string | undefined {
  const { added, changed, removed } = compareModules(older, newer);
  const loaded = [
    [newer, [...added, ...changed]],
    [older, [...changed, ...removed]],
  ] as const;
  for (const [code, names] of loaded) {
    const stripped = names.filter((name) => code.modules.get(name)?.isStripped === true);
    if (stripped.length === 0) continue;
    const which = code === older ? `${application} ${from}` : `${application} ${newer.version}`;
    return `release_handler cannot load modules without attributes, which were stripped of ${which}: ${stripped.join(", ")}`;
  }
  return undefined;
}
