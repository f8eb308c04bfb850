import type { BuildOptions, BuildService, Context, HookName, Overlay, OverlayContext } from "../../contract/index.ts";
import {
  type BuildPlugins,
  type BuildTools,
  buildRelease,
  lintReleases,
  parseIgnored,
  previewAppups,
} from "../../knit/index.ts";
import { findOtp } from "../../otp/index.ts";
import type { ServiceBase } from "./index.ts";

/** What a build asks of the plugins of this run. */
export interface BuildParticipants {
  /** Adds those that lie in `plugins/` of a directory. */
  readonly openProject: (directory: string) => Promise<void>;
  readonly hasHook: (name: HookName) => boolean;
  readonly overlayNames: () => readonly string[];
  /** The overlay operation of a plugin, and the plugin's context. */
  readonly findOverlay: (name: string) => Promise<{ overlay: Overlay; context: Context } | undefined>;
}

/** Makes the service that builds releases. */
export function makeBuildService(base: ServiceBase): BuildService {
  return {
    release: (options = {}) =>
      buildRelease(
        {
          workingDirectory: process.cwd(),
          configFile: options.configFile,
          variables: options.variables ?? [],
          full: options.full ?? false,
          allowSameVersion: options.allowSameVersion ?? false,
        },
        makeTools(base, options),
      ),
    appups: (older, newer, options = {}) =>
      previewAppups({
        older,
        newer,
        behaviours: new Map(options.behaviours),
        otpRelease: findOtp({ root: base.settings.otpRoot }).release,
        signal: base.signal,
        change: base.plugins.hasHook("upgrade:appup")
          ? (instructions, facts) => base.hooks.waterfall("upgrade:appup", instructions, facts)
          : undefined,
      }),
    lint: (older, newer, options = {}) =>
      lintReleases({
        older,
        newer,
        behaviours: new Map(options.behaviours),
        ignored: (options.ignore ?? []).map(parseIgnored),
        otp: findOtp({ root: base.settings.otpRoot }),
        signal: base.signal,
      }),
  };
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
        const { overlay, context } = found;
        return {
          args: overlay.args,
          run: async (args, workspace) => {
            const inherited = Object.create(context) as Context;
            const overlayContext: OverlayContext = Object.assign(inherited, workspace);
            await overlay.run(args, overlayContext);
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
