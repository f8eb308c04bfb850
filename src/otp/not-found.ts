import { EnitError, nearestName } from "../error/index.ts";
import type { ApplicationIndex } from "./applications.ts";

/** An application that was looked for in vain. */
export interface MissingApplication {
  readonly name: string;
  readonly vsn?: string | undefined;
  /** The applications that use or include it; none if it was asked for itself. */
  readonly neededBy: readonly string[];
}

/**
 * The error for applications that are not installed: all of them, who needs each, and where they were looked for.
 *
 * Code `application_not_found`, or `application_version_not_found` if each is there in other versions.
 */
export function applicationsNotFound(
  missing: readonly [MissingApplication, ...MissingApplication[]],
  index: ApplicationIndex,
): EnitError {
  const facts = missing.map((each) => ({ ...each, installed: installedVersions(each, index) }));
  const onlyVersions = facts.every(({ installed }) => installed.length > 0);
  const shown = facts.map(({ name, vsn, neededBy, installed }) => {
    const needed = neededBy.length === 0 ? "" : ` (needed by ${neededBy.join(", ")})`;
    const others = installed.length === 0 ? "" : ` (installed: ${installed.join(", ")})`;
    return `"${vsn === undefined ? name : `${name}-${vsn}`}"${needed}${others}`;
  });
  const [word, state] = facts.length === 1 ? ["application", "it is"] : ["applications", "they are"];
  const hint = hintFor(facts, index);
  return new EnitError(
    onlyVersions ? "application_version_not_found" : "application_not_found",
    `cannot find the ${word} ${shown.join(", ")}: ${state} not in ${index.places.join(", ") || "any directory"}`,
    {
      kind: "input",
      hint,
      data: { applications: facts, directories: index.places },
    },
  );
}

function installedVersions({ name, vsn }: MissingApplication, index: ApplicationIndex): string[] {
  return vsn === undefined ? [] : index.all(name).map((spec) => spec.vsn);
}

function hintFor(
  facts: readonly { readonly name: string; readonly installed: readonly string[] }[],
  index: ApplicationIndex,
): string {
  const names = index.names();
  const meant = facts.flatMap(({ name, installed }) => {
    // A directory of its name may be there without its application file.
    const others = names.filter((other) => other !== name);
    const near = installed.length > 0 ? undefined : nearestName(name, others);
    return near === undefined ? [] : [`"${near}" for "${name}"`];
  });
  if (meant.length > 0) return `Perhaps it should be ${meant.join(", ")}.`;
  return "Install what is missing, or name the directory that holds it with --lib-dir or lib_dirs.";
}
