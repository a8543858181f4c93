/**
 * The walk of one value: a random walk with regimes, legs, bursts and spikes, one step a second.
 *
 * The parts, each scaled by activity and regime: noise; legs (a drift that lasts some minutes); bursts (a move that
 * is driven for a minute or two and stays); spikes (a move that comes back within minutes, which leaves wicks and
 * swept levels); and jumps over a closed market.
 *
 * @module
 */
import { type Random, seededRandom } from "../../runtime/random.ts";
import type { Mover } from "./currencies.ts";
import type { Mood } from "./mood.ts";

const STEPS_PER_DAY = 86_400;
/** Spread of the regime's slow part, and how much of it is left after a minute (half of it after 45). */
const REGIME_SPREAD = 0.3;
const REGIME_KEEPS = 0.5 ** (1 / 45);
/** A drift is forgotten by half after 10 minutes. */
const LEG_KEEPS = 0.5 ** (1 / 10);
/** A leg's drift over ten minutes, as a share of the noise over ten minutes. */
const LEG_SHARE = 0.55;
/** Bursts and spikes per minute at activity 1: about four bursts and ten spikes a day. */
const BURST_CHANCE = 4 / 1_440;
const SPIKE_CHANCE = 10 / 1_440;
/** Chance of a burst in the minute in which the market wakes from a calm. */
const BREAK_CHANCE = 0.5;
/** Of a spike, what is left after a second: half after 100 s. */
const SPIKE_KEEPS = 0.5 ** (1 / 100);
/** Legs and bursts are paid back slowly, half within two hours, or the value would run away in days. */
const SWING_KEEPS = 0.5 ** (1 / 7_200);
/** A weekend moves the value as much as this many open seconds. */
const WEEKEND_SECONDS = 7_200;

/** One value's walk. `log` is the logarithm of value over starting value. */
export class Walk {
  readonly #random: Random;
  readonly #mover: Mover;
  readonly #step: number;
  #level = 0;
  #swing = 0;
  #spike = 0;
  #drift = 0;
  #burst = 0;
  #burstSteps = 0;
  #regime = 0;
  #sigma = 0;
  #heat = 1;

  constructor(seed: number, mover: Mover) {
    this.#random = seededRandom(seed);
    this.#mover = mover;
    this.#step = mover.dailyVolatility / Math.sqrt(STEPS_PER_DAY);
  }

  get log(): number {
    return this.#level + this.#swing + this.#spike;
  }

  /** How lively it is now: about 1 on average. */
  get heat(): number {
    return this.#heat;
  }

  /** One second. */
  step(): void {
    this.#level += this.#sigma * gaussian(this.#random);
    this.#swing = (this.#swing + this.#drift) * SWING_KEEPS;
    this.#spike *= SPIKE_KEEPS;
    if (this.#burstSteps > 0) {
      this.#swing += this.#burst;
      this.#burstSteps--;
    }
  }

  /** Begins a minute of the given UTC hour: regime, legs and events are drawn by the minute. */
  minute(hour: number, mood: Mood): void {
    const random = this.#random;
    const activity = this.#mover.activity[hour] ?? 1;
    this.#regime = this.#regime * REGIME_KEEPS +
      gaussian(random) * REGIME_SPREAD * Math.sqrt(1 - REGIME_KEEPS ** 2);
    this.#heat = activity * mood.volatility * Math.exp(this.#regime);
    this.#sigma = this.#step * this.#heat;
    const legSigma = LEG_SHARE * this.#sigma / Math.sqrt(600) * Math.sqrt(1 - LEG_KEEPS ** 2);
    this.#drift = this.#drift * LEG_KEEPS + gaussian(random) * legSigma * 3;
    this.#startEvents(activity, mood);
  }

  /** A closed market: the value opens elsewhere. */
  gap(): void {
    this.#level += this.#step * Math.sqrt(WEEKEND_SECONDS) * gaussian(this.#random);
    this.#swing = 0;
    this.#spike = 0;
    this.#drift = 0;
    this.#burstSteps = 0;
  }

  #startEvents(activity: number, mood: Mood): void {
    const random = this.#random;
    const fiveMinutes = this.#step * Math.sqrt(300) * Math.sqrt(activity);
    if (random.chance(mood.waking ? BREAK_CHANCE : BURST_CHANCE * activity)) {
      this.#burstSteps = 40 + random.whole(140);
      this.#burst = sign(random) * fiveMinutes * (2 + 2.5 * random.next()) / this.#burstSteps;
    }
    if (random.chance(SPIKE_CHANCE * activity)) {
      this.#spike += sign(random) * fiveMinutes * (1.8 + 2.2 * random.next());
    }
  }
}

function sign(random: Random): number {
  return random.chance(0.5) ? 1 : -1;
}

/** Near enough to normal: the sum of four uniforms, variance 1, at most 3.46. */
function gaussian(random: Random): number {
  return (random.next() + random.next() + random.next() + random.next() - 2) * Math.sqrt(3);
}
