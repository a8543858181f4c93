/**
 * Clocks: real, scaled and virtual. Nothing else in the house asks the host for the time.
 *
 * @module
 */

/** A pending call; cancelling twice, or after it ran, does nothing. */
export interface Timer {
  cancel(): void;
}

/** Tells the time and calls back later. */
export interface Clock {
  /** The market clock: UTC ms. The runtime clock: monotonic ms from any origin. */
  nowMs(): number;
  /** Calls `run` once, `delayMs` of this clock's time from now. */
  after(delayMs: number, run: () => void): Timer;
}

/** Ties a scaled clock to the wall: at `wallMs` the market showed `marketMs`, and runs `speed` times as fast. */
export interface ClockAnchor {
  readonly wallMs: number;
  readonly marketMs: number;
  readonly speed: number;
  /** Market time that is passed over in no time, ascending and disjoint: closed hours. */
  readonly skips: readonly { readonly fromMs: number; readonly toMs: number }[];
}

/** The market's time. */
export interface MarketClock extends Clock {
  /** Null when it is the wall clock. */
  readonly anchor: ClockAnchor | null;
  /**
   * What a message may lose on its way, in market ms: 0 on the wall clock, `(speed − 1) × 40` on a scaled one,
   * since bytes travel in wall time. Every limit on age is widened by it.
   */
  readonly slackMs: number;
}
