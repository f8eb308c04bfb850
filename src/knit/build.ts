import { existsSync, openSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { EnitError, toFileError } from "../error/index.ts";
import { type FileLock, lockOpenFile } from "../system/index.ts";
import type { BuildFacts, BuildRequest, BuildResult, BuildTools } from "./build-request.ts";
import type { BuildWarning } from "./config/config.ts";
import { type BuildDirectories, MARKER, makeDirectory, prepareDirectories } from "./directories.ts";
import { makeTree } from "./make-tree.ts";
import { type Tarball, tarballTime, writeTarball } from "./package/tarball.ts";
import { type Project, openProject } from "./project.ts";

/** The modes of what is made must not differ from one machine to the next; those of what is copied are kept. */
const UMASK = 0o022;

/**
 * Builds a release from a `reltool.config`: the tree `TARGET_DIR/NAME` and the tarball `RELEASE_DIR/NAME-VERSION.tar.gz`.
 *
 * Both are made beside their places and take them when they are complete: after an error or an abort nothing has changed.
 * Builds in one target directory take turns. Throws what its steps throw, and `tarball_exists` unless `force` is set.
 */
export async function buildRelease(request: BuildRequest, tools: BuildTools): Promise<BuildResult> {
  const warnings: BuildWarning[] = [];
  const project = await openProject(request, tools, (warning) => {
    warnings.push(warning);
    tools.log.warn(warning.message);
  });
  using cleanup = new DisposableStack();
  cleanup.use(await lockDirectory(project.options.targetDir, tools));
  cleanup.adopt(process.umask(UMASK), (before) => process.umask(before));
  checkTarball(project);
  const { targetDir, tmpDir, removeTmp } = project.options;
  const { name, version } = project.release;
  tools.log.info(`building ${name} ${version} with Erlang/OTP ${project.otp.version}`);
  const directories = prepareDirectories({ targetDir, tmpDir, name, keep: [project.options.releaseDir] });
  try {
    const spec = await makeTree(project, directories, tools, warnings);
    const tarball = await packTree(project, directories, tools);
    const facts = factsOf(project, directories.final);
    await project.plugins.packaged({ ...facts, file: project.tarball, size: tarball.size });
    return {
      release: facts.release,
      config: project.config.file,
      otp: { version: project.otp.version, erts: spec.ertsVersion, root: project.otp.root },
      applications: spec.applications.map((each) => ({ name: each.name, version: each.vsn })),
      buildDirectory: directories.final,
      tarball: { file: project.tarball, ...tarball },
      warnings,
    };
  } finally {
    if (removeTmp) directories.cleanUp();
  }
}

/** Packs the tree beside the tarball's place, then puts both where they belong. */
async function packTree(project: Project, directories: BuildDirectories, tools: BuildTools): Promise<Tarball> {
  const { releaseDir } = project.options;
  const { name, version } = project.release;
  makeDirectory(releaseDir);
  const unfinished = join(releaseDir, `.${name}-${version}.tar.gz.${process.pid}.tmp`);
  tools.log.debug(`packing ${project.tarball}`);
  try {
    using progress = tools.progress(`packing ${name}-${version}.tar.gz`, 100);
    const tarball = await writeTarball(directories.tree, unfinished, {
      prefix: name,
      except: [MARKER],
      mtime: tarballTime(tools.env),
      signal: tools.signal,
      onBytes: (done, total) => progress.update(Math.floor((100 * done) / Math.max(1, total))),
    });
    tools.signal.throwIfAborted();
    checkTarball(project);
    directories.commit();
    renameSync(unfinished, project.tarball);
    return tarball;
  } catch (error) {
    throw toFileError(error, { code: "file_unwritable", action: "write", path: project.tarball });
  } finally {
    rmSync(unfinished, { force: true });
  }
}

function checkTarball({ tarball, options }: Project): void {
  if (options.force || !existsSync(tarball)) return;
  throw new EnitError("tarball_exists", `cannot write "${tarball}": it is there already`, {
    kind: "input",
    hint: "Raise the version of the release, or overwrite it with force=true.",
    data: { file: tarball },
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
