import type { Context } from "./context.ts";
import type {
  AppupChange,
  BuildFacts,
  CommandCall,
  CommandEnd,
  ConfigSection,
  NodeFacts,
  PackagedFile,
  ReleaseFacts,
  UpgradeFacts,
} from "./hook-payloads.ts";
import type { ReconfigurePlan } from "../release/index.ts";
import type { Term } from "../term/index.ts";
import type { LaunchPlan } from "../vm/index.ts";

/** Observed by every plugin in order, one after the other. */
interface Series<Payload> {
  readonly kind: "series";
  readonly payload: Payload;
}

/** Handed from plugin to plugin: each gets the value that the last one returned, and facts that stay. */
interface Waterfall<Value, Facts> {
  readonly kind: "waterfall";
  readonly value: Value;
  readonly facts: Facts;
}

/** Every hook, once: its kind and what it hands over. A handler of either kind stops the work by throwing. */
export interface HookMap {
  /** Around every command. */
  "command:before": Series<CommandCall>;
  /** Also after a failure, which it cannot undo. */
  "command:after": Series<CommandEnd>;

  /** The merged configuration of a release before it is used: a place for secrets and the environment. */
  "config:resolve": Waterfall<readonly ConfigSection[], { readonly release: ReleaseFacts }>;

  /** How the emulator is about to be started. */
  "vm:launch": Waterfall<LaunchPlan, { readonly release: ReleaseFacts }>;
  "vm:started": Series<NodeFacts>;
  "vm:stopping": Series<NodeFacts>;
  "vm:stopped": Series<NodeFacts>;

  /** What a reconfiguration is about to change. */
  "reconfigure:plan": Waterfall<ReconfigurePlan, NodeFacts>;
  "reconfigure:applied": Series<NodeFacts & { readonly plan: ReconfigurePlan }>;

  /** The terms of the `reltool.config`, variables applied. */
  "build:config": Waterfall<readonly Term[], { readonly file: string }>;
  /** The target spec, as `reltool:get_target_spec/1` gives it. */
  "build:spec": Waterfall<Term, BuildFacts>;
  /** The tree is complete, overlays included. */
  "build:overlaid": Series<BuildFacts>;
  /** The release's tarball is in its place. */
  "build:packaged": Series<BuildFacts & PackagedFile>;

  /** The instructions for one application between two of its versions. */
  "upgrade:appup": Waterfall<AppupChange, { readonly application: string; readonly from: string; readonly to: string }>;
  /** The whole relup of a new version, as `systools:make_relup` gives it. */
  "upgrade:relup": Waterfall<Term, { readonly release: ReleaseFacts; readonly from: readonly string[] }>;
  "upgrade:packaged": Series<PackagedFile & { readonly release: ReleaseFacts; readonly from: readonly string[] }>;
  /** Before a running node is changed. */
  "upgrade:install": Series<UpgradeFacts>;
  /** After the new version was verified: it stays, whatever is thrown. */
  "upgrade:installed": Series<UpgradeFacts & { readonly permanent: boolean }>;
  /** After a failure, whose error stays the one that is thrown; `restored` says whether the node is back at `from`. */
  "upgrade:failed": Series<UpgradeFacts & { readonly error: Error; readonly restored: boolean }>;
}

export type HookName = keyof HookMap;

export type HookKind = HookMap[HookName]["kind"];

/** The names of the hooks of one kind. */
export type HookNameOf<Kind extends HookKind> = {
  [N in HookName]: HookMap[N] extends { readonly kind: Kind } ? N : never;
}[HookName];

export type SeriesName = HookNameOf<"series">;
export type WaterfallName = HookNameOf<"waterfall">;

/** What a series hook hands over. */
export type HookPayload<N extends SeriesName> = HookMap[N]["payload"];
/** What goes from plugin to plugin in a waterfall hook. */
export type HookValue<N extends WaterfallName> = HookMap[N]["value"];
/** What a waterfall hook hands over besides. */
export type HookFacts<N extends WaterfallName> = HookMap[N]["facts"];

/** Observes a series hook. */
export type SeriesHandler<N extends SeriesName> = (context: Context, payload: HookPayload<N>) => void | Promise<void>;

/** Takes part in a waterfall hook; one that returns nothing leaves the value as it is. */
export type WaterfallHandler<N extends WaterfallName> = (
  context: Context,
  value: HookValue<N>,
  facts: HookFacts<N>,
) => HookValue<N> | void | Promise<HookValue<N> | void>;

export type SeriesHooks = { readonly [N in SeriesName]?: SeriesHandler<N> };
export type WaterfallHooks = { readonly [N in WaterfallName]?: WaterfallHandler<N> };

/** What a plugin gives as `hooks`: handlers by name. */
export interface Hooks extends SeriesHooks, WaterfallHooks {}

/** Calls the hooks of all plugins, one at a time: `enforce: "pre"` first, then the order of loading, then `"post"`. */
export interface HookRunner {
  /** Hands the payload to each plugin; the first that throws stops it. */
  series<N extends SeriesName>(name: N, payload: HookPayload<N>): Promise<void>;
  /** Hands each plugin what the last one returned, and returns what the last of all made. Tells `onResult` what each returned. */
  waterfall<N extends WaterfallName>(
    name: N,
    value: HookValue<N>,
    facts: HookFacts<N>,
    onResult?: (plugin: string, value: HookValue<N>) => void,
  ): Promise<HookValue<N>>;
}
