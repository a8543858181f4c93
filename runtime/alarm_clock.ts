/**
 * A clock over one host timer: however many calls wait, the host holds a single timer for the first of them.
 *
 * @module
 */
import type { Clock, Timer } from "./clock.ts";
import { checkedDelay, never, TimerQueue } from "./timer_queue.ts";

/** Arranges a call at or shortly after `dueMs` of the clock's time and answers how to call it off. */
export type Waking = (dueMs: number, run: () => void) => () => void;

/** Keeps every pending call of a clock and the one alarm that wakes it. */
export class AlarmClock implements Clock {
  readonly #timers = new TimerQueue(undefined, () => this.#disarm());
  readonly #now: () => number;
  readonly #wake: Waking;
  #armedMs = Infinity;
  #callOff: (() => void) | null = null;

  constructor(now: () => number, wake: Waking) {
    this.#now = now;
    this.#wake = wake;
  }

  nowMs(): number {
    return this.#now();
  }

  after(delayMs: number, run: () => void): Timer {
    const delay = checkedDelay(delayMs);
    if (delay === Infinity) return never;
    const timer = this.#timers.add(this.#now() + delay, run);
    this.#arm();
    return timer;
  }

  /** A later alarm is left alone when its timer was cancelled: waking once in vain is cheaper than re-arming. */
  #arm(): void {
    const dueMs = this.#timers.first?.dueMs ?? Infinity;
    if (dueMs >= this.#armedMs) return;
    this.#disarm();
    this.#armedMs = dueMs;
    this.#callOff = this.#wake(dueMs, this.#ring);
  }

  #disarm(): void {
    this.#callOff?.();
    this.#callOff = null;
    this.#armedMs = Infinity;
  }

  /** Timers started by the ones that fire wait for the next ring, or a chain of zero delays would hold the host. */
  readonly #ring = (): void => {
    this.#callOff = null;
    this.#armedMs = Infinity;
    const now = this.#now();
    const newest = this.#timers.added;
    try {
      for (;;) {
        const first = this.#timers.first;
        if (first === undefined || first.dueMs > now || first.number >= newest) break;
        this.#timers.pop().run();
      }
    } finally {
      this.#arm();
    }
  };
}
