/**
 * The mood of the whole market: calm, normal or hot, shared by all values as volatility is.
 *
 * @module
 */
import { type Random, seededRandom } from "../../runtime/random.ts";

type State = 0 | 1 | 2;

/** Calm, normal, hot: volatility, and the chance to leave it each minute. */
const STATES = [
  { volatility: 0.42, leave: 1 / 100 },
  { volatility: 1, leave: 1 / 100 },
  { volatility: 1.8, leave: 1 / 30 },
] as const;

/** One mood, redrawn by the minute. */
export class Mood {
  readonly #random: Random;
  #state: State = 1;
  #waking = false;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** Factor on volatility. */
  get volatility(): number {
    return STATES[this.#state].volatility;
  }

  /** True in the minute in which a calm ends. */
  get waking(): boolean {
    return this.#waking;
  }

  minute(): void {
    const before = this.#state;
    if (this.#random.chance(STATES[before].leave)) this.#state = next(before, this.#random);
    this.#waking = before === 0 && this.#state !== 0;
  }
}

/** Out of calm mostly into a hot market: a squeeze ends in a break. */
function next(state: State, random: Random): State {
  if (state === 0) return random.chance(0.7) ? 2 : 1;
  if (state === 1) return random.chance(0.65) ? 0 : 2;
  return random.chance(0.75) ? 1 : 0;
}
