import {
  type Context,
  definePlugin,
  type NodeSampler,
  releaseArguments,
  type SampleRequest,
  type TopSample,
  unlessAborted,
} from "../../src/contract/index.ts";
import { GREATEST_INTERVAL, LEAST_INTERVAL, watch } from "./live.ts";
import { renderSample } from "./render.ts";

/** How many processes are named where no terminal says how many have a place. */
const DEFAULT_LIMIT = 20;

export default definePlugin({
  name: "top",
  api: 1,
  commands: {
    top: {
      group: "Look inside",
      description: "Show what a running release is busy with, as it changes",
      details:
        "Processes by reductions, memory or message queue, applications, memory by kind, and the run queue. In the VM one " +
        "process takes the samples, for a share of one scheduler's time at most; on a node with very many " +
        "processes a sample may be cut, and says so. Nothing is left in the VM when this ends, however it ends. The key h " +
        "shows all keys. With --json a document a sample, until Ctrl-C.",
      examples: [
        ["top relex", "watch relex"],
        ["top relex --once --order memory --limit 5", "the five processes that have most memory"],
        ["top relex --once --json", "one sample for a script"],
      ],
      args: {
        ...releaseArguments,
        once: { type: "boolean", description: "Print one sample, taken over the interval, and end" },
        order: {
          type: "enum",
          options: ["reductions", "memory", "queue"],
          default: "reductions",
          description: "What processes are ordered by",
        },
        interval: {
          type: "number",
          min: LEAST_INTERVAL / 1000,
          max: GREATEST_INTERVAL / 1000,
          default: 2,
          valueHint: "SECONDS",
          description: "From one sample to the next",
        },
        limit: {
          type: "number",
          integer: true,
          min: 1,
          max: 1000,
          description: "How many processes to name (default: as many as have a place, 20 without a terminal)",
        },
        budget: {
          type: "number",
          min: 0.1,
          max: 100,
          default: 5,
          valueHint: "PERCENT",
          description: "How much of one scheduler's time the samples may take",
        },
      },
      run: async (ctx, args): Promise<TopSample | AsyncGenerator<TopSample, void> | null> => {
        const { order, budget, limit } = args;
        const interval = Math.round(args.interval * 1000);
        const release = await ctx.releases.load(args.release, { match: args.match, orRunning: true });
        const sampler = await ctx.releases.observe(release, { signal: ctx.signal });
        const request = { order, interval, budget, limit: limit ?? DEFAULT_LIMIT } as const;
        if (args.once) return sampleOnce(ctx, sampler, request);
        await using cleanup = new AsyncDisposableStack();
        cleanup.use(sampler);
        const screen = await ctx.openScreen({
          hint: "Use --once to have one sample printed, or --json for a document a sample.",
        });
        if (screen === undefined) {
          cleanup.move();
          return samples(ctx, sampler, request);
        }
        cleanup.use(screen);
        await watch(
          screen,
          sampler,
          { release: release.name, version: release.version },
          { order, interval, budget, limit },
        );
        return null;
      },
      render: (sample, ui) => (sample === null ? "" : renderSample(sample, ui)),
    },
  },
});

/** The second of two samples, since the first has no rates. Both look at the same processes where they are cut. */
async function sampleOnce({ signal }: Context, sampler: NodeSampler, request: SampleRequest): Promise<TopSample> {
  await using _ = sampler;
  await unlessAborted(signal, sampler.sample({ ...request, again: true }));
  return await unlessAborted(signal, sampler.sample({ ...request, again: true }));
}

async function* samples(
  { signal }: Context,
  sampler: NodeSampler,
  request: SampleRequest,
): AsyncGenerator<TopSample, void> {
  await using _ = sampler;
  while (!signal.aborted) {
    try {
      yield await unlessAborted(signal, sampler.sample(request));
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
  }
}
