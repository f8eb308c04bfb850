/** Whom the watch asks to act. */
export interface KeepaliveActions {
  /** Send a tick. */
  tick(): void;
  /** Send something that the peer has to answer. */
  probe(): void;
  /** Nothing came for the whole time. */
  expire(): void;
}

/**
 * Watches over the connection when nothing else happens on it, with four checks in `timeout`.
 *
 * The peer closes when it hears nothing for its `net_ticktime`, which we do not know. Ticks of the peer are answered
 * elsewhere, and it sends one to a hidden node whenever it did not hear from that (kernel's `dist_util`). The tick of our
 * own is for the time that a large message takes, as a tick of the peer waits behind that. Where the peer is silent for as long
 * as its `net_ticktime` allows, we ask it after half of `timeout`, and give up after all of it. Time is counted in
 * checks and not by the clock, so that a machine that slept does not lose its connections.
 */
export class Keepalive {
  readonly #actions: KeepaliveActions;
  readonly #timer: ReturnType<typeof setInterval>;
  #hasSent = false;
  #quietChecks = 0;

  /** `timeout` in milliseconds. */
  constructor(timeout: number, actions: KeepaliveActions) {
    this.#actions = actions;
    this.#timer = setInterval(() => this.#check(), timeout / 4);
    this.#timer.unref();
  }

  /** Something was sent. */
  sent(): void {
    this.#hasSent = true;
  }

  /** Bytes came in. */
  received(): void {
    this.#quietChecks = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #check(): void {
    this.#quietChecks += 1;
    if (this.#quietChecks > 4) return this.#actions.expire();
    if (this.#quietChecks > 2) this.#actions.probe();
    else if (!this.#hasSent) this.#actions.tick();
    this.#hasSent = false;
  }
}
