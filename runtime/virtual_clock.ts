/**
 * A clock that stands still until it is told to move: the time of tests and simulations.
 *
 * @module
 */
import type { MarketClock, Timer } from "./clock.ts";
import type { Random } from "./random.ts";
import { checkedDelay, never, TimerQueue } from "./timer_queue.ts";

/** How a virtual clock may be made. */
export interface VirtualClockOptions {
  /** Draws the order of timers due at the same moment; without it they fire in the order they were started. */
  readonly random?: Random;
  /** Awaited before the first timer and after each: lets the house do what the last one set off. */
  readonly settle?: () => Promise<void>;
}

/** Serves as market clock and as runtime clock. */
export interface VirtualClock extends MarketClock {
  /** When the next timer is due; null when none is. */
  readonly nextMs: number | null;
  /** How many timers are pending. */
  readonly pending: number;
  /** Moves the time on by `ms`, firing every timer that falls due, in order, each at its own moment. */
  advance(ms: number): Promise<void>;
  /** Moves the time on to `toMs` the same way. */
  advanceTo(toMs: number): Promise<void>;
  /** Shows `toMs`, or the moment of the next timer when that is earlier, and fires nothing. */
  show(toMs: number): void;
}

class StandingClock implements VirtualClock {
  readonly anchor = null;
  readonly slackMs = 0;
  readonly #timers: TimerQueue;
  readonly #settle: (() => Promise<void>) | undefined;
  #nowMs: number;

  constructor(startMs: number, options: VirtualClockOptions) {
    const random = options.random;
    this.#timers = new TimerQueue(random === undefined ? undefined : () => random.next());
    this.#settle = options.settle;
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  get nextMs(): number | null {
    return this.#timers.first?.dueMs ?? null;
  }

  get pending(): number {
    return this.#timers.size;
  }

  after(delayMs: number, run: () => void): Timer {
    const delay = checkedDelay(delayMs);
    return delay === Infinity ? never : this.#timers.add(this.#nowMs + delay, run);
  }

  show(toMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, Math.min(toMs, this.nextMs ?? Infinity));
  }

  advance(ms: number): Promise<void> {
    return this.advanceTo(this.#nowMs + checkedDelay(ms));
  }

  async advanceTo(toMs: number): Promise<void> {
    await this.#settle?.();
    while ((this.nextMs ?? Infinity) <= toMs) {
      const next = this.#timers.pop();
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.run();
      await this.#settle?.();
    }
    this.#nowMs = Math.max(this.#nowMs, toMs);
  }
}

/**
 * Makes a clock that shows `startMs` until it is advanced.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { virtualClock } from "./virtual_clock.ts";
 *
 * const clock = virtualClock(0);
 * const fired: number[] = [];
 * clock.after(20, () => fired.push(clock.nowMs()));
 * clock.after(10, () => fired.push(clock.nowMs()));
 * await clock.advance(30);
 * assert.deepEqual(fired, [10, 20]);
 * ```
 */
export function virtualClock(startMs: number, options: VirtualClockOptions = {}): VirtualClock {
  return new StandingClock(startMs, options);
}
