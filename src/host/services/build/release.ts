import type { BuildOptions, Context, OverlayContext } from "../../../contract/index.ts";
import { type BuildPlugins, type BuildResult, type BuildTools, buildRelease } from "../../../knit/index.ts";
import { findOtp } from "../../../otp/index.ts";
import { EnitError } from "../../../error/index.ts";
import { isAbort, toEnitError } from "../../failure.ts";
import type { ServiceBase } from "../index.ts";

/** Builds a release, with the overlay operations and hooks of all plugins. */
export function release(base: ServiceBase, options: BuildOptions): Promise<BuildResult> {
  const { configFile, variables = [], full = false, allowSameVersion = false } = options;
  const request = { workingDirectory: process.cwd(), configFile, variables, full, allowSameVersion };
  return buildRelease(request, makeTools(base, options));
}

function makeTools(base: ServiceBase, { log = base.log }: BuildOptions): BuildTools {
  return {
    signal: base.signal,
    env: process.env,
    findOtp: (root) => findOtp({ root: root ?? base.settings.otpRoot }),
    log,
    progress: (label, total) => base.progress(label, total === undefined ? {} : { total }),
    openProject: async (directory) => {
      await base.plugins.openProject(directory);
      return makePlugins(base);
    },
  };
}

function makePlugins({ hooks, plugins }: ServiceBase): BuildPlugins {
  return {
    overlays: {
      names: plugins.overlayNames,
      find: async (name) => {
        const found = await plugins.findOverlay(name);
        if (found === undefined) return undefined;
        const { overlay, context, plugin } = found;
        const owner = plugin.isBuiltIn ? {} : { plugin: plugin.name };
        return {
          args: overlay.args,
          run: async (args, workspace) => {
            const inherited = Object.create(context) as Context;
            const overlayContext: OverlayContext = Object.assign(inherited, workspace);
            try {
              await overlay.run(args, overlayContext);
            } catch (thrown) {
              if (thrown instanceof EnitError || isAbort(thrown)) throw thrown;
              throw toEnitError(thrown, { action: `run "${name}"`, ...owner });
            }
          },
        };
      },
    },
    config: (terms, file) => hooks.waterfall("build:config", terms, { file }),
    spec: plugins.hasHook("build:spec") ? (spec, facts) => hooks.waterfall("build:spec", spec, facts) : undefined,
    overlaid: (facts) => hooks.series("build:overlaid", facts),
    packaged: (facts) => hooks.series("build:packaged", facts),
    appup: plugins.hasHook("upgrade:appup")
      ? (change, facts) => hooks.waterfall("upgrade:appup", change, facts)
      : undefined,
    relup: plugins.hasHook("upgrade:relup")
      ? (relup, facts) => hooks.waterfall("upgrade:relup", relup, facts)
      : undefined,
    upgradePackaged: (facts) => hooks.series("upgrade:packaged", facts),
  };
}
