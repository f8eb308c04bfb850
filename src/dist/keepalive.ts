/** Whom the watch asks to act. */
export interface KeepaliveActions {
  /** Send a tick. */
  tick(): void;
  /** Send something that the peer has to answer. */
  probe(): void;
  /** Nothing came for the whole time. */
  expire(): void;
}

/** A peer of the shortest `net_ticktime` that is usual in tests (4 s) expects to hear from us each second. */
const ANSWER_AFTER_MS = 500;

/**
 * Watches over an idle or one-sided connection.
 *
 * The peer closes when it hears nothing for its `net_ticktime`, which we do not know. It sends something at least four
 * times in that span, so we answer each tick, and other bytes when we were silent for half a second; that needs
 * no timer. The other way round a peer may be silent for as long as its `net_ticktime` allows: after half of
 * `timeout` we ask it, after all of it we give up. Time is counted in checks of our own and not by the
 * clock, so that a machine that slept does not lose its connections.
 */
export class Keepalive {
  readonly #actions: KeepaliveActions;
  readonly #timer: ReturnType<typeof setInterval>;
  #lastSent = performance.now();
  #quietChecks = 0;

  /** `timeout` in milliseconds. */
  constructor(timeout: number, actions: KeepaliveActions) {
    this.#actions = actions;
    this.#timer = setInterval(() => this.#check(), timeout / 4);
    this.#timer.unref();
  }

  /** Something was sent. */
  sent(): void {
    this.#lastSent = performance.now();
  }

  /** Bytes came in. */
  received(): void {
    this.#quietChecks = 0;
    if (performance.now() - this.#lastSent >= ANSWER_AFTER_MS) this.#actions.tick();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #check(): void {
    this.#quietChecks += 1;
    if (this.#quietChecks > 4) this.#actions.expire();
    else if (this.#quietChecks > 2) this.#actions.probe();
  }
}
