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

const STEPS_PER_DAY = 86_400;
/** Spread of the regime's slow part, and how much of it is left after a minute (half of it after 45). */
const REGIME_SPREAD = 0.3;
const REGIME_KEEPS = 0.5 ** (1 / 45);
/** Calm, normal, hot: volatility, and the chance to leave it each minute. */
const STATES = [
  { volatility: 0.5, leave: 1 / 50 },
  { volatility: 0.95, leave: 1 / 110 },
  { volatility: 1.7, leave: 1 / 25 },
] as const;
/** A drift is forgotten by half after 10 minutes. */
const LEG_KEEPS = 0.5 ** (1 / 10);
/** A leg's drift over ten minutes, as a share of the noise over ten minutes. */
const LEG_SHARE = 0.55;
/** Bursts and spikes per minute at activity 1: about seven of each a day. */
const BURST_CHANCE = 7 / 1_440;
const SPIKE_CHANCE = 7 / 1_440;
/** Of a spike, what is left after a second: half after 100 s. */
const SPIKE_KEEPS = 0.5 ** (1 / 100);
/** A weekend moves the value as much as this many open seconds. */
const WEEKEND_SECONDS = 7_200;

/** One value's walk. `log` is the logarithm of value over starting value. */
export class Walk {
  readonly #random: Random;
  readonly #mover: Mover;
  readonly #step: number;
  #level = 0;
  #spike = 0;
  #drift = 0;
  #burst = 0;
  #burstSteps = 0;
  #regime = 0;
  #state: 0 | 1 | 2 = 1;
  #sigma = 0;
  #heat = 1;

  constructor(seed: number, mover: Mover) {
    this.#random = seededRandom(seed);
    this.#mover = mover;
    this.#step = mover.dailyVolatility / Math.sqrt(STEPS_PER_DAY);
  }

  get log(): number {
    return this.#level + this.#spike;
  }

  /** How lively it is now: about 1 on average. */
  get heat(): number {
    return this.#heat;
  }

  /** One second. */
  step(): void {
    this.#level += this.#sigma * gaussian(this.#random) + this.#drift;
    this.#spike *= SPIKE_KEEPS;
    if (this.#burstSteps > 0) {
      this.#level += this.#burst;
      this.#burstSteps--;
    }
  }

  /** Begins a minute of the given UTC hour: regime, legs and events are drawn by the minute. */
  minute(hour: number): void {
    const random = this.#random;
    const activity = this.#mover.activity[hour] ?? 1;
    if (random.chance(STATES[this.#state].leave)) this.#state = nextState(this.#state, random);
    this.#regime = this.#regime * REGIME_KEEPS +
      gaussian(random) * REGIME_SPREAD * Math.sqrt(1 - REGIME_KEEPS ** 2);
    this.#heat = activity * STATES[this.#state].volatility * Math.exp(this.#regime);
    this.#sigma = this.#step * this.#heat;
    const legSigma = LEG_SHARE * this.#sigma / Math.sqrt(600) * Math.sqrt(1 - LEG_KEEPS ** 2);
    this.#drift = this.#drift * LEG_KEEPS + gaussian(random) * legSigma * 3;
    this.#startEvents(activity);
  }

  /** A closed market: the value opens elsewhere. */
  gap(): void {
    this.#level += this.#step * Math.sqrt(WEEKEND_SECONDS) * gaussian(this.#random);
    this.#spike = 0;
    this.#drift = 0;
    this.#burstSteps = 0;
  }

  #startEvents(activity: number): void {
    const random = this.#random;
    const fiveMinutes = this.#step * Math.sqrt(300) * Math.sqrt(activity);
    if (random.chance(BURST_CHANCE * activity)) {
      this.#burstSteps = 40 + random.whole(140);
      this.#burst = sign(random) * fiveMinutes * (2 + 2.5 * random.next()) / this.#burstSteps;
    }
    if (random.chance(SPIKE_CHANCE * activity)) {
      this.#spike += sign(random) * fiveMinutes * (1.8 + 2.2 * random.next());
    }
  }
}

/** Out of calm as often into a hot market as into a normal one: a squeeze ends in a break. */
function nextState(state: 0 | 1 | 2, random: Random): 0 | 1 | 2 {
  const first = random.chance(0.5);
  if (state === 0) return first ? 1 : 2;
  if (state === 1) return first ? 0 : 2;
  return random.chance(0.75) ? 1 : 0;
}

function sign(random: Random): number {
  return random.chance(0.5) ? 1 : -1;
}

/** Near enough to normal: the sum of four uniforms, variance 1, at most 3.46. */
function gaussian(random: Random): number {
  return (random.next() + random.next() + random.next() + random.next() - 2) * Math.sqrt(3);
}
