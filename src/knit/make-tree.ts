import { hostname } from "node:os";
import { EnitError } from "../error/index.ts";
import {
  type ReleaseSpec,
  type SpecItem,
  type TargetSpec,
  evaluateSpec,
  makeTargetSpec,
  specToTerm,
  termToSpec,
} from "../otp/index.ts";
import type { BuildTools } from "./build-request.ts";
import type { BuildWarning } from "./config/config.ts";
import { consultFile } from "./config/consult.ts";
import type { BuildDirectories } from "./directories.ts";
import { runOverlays } from "./overlay/run-overlays.ts";
import { resolveVariables } from "./overlay/variables.ts";
import { openWorkspace } from "./overlay/workspace.ts";
import type { Project } from "./project.ts";
import { checkNativeCode } from "./tree/native-code.ts";
import { completeConfiguration, completeReleaseFiles } from "./tree/release-files.ts";
import { relocateStartScripts } from "./tree/start-scripts.ts";

/**
 * Makes the tree of a release, overlays included: what reltool would make, start scripts that find it wherever it lies,
 * `RELEASES`, and what the overlay brings. Warnings of reltool are added to `warnings`.
 *
 * @returns the release as its `.rel` file has it.
 * @throws EnitError `warnings_as_errors`, and what its steps throw.
 */
export async function makeTree(
  project: Project,
  directories: BuildDirectories,
  tools: BuildTools,
  warnings: BuildWarning[],
): Promise<ReleaseSpec> {
  const { otp, release, plugins } = project;
  const target = makeTargetSpec(release.sys, {
    otp,
    directory: project.config.directory,
    env: tools.env,
    positionOf: release.positionOf,
  });
  report(target, project, tools, warnings);
  checkModules(target);
  tools.signal.throwIfAborted();

  const { name, version } = release;
  const facts = { release: { name, version }, buildDirectory: directories.tree };
  const items =
    plugins.spec === undefined ? target.items : termToSpec(await plugins.spec(specToTerm(target.items), facts));
  await evaluate(items, target.sys.rootDir, directories.tree, tools);
  const spec = completeReleaseFiles(directories.tree, release, otp.release);
  for (const file of relocateStartScripts(directories.tree, spec.ertsVersion)) tools.log.debug(`made ${file} anew`);

  await overlay(project, directories, spec, tools);
  completeConfiguration(directories.tree, release);
  checkNativeCode(directories.tree, spec.ertsVersion);
  await plugins.overlaid(facts);
  return spec;
}

function report(target: TargetSpec, { options }: Project, tools: BuildTools, warnings: BuildWarning[]): void {
  for (const { code, message } of target.warnings) {
    warnings.push({ code, message });
    if (!options.warningsAsErrors) tools.log.warn(message);
  }
  if (!options.warningsAsErrors || target.warnings.length === 0) return;
  const messages = target.warnings.map(({ message }) => message);
  throw new EnitError(
    "warnings_as_errors",
    `cannot build the release: there are warnings\n  ${messages.join("\n  ")}`,
    {
      hint: "Without {warnings_as_errors, true} they are only shown.",
      data: { warnings: messages },
    },
  );
}

function checkModules({ missingModules }: TargetSpec): void {
  if (missingModules.length === 0) return;
  const names = missingModules.map(({ application, module }) => `${module} of ${application}`);
  throw new EnitError("modules_missing", `cannot build the release: modules are not there: ${names.join(", ")}`, {
    kind: "input",
    hint: "Compile the applications, or correct their .app files; a module that is left out on purpose is {mod, Name, [{incl_cond, exclude}]}.",
    data: { modules: missingModules },
  });
}

async function evaluate(
  items: readonly SpecItem[],
  sourceDir: string,
  targetDir: string,
  tools: BuildTools,
): Promise<void> {
  const total = countFiles(items);
  tools.log.debug(`making ${total} files`);
  using progress = tools.progress("making the release", total);
  await evaluateSpec(items, { sourceDir, targetDir, signal: tools.signal, onFile: (made) => progress.update(made) });
}

function countFiles(items: readonly SpecItem[]): number {
  return items.reduce((sum, item) => sum + (item.kind === "create_dir" ? countFiles(item.items) : 1), 0);
}

async function overlay(
  project: Project,
  directories: BuildDirectories,
  spec: ReleaseSpec,
  tools: BuildTools,
): Promise<void> {
  const { options, config } = project;
  if (options.overlay.length === 0) return;
  const files = await Promise.all(
    options.variableFiles.map((file) => consultFile(file, { otp: tools.findOtp, signal: tools.signal })),
  );
  const variables = resolveVariables(
    {
      // As in rebar: the name of the directory.
      erts_vsn: `erts-${spec.ertsVersion}`,
      rel_vsn: spec.vsn,
      target_dir: options.targetDir,
      build_dir: directories.final,
      hostname: hostname(),
    },
    files,
  );
  const places = { tree: directories.tree, buildDirectory: directories.final, sourceDirectory: config.directory };
  using progress = tools.progress("applying the overlay", options.overlay.length);
  await runOverlays(options.overlay, config, openWorkspace(places, variables, project.otp.release), {
    operations: project.plugins.overlays,
    signal: tools.signal,
    onStep: (done, instruction) => {
      tools.log.debug(`overlay: ${instruction}`);
      progress.update(done);
    },
  });
}
