/**
 * Who runs next: the scheduler's interface and the live one.
 *
 * @module
 */
import { afterHostTurn, monotonicMs, soon } from "./host.ts";
import { Ring } from "./ring.ts";

/** Something that wants a turn. */
export interface Runnable {
  readonly path: string;
  /** Works on at most `budget` messages and answers how many it took. */
  turn(budget: number): number;
}

/** Gives turns. */
export interface Scheduler {
  /** Asks for one turn. */
  ready(runnable: Runnable): void;
  /** True when nobody waits for a turn. */
  readonly idle: boolean;
  /** Turns given so far. */
  readonly turns: number;
}

/** How the live scheduler shares the process. */
export interface LiveSchedulerOptions {
  /** How long turns go on before the host's timers and sockets get theirs, ms; default 4. */
  readonly sliceMs?: number;
  /** Messages one actor may take before the next one gets its turn; default 64. */
  readonly budget?: number;
}

/** Turns between two visits to the microtask queue, so that async handlers go on while others run. */
const BREATH = 256;

/**
 * One queue, first come first served. A microtask wakes it; when the slice is used up it goes on after the
 * host's turn. The clock is read after a number of messages that halves when they prove slow.
 */
class LiveScheduler implements Scheduler {
  turns = 0;
  readonly #queue = new Ring<Runnable>();
  readonly #sliceMs: number;
  readonly #budget: number;
  #awake = false;
  #sliceEndMs = 0;
  /** Messages until the clock is read again, and how many that was last time. */
  #fuel = 1;
  #tank = 1;
  #readMs = 0;

  constructor(options: LiveSchedulerOptions) {
    this.#sliceMs = options.sliceMs ?? 4;
    this.#budget = options.budget ?? 64;
  }

  get idle(): boolean {
    return !this.#awake;
  }

  ready(runnable: Runnable): void {
    this.#queue.push(runnable);
    if (this.#awake) return;
    this.#awake = true;
    soon(this.#pump);
  }

  readonly #openSlice = (): void => {
    this.#readMs = monotonicMs();
    this.#sliceEndMs = this.#readMs + this.#sliceMs;
    this.#pump();
  };

  /**
   * Slice and fuel outlive the queue's running empty: else a chain of promises that wakes it again and again
   * would starve the host.
   */
  readonly #pump = (): void => {
    const queue = this.#queue;
    let left = BREATH;
    while (queue.size > 0) {
      this.turns++;
      this.#fuel -= queue.shift().turn(this.#fuel < this.#budget ? this.#fuel : this.#budget);
      if (this.#fuel <= 0 && this.#isSliceOver()) return afterHostTurn(this.#openSlice);
      if (--left === 0) return soon(this.#pump);
    }
    this.#awake = false;
  };

  /** Aims at a reading every quarter of a millisecond, at most every 64 messages. */
  #isSliceOver(): boolean {
    const now = monotonicMs();
    this.#tank = now - this.#readMs > 0.25 ? (this.#tank >> 2) | 1 : Math.min(64, this.#tank * 2);
    this.#fuel = this.#tank;
    this.#readMs = now;
    return now >= this.#sliceEndMs;
  }
}

/** The scheduler of a live house: fast, fair, and away from the event loop for at most a slice. */
export function liveScheduler(options: LiveSchedulerOptions = {}): Scheduler {
  return new LiveScheduler(options);
}
