import type { LiveScreen, NodeSampler, ScreenEvent, TopOrder, TopSample } from "../../src/contract/index.ts";
import type { HeaderFacts } from "./header.ts";
import { layOut, rowsOn, type ViewState } from "./view.ts";

/** Milliseconds. */
export const LEAST_INTERVAL = 200;
export const GREATEST_INTERVAL = 3_600_000;
/** The first rates are shown so soon, whatever the interval. */
const FIRST_INTERVAL = 500;
/** Samples that the curves are drawn of; more than any terminal has columns. */
const MAX_HISTORY = 500;

const ORDERS: Readonly<Record<string, TopOrder>> = { r: "reductions", m: "memory", l: "queue" };

export interface LiveOptions {
  readonly order: TopOrder;
  readonly interval: number;
  readonly budget: number;
  readonly limit: number | undefined;
}

/** Shows samples as they come and does what keys say, until one of them or Ctrl-C ends it. */
export async function watch(
  screen: LiveScreen,
  sampler: NodeSampler,
  facts: HeaderFacts,
  options: LiveOptions,
): Promise<void> {
  const live = new Live(screen, sampler, facts, options);
  // The samples never end by themselves, but they may fail.
  await Promise.race([live.followKeys(), live.takeSamples(), live.failed]);
}

class Live {
  readonly #screen: LiveScreen;
  readonly #sampler: NodeSampler;
  readonly #facts: HeaderFacts;
  readonly #options: LiveOptions;
  readonly #history: TopSample[] = [];
  #state: ViewState;
  #goOn = Promise.withResolvers<void>();
  readonly #failure = Promise.withResolvers<never>();

  constructor(screen: LiveScreen, sampler: NodeSampler, facts: HeaderFacts, options: LiveOptions) {
    this.#screen = screen;
    this.#sampler = sampler;
    this.#facts = facts;
    this.#options = options;
    this.#state = { order: options.order, interval: options.interval, waited: 0, isPaused: false, shows: "processes" };
    this.#draw();
  }

  /** Rejects when the node could not be asked for something else than before. */
  get failed(): Promise<never> {
    return this.#failure.promise;
  }

  async takeSamples(): Promise<never> {
    for (;;) {
      const { interval } = this.#state;
      const asked = performance.now();
      const sample = await this.#ask();
      const waited = this.#state.interval === interval ? performance.now() - asked : 0;
      this.#state = { ...this.#state, waited };
      if (this.#state.isPaused) await this.#goOn.promise;
      this.#history.push(sample);
      if (this.#history.length > MAX_HISTORY) this.#history.shift();
      this.#draw();
    }
  }

  async followKeys(): Promise<void> {
    for await (const event of this.#screen.events) {
      if (event.kind === "key" && event.key === "q") return;
      this.#take(event);
      this.#draw();
    }
  }

  #take(event: ScreenEvent): void {
    if (event.kind === "resize") return;
    const { order, interval, isPaused, shows } = this.#state;
    switch (event.key) {
      case " ":
      case "p":
        return this.#pause(!isPaused);
      case "a":
        return this.#change({ shows: shows === "applications" ? "processes" : "applications" });
      case "h":
      case "?":
        return this.#change({ shows: shows === "help" ? "processes" : "help" });
      case "escape":
        return this.#change({ shows: "processes" });
      case "+":
        return this.#change({ interval: Math.min(GREATEST_INTERVAL, interval * 2) });
      case "-":
        return this.#change({ interval: Math.max(LEAST_INTERVAL, interval / 2) });
      default:
        return this.#change({ order: ORDERS[event.key] ?? order });
    }
  }

  #change(change: Partial<ViewState>): void {
    const before = this.#state;
    this.#state = { ...before, ...change };
    const isOther = before.order !== this.#state.order || before.interval !== this.#state.interval;
    // The sample itself reaches takeSamples, which waits for one already.
    if (isOther && !this.#state.isPaused) this.#ask().catch(this.#failure.reject);
  }

  #pause(isPaused: boolean): void {
    this.#state = { ...this.#state, isPaused };
    if (isPaused) this.#goOn = Promise.withResolvers();
    else this.#goOn.resolve();
  }

  #ask(): Promise<TopSample> {
    const { order, interval } = this.#state;
    const { budget, limit = rowsOn(this.#screen) } = this.#options;
    const isFirst = this.#history.length <= 1;
    return this.#sampler.sample({
      order,
      limit,
      budget,
      interval: Math.round(isFirst ? Math.min(FIRST_INTERVAL, interval) : interval),
    });
  }

  #draw(): void {
    this.#screen.draw(layOut(this.#history, this.#state, this.#facts, this.#screen));
  }
}
