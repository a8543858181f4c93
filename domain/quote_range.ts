/**
 * Quote range: the highest and lowest bid and ask of a stream of ticks since any moment.
 *
 * @module
 */
import type { Tick } from "../protocols/tick.ts";
import type { Direction } from "../protocols/units.ts";
import { RunningMax } from "./running_max.ts";

/** Highest and lowest price; −Infinity and Infinity where there was no tick. */
export interface Range {
  readonly high: number;
  readonly low: number;
}

/** Steps of the staircases below which forgetting is not worth a visit. */
const STEPS_MIN = 256;

/** Highest and lowest bid and ask since any moment from `knownFromMs` on. */
export class QuoteRange {
  readonly #bidHigh = new RunningMax();
  readonly #bidLow = new RunningMax();
  readonly #askHigh = new RunningMax();
  readonly #askLow = new RunningMax();
  #wideAt = STEPS_MIN;

  /** @param knownFromMs every tick with this time or a later one was or will be added */
  constructor(public knownFromMs: number) {}

  /** Takes in one tick, in any order. */
  add(tick: Tick): void {
    this.#bidHigh.add(tick.atMs, tick.bid);
    this.#bidLow.add(tick.atMs, -tick.bid);
    this.#askHigh.add(tick.atMs, tick.ask);
    this.#askLow.add(tick.atMs, -tick.ask);
  }

  /** The range of the exit side of a direction over the ticks with `atMs >= sinceMs`. */
  since(direction: Direction, sinceMs: number): Range {
    const buy = direction === "BUY";
    const high = (buy ? this.#bidHigh : this.#askHigh).since(sinceMs);
    const low = -(buy ? this.#bidLow : this.#askLow).since(sinceMs);
    return { high, low };
  }

  /** True when it has doubled since it last forgot something. */
  get isWide(): boolean {
    return this.#steps() >= this.#wideAt;
  }

  /** Forgets ticks older than `beforeMs`. */
  forget(beforeMs: number): void {
    for (const each of [this.#bidHigh, this.#bidLow, this.#askHigh, this.#askLow]) each.forget(beforeMs);
    this.knownFromMs = Math.max(this.knownFromMs, beforeMs);
    this.#wideAt = Math.max(STEPS_MIN, 2 * this.#steps());
  }

  #steps(): number {
    return this.#bidHigh.size + this.#bidLow.size + this.#askHigh.size + this.#askLow.size;
  }
}
