import { expectTypeOf } from "bun:test";
import {
  type AppupChange,
  type Context,
  type HookKind,
  type HookMap,
  type HookRunner,
  type LaunchPlan,
  type SeriesName,
  type WaterfallName,
  definePlugin,
} from "enit/plugin";

const plugin = { name: "typed", api: 1 } as const;

// Handlers are typed by the name of the hook.
definePlugin({
  ...plugin,
  hooks: {
    "command:after": (ctx, { command, outcome }) => {
      expectTypeOf(ctx).toEqualTypeOf<Context>();
      expectTypeOf(command).toEqualTypeOf<string>();
      if (!outcome.ok) expectTypeOf(outcome.error.code).toEqualTypeOf<string>();
    },
    "vm:launch": (_ctx, plan, { release }) => {
      expectTypeOf(plan).toEqualTypeOf<LaunchPlan>();
      expectTypeOf(release.name).toEqualTypeOf<string>();
      return { ...plan, env: { ...plan.env, LANG: "C" } };
    },
    // Nothing returned leaves the value as it is.
    "upgrade:appup": async (_ctx, change) => {
      expectTypeOf(change).toEqualTypeOf<AppupChange>();
    },
  },
});

// @ts-expect-error there is no such hook
definePlugin({ ...plugin, hooks: { "vm:starts": () => {} } });
// @ts-expect-error a launch plan has more than a path
definePlugin({ ...plugin, hooks: { "vm:launch": () => ({ path: "/bin/true" }) } });
// @ts-expect-error a series hook returns nothing
definePlugin({ ...plugin, hooks: { "vm:started": () => ({ release: "other" }) } });

// Every hook is of one kind, and the kinds are all that there are.
expectTypeOf<HookMap[SeriesName]["kind"]>().toEqualTypeOf<"series">();
expectTypeOf<HookMap[WaterfallName]["kind"]>().toEqualTypeOf<"waterfall">();
expectTypeOf<SeriesName | WaterfallName>().toEqualTypeOf<keyof HookMap>();
expectTypeOf<HookKind>().toEqualTypeOf<"series" | "waterfall">();

// Who calls a hook gives what it hands over, and gets what the last plugin made.
declare const hooks: HookRunner;
declare const plan: LaunchPlan;
const facts = { release: { name: "relex", version: "1.0" } };
expectTypeOf(hooks.waterfall("vm:launch", plan, facts)).toEqualTypeOf<Promise<LaunchPlan>>();
// @ts-expect-error vm:launch is a waterfall
void hooks.series("vm:launch", plan);
// @ts-expect-error the node is missing
void hooks.series("vm:started", facts);
