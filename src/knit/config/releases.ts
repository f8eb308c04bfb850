import { EnitError, type SourcePosition } from "../../error/index.ts";
import {
  type Term,
  type TupleTerm,
  atom,
  atomName,
  isTagged,
  isTuple,
  list,
  listElements,
  string,
  stringValue,
  tuple,
} from "../../term/index.ts";
import type { Config } from "./config.ts";
import { REPOSITORY_TOOLS, isRepositoryTool, repositoryVersion } from "./repository-version.ts";

/** What reltool gets, and which of its releases is built. */
export interface ReleaseConfig {
  /** `{sys, [Option]}`, every version a string, with a `boot_rel`. */
  readonly sys: TupleTerm;
  /** The name of the release to boot: that of the build directory and of the tarball. */
  readonly name: string;
  readonly version: string;
  /** As that of the configuration, also for terms that were made anew. */
  readonly positionOf: (term: Term) => SourcePosition | undefined;
}

/**
 * Finds the release that is built, which is `boot_rel` or else the first one, and asks the repository for the versions of
 * those that are `{rel, Name, git, Apps}` or the like. Each tool is asked once.
 *
 * @throws EnitError `release_missing`, `release_repeated`, `version_invalid`, and what `repositoryVersion` throws.
 */
export async function resolveReleases(sys: TupleTerm, config: Config, signal: AbortSignal): Promise<ReleaseConfig> {
  const options = listElements(sys.elements[1]);
  if (options === undefined)
    throw invalid("sys_invalid", `cannot use {sys, ...}: it is not {sys, [Option]}`, sys, config);
  const known = new Map<string, Promise<string>>();
  const original = new Map<Term, Term>();
  const resolved: Term[] = [];
  for (const option of options) {
    const tool = isTagged(option, "rel") ? atomName(option.elements[2]) : undefined;
    if (!isTuple(option) || tool === undefined) {
      resolved.push(option);
      continue;
    }
    if (!isRepositoryTool(tool)) {
      const state = `a version is a string or one of ${REPOSITORY_TOOLS.join(", ")}`;
      throw invalid("version_invalid", `cannot use the version ${tool}: ${state}`, option, config);
    }
    const asked = known.get(tool) ?? repositoryVersion(tool, config.directory, { signal });
    known.set(tool, asked);
    const fresh = tuple(...option.elements.with(2, string(await asked)));
    original.set(fresh, option);
    resolved.push(fresh);
  }
  const positionOf = (term: Term): SourcePosition | undefined => config.positionOf(original.get(term) ?? term);
  const { name, version } = bootRelease(resolved, sys, config);
  const withBoot = resolved.some((option) => isTagged(option, "boot_rel"))
    ? resolved
    : [...resolved, tuple(atom("boot_rel"), string(name))];
  return { sys: tuple(atom("sys"), list(withBoot)), name, version, positionOf };
}

function bootRelease(options: readonly Term[], sys: TupleTerm, config: Config): { name: string; version: string } {
  const releases = options
    .filter((option) => isTagged(option, "rel"))
    .map((term) => Object.assign(identify(term, config), { term }));
  // As in proplists and in reltool, the last one counts.
  const boot = options.findLast((option) => isTagged(option, "boot_rel", 2));
  const wanted = isTuple(boot) ? stringValue(boot.elements[1]) : releases[0]?.name;
  const names = releases.map((each) => each.name);
  const repeated = releases.find(({ name }, index) => names.indexOf(name) < index);
  if (repeated !== undefined) {
    throw invalid(
      "release_repeated",
      `cannot use the release "${repeated.name}": there are two of this name`,
      repeated.term,
      config,
    );
  }
  const found = releases.find(({ name }) => name === wanted);
  if (found === undefined) {
    const state =
      names.length === 0 ? "{sys, ...} has no {rel, Name, Version, Applications}" : `there are ${names.join(", ")}`;
    const message =
      wanted === undefined ? `cannot build a release: ${state}` : `cannot build the boot release "${wanted}": ${state}`;
    throw invalid("release_missing", message, boot ?? sys, config);
  }
  if (!isFileName(found.name) || !isFileName(found.version)) {
    const state = "its name and version are parts of file names, and must not be empty or hold a slash";
    throw invalid(
      "version_invalid",
      `cannot build the release "${found.name}" "${found.version}": ${state}`,
      found.term,
      config,
    );
  }
  return { name: found.name, version: found.version };
}

function identify(term: Term, config: Config): { name: string; version: string } {
  const [, name, version] = isTuple(term) ? term.elements.map(stringValue) : [];
  if (name !== undefined && version !== undefined) return { name, version };
  throw invalid(
    "release_invalid",
    "cannot use a release: it is not of the form {rel, Name, Version, [Application]}",
    term,
    config,
  );
}

function isFileName(text: string): boolean {
  return text !== "" && text !== "." && text !== ".." && !/[/\0]/.test(text);
}

function invalid(code: string, message: string, term: Term, config: Config): EnitError {
  const position = config.positionOf(term);
  const place = position === undefined ? config.file : `${config.file}:${position.line}:${position.column}`;
  return new EnitError(code, message.replace(/: /, ` (${place}): `), {
    kind: "input",
    data: { file: config.file, ...position },
  });
}
