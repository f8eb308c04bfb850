import { basename, join } from "node:path";
import { EnitError } from "../../error/index.ts";
import {
  type ReleaseSpec,
  listDirectoryIfAny,
  parseStartErlData,
  readFileIfAny,
  readReleaseFile,
  statIfAny,
} from "../../otp/index.ts";
import { type ApplicationCode, applicationCodeOf, readApplicationCode } from "../code/index.ts";
import { type OlderRelease, readOlderRelease } from "../older/index.ts";

/** What stands for one version: an application, or a release with those of its applications that it packs. */
export interface CodeSource {
  readonly kind: "application" | "release";
  readonly path: string;
  readonly name: string;
  readonly version: string;
  /** By name; of an application, itself. */
  readonly applications: ReadonlyMap<string, ApplicationCode>;
  /** A release as its `.rel` file has it, and, from a tarball, as it was read; `undefined` for an application. */
  readonly release?: { readonly spec: ReleaseSpec; readonly tarball?: OlderRelease };
}

/**
 * Opens the directory of an application, the directory of a release, or the tarball of one.
 *
 * A release is the one that `releases/start_erl.data` names, if there are several; without such a file, the one with the most
 * applications.
 *
 * @throws EnitError `source_unknown` if it is none of these, or what reading it throws.
 */
export async function openSource(path: string, signal: AbortSignal): Promise<CodeSource> {
  const stats = statIfAny(path);
  if (stats === undefined) throw unknownSource(path, "there is no such file or directory");
  if (!stats.isDirectory()) return openTarball(path, signal);
  if ((listDirectoryIfAny(join(path, "ebin")) ?? []).some((name) => name.endsWith(".app"))) {
    const code = readApplicationCode(path);
    return { kind: "application", path, ...code, applications: new Map([[code.name, code]]) };
  }
  const spec = findReleaseSpec(path);
  if (spec === undefined) throw unknownSource(path, "it has neither ebin/NAME.app nor releases/VERSION/NAME.rel");
  const applications = spec.applications.flatMap(({ name, vsn }) => {
    const directory = join(path, "lib", `${name}-${vsn}`);
    const isThere = listDirectoryIfAny(join(directory, "ebin"))?.includes(`${name}.app`) === true;
    return isThere ? [[name, readApplicationCode(directory)] as const] : [];
  });
  return {
    kind: "release",
    path,
    name: spec.name,
    version: spec.vsn,
    applications: new Map(applications),
    release: { spec },
  };
}

async function openTarball(path: string, signal: AbortSignal): Promise<CodeSource> {
  const tarball = await readOlderRelease(path, undefined, { signal });
  const { spec, libraries } = tarball;
  const applications = spec.applications.flatMap(({ name, vsn }) => {
    const library = libraries.get(`${name}-${vsn}`);
    if (library === undefined || !library.names.has(`${name}.app`)) return [];
    return [[name, applicationCodeOf(library.files, `${path}:lib/${name}-${vsn}`)] as const];
  });
  const { name, vsn: version } = spec;
  return { kind: "release", path, name, version, applications: new Map(applications), release: { spec, tarball } };
}

function findReleaseSpec(root: string): ReleaseSpec | undefined {
  const releases = join(root, "releases");
  const data = readFileIfAny(join(releases, "start_erl.data"));
  const started = data && parseStartErlData(data.toString())?.vsn;
  const versions = started === undefined ? (listDirectoryIfAny(releases) ?? []) : [started];
  const specs = versions.flatMap((version) =>
    (listDirectoryIfAny(join(releases, version)) ?? [])
      // `release_handler` keeps the file under a second name.
      .filter((name) => name.endsWith(".rel") && basename(name, ".rel") !== "start_clean")
      .map((name) => readReleaseFile(join(releases, version, name))),
  );
  return specs.sort((a, b) => b.applications.length - a.applications.length)[0];
}

function unknownSource(path: string, state: string): EnitError {
  return new EnitError("source_unknown", `cannot compare "${path}": ${state}`, {
    kind: "input",
    hint: "Name the directory of an application, the directory of a release, or the tarball of one.",
    data: { path },
  });
}
