import { existsSync, openSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { EnitError, toFileError } from "../error/index.ts";
import { type FileLock, lockOpenFile } from "../system/index.ts";
import type { BuildFacts, BuildRequest, BuildResult, BuildTools } from "./build-request.ts";
import type { BuildWarning } from "./config/config.ts";
import { type BuildDirectories, MARKER, makeDirectory, prepareDirectories } from "./directories.ts";
import { makeTree } from "./make-tree.ts";
import { openKnownPieces } from "./package/known-pieces.ts";
import { type Tarball, tarballTime, writeTarball } from "./package/tarball.ts";
import { type Project, openProject } from "./project.ts";
import { type BuiltUpgrade, type UpgradePlan, describeUpgrade, packUpgrade, planUpgrade } from "./upgrade/index.ts";

/** The modes of what is made must not differ from one machine to the next; those of what is copied are kept. */
const UMASK = 0o022;

/**
 * Builds a release from a `reltool.config`: the tree `TARGET_DIR/NAME`, the tarball `RELEASE_DIR/NAME-VERSION.tar.gz`, and, where
 * there are older ones in `RELEASE_DIR`, the upgrade from all of them, `UPGRADE_DIR/NAME-VERSION.tar.gz`.
 *
 * All are made beside their places and take them when they are complete: after an error or an abort nothing has changed.
 * Builds in one target directory take turns. Throws what its steps throw, and `tarball_exists` unless `force` is set.
 */
export async function buildRelease(request: BuildRequest, tools: BuildTools): Promise<BuildResult> {
  const warnings: BuildWarning[] = [];
  const warn = (warning: BuildWarning): void => {
    warnings.push(warning);
    tools.log.warn(warning.message);
  };
  const concerns: BuildWarning[] = [];
  const concern = (warning: BuildWarning): void => {
    concerns.push(warning);
    // What is an error is told once, by the error.
    if (project.options.warningsAsErrors) warnings.push(warning);
    else warn(warning);
  };
  const project = await openProject(request, tools, warn);
  using cleanup = new DisposableStack();
  cleanup.use(await lockDirectory(project.options.targetDir, tools));
  cleanup.adopt(process.umask(UMASK), (before) => process.umask(before));
  checkPlaces(project);
  checkTarball(project.tarball, project);
  const { targetDir, tmpDir, removeTmp, releaseDir, upgradeDir } = project.options;
  const { name, version } = project.release;
  tools.log.info(`building ${name} ${version} with Erlang/OTP ${project.otp.version}`);
  const directories = prepareDirectories({ targetDir, tmpDir, name, keep: [releaseDir, upgradeDir] });
  try {
    const spec = await makeTree(project, directories, tools, warnings);
    const plan = await planUpgrade(
      project,
      { tree: directories.tree, spec, allowSameVersion: request.allowSameVersion ?? false, warn: concern },
      tools,
    );
    if (plan !== undefined) checkTarball(project.upgradeTarball, project);
    refuseWarnings(concerns, project);
    const { tarball, upgrade } = await pack(project, { directories, plan, full: request.full ?? false }, tools);
    const facts = factsOf(project, directories.final);
    await project.plugins.packaged({ ...facts, file: project.tarball, size: tarball.size });
    if (upgrade !== null) {
      const from = upgrade.from.map((way) => way.version);
      await project.plugins.upgradePackaged({ release: facts.release, from, file: upgrade.file, size: upgrade.size });
    }
    return {
      release: facts.release,
      config: project.config.file,
      otp: { version: project.otp.version, erts: spec.ertsVersion, root: project.otp.root },
      applications: spec.applications.map((each) => ({ name: each.name, version: each.vsn })),
      buildDirectory: directories.final,
      tarball: { file: project.tarball, ...tarball },
      upgrade,
      warnings,
    };
  } finally {
    if (removeTmp) directories.cleanUp();
  }
}

/** Packs the release and its upgrade beside their places, then puts the tree and them where they belong. */
async function pack(
  project: Project,
  work: { readonly directories: BuildDirectories; readonly plan: UpgradePlan | undefined; readonly full: boolean },
  tools: BuildTools,
): Promise<{ tarball: Tarball; upgrade: BuiltUpgrade | null }> {
  const { directories, plan, full } = work;
  const { name, version } = project.release;
  using unfinished = new UnfinishedFiles();
  using known = openKnownPieces(project.options.releaseDir, name);
  const options = { mtime: tarballTime(tools.env), signal: tools.signal, find: known.find };
  const release = unfinished.beside(project.tarball);
  const tarball = await withProgress(`packing ${name}-${version}.tar.gz`, project.tarball, tools, (onBytes) =>
    writeTarball(directories.tree, release, { ...options, prefix: name, except: [MARKER], onBytes }),
  );
  let upgrade: BuiltUpgrade | null = null;
  if (plan !== undefined) {
    const content = { name, version, tree: directories.tree, scratch: directories.scratch, full };
    const file = unfinished.beside(project.upgradeTarball);
    const packed = await withProgress(`packing the upgrade to ${version}`, project.upgradeTarball, tools, (onBytes) =>
      packUpgrade(plan, content, file, { ...options, onBytes }),
    );
    upgrade = describeUpgrade(plan, project.upgradeTarball, packed);
  }
  tools.signal.throwIfAborted();
  checkTarball(project.tarball, project);
  if (upgrade !== null) checkTarball(project.upgradeTarball, project);
  directories.commit();
  unfinished.commit();
  if (upgrade === null) removeStaleUpgrade(project, tools);
  return { tarball, upgrade };
}

/** The upgrade of an earlier build does not lead to what was built now. */
function removeStaleUpgrade({ upgradeTarball, options }: Project, tools: BuildTools): void {
  if (!existsSync(upgradeTarball)) return;
  if (options.force) rmSync(upgradeTarball, { force: true });
  tools.log.warn(`"${upgradeTarball}" is of an earlier build${options.force ? ", and was removed" : ": remove it"}`);
}

async function withProgress(
  label: string,
  file: string,
  tools: BuildTools,
  write: (onBytes: (done: number, total: number) => void) => Promise<Tarball>,
): Promise<Tarball> {
  tools.log.debug(`packing ${file}`);
  using progress = tools.progress(label, 100);
  try {
    return await write((done, total) => progress.update(Math.floor((100 * done) / Math.max(1, total))));
  } catch (error) {
    throw toFileError(error, { code: "file_unwritable", action: "write", path: file });
  }
}

/** Files that are made beside their places; those that did not take them are gone at the end. */
class UnfinishedFiles implements Disposable {
  readonly #files: { readonly unfinished: string; readonly final: string }[] = [];

  beside(final: string): string {
    makeDirectory(dirname(final));
    const unfinished = join(dirname(final), `.${basename(final)}.${process.pid}.tmp`);
    this.#files.push({ unfinished, final });
    return unfinished;
  }

  commit(): void {
    for (const { unfinished, final } of this.#files) {
      try {
        renameSync(unfinished, final);
      } catch (error) {
        throw toFileError(error, { code: "file_unwritable", action: "write", path: final });
      }
    }
  }

  [Symbol.dispose](): void {
    for (const { unfinished } of this.#files) rmSync(unfinished, { force: true });
  }
}

function refuseWarnings(warnings: readonly BuildWarning[], { options }: Project): void {
  if (!options.warningsAsErrors || warnings.length === 0) return;
  const messages = warnings.map(({ message }) => message);
  throw new EnitError("warnings_as_errors", `cannot make the upgrade: there are warnings\n  ${messages.join("\n  ")}`, {
    hint: "Without {warnings_as_errors, true} they are only shown.",
    data: { warnings: messages },
  });
}

function checkPlaces({ tarball, upgradeTarball, options }: Project): void {
  if (tarball !== upgradeTarball) return;
  throw new EnitError(
    "upgrade_dir_taken",
    `cannot make upgrades in "${options.upgradeDir}": it is release_dir, whose tarballs have the same names`,
    { kind: "input", hint: "Choose another upgrade_dir.", data: { directory: options.upgradeDir } },
  );
}

function checkTarball(file: string, { options }: Project): void {
  if (options.force || !existsSync(file)) return;
  throw new EnitError("tarball_exists", `cannot write "${file}": it is there already`, {
    kind: "input",
    hint: "Raise the version of the release, or overwrite it with force=true.",
    data: { file },
  });
}

/** The lock is that of the directory itself, so that it leaves no file behind. */
async function lockDirectory(directory: string, tools: BuildTools): Promise<FileLock> {
  makeDirectory(directory);
  return lockOpenFile(openSync(directory, "r"), {
    signal: tools.signal,
    onWait: () => tools.log.info(`waiting for another build in ${directory}`),
  });
}

function factsOf({ release: { name, version } }: Project, buildDirectory: string): BuildFacts {
  return { release: { name, version }, buildDirectory };
}
