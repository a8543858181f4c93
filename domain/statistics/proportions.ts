/**
 * Proportions: a rate with how sure it is, and how odd it would be were another rate true.
 *
 * Rates are fractions, 0 to 1, unrounded. `wilson()` of `domain/analytics.ts` is the same interval as it is shown,
 * in percent and rounded.
 *
 * @module
 */
import { binomialProbability } from "./distributions.ts";

/** 97.5 % point of the standard normal distribution: both sides together leave 5 % out. */
export const Z_95 = 1.959963984540054;

/** Lower and upper end, the lower first. */
export type Range = readonly [low: number, high: number];

/** How an interval is made. */
export interface IntervalSettings {
  /** Standard normal point of the interval, positive; `Z_95` unless given. */
  readonly z?: number;
  /** `n` counts as `n / designEffect` independent trials, at least 1; 1 unless given. */
  readonly designEffect?: number;
}

/** A rate with its n and interval. */
export interface Proportion {
  readonly n: number;
  readonly successes: number;
  /** 0 to 1; null when n is 0. */
  readonly rate: number | null;
  /** Wilson interval, 0 to 1; null when n is 0. */
  readonly interval: Range | null;
}

/** How odd a count is under a stated rate, both sides together. */
export interface BinomialP {
  /** Sum of the probabilities of all counts no likelier than the one seen (as R's `binom.test`). Never too small. */
  readonly exact: number;
  /** Twice the smaller tail with half of the seen count's own probability (Lancaster, JASA 56, 1961); less timid. */
  readonly midP: number;
}

/**
 * Wilson score interval (Wilson, JASA 22, 1927):
 * (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n). Null when `n` is 0.
 *
 * @param successes 0 to `n`
 * @param n at least 0
 * @throws {RangeError} when a count or setting is out of range
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { wilsonInterval } from "./proportions.ts";
 *
 * // Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 15 of 148.
 * assert.deepEqual(wilsonInterval(15, 148)?.map((end) => end.toFixed(4)), ["0.0624", "0.1605"]);
 * assert.equal(wilsonInterval(0, 0), null);
 * ```
 */
export function wilsonInterval(successes: number, n: number, settings: IntervalSettings = {}): Range | null {
  const { z = Z_95, designEffect = 1 } = settings;
  checkCounts(successes, n);
  if (!(z > 0 && designEffect >= 1)) {
    throw new RangeError(
      `Cannot give an interval as z > 0 and designEffect >= 1: current value is z ${z}, designEffect ${designEffect}`,
    );
  }
  if (n === 0) return null;
  const p = successes / n, trials = n / designEffect, z2 = z * z;
  const reach = z * Math.sqrt(p * (1 - p) / trials + z2 / (4 * trials * trials));
  const middle = p + z2 / (2 * trials), scale = 1 + z2 / trials;
  return [Math.max(0, (middle - reach) / scale), Math.min(1, (middle + reach) / scale)];
}

/** A rate with its n and Wilson interval. */
export function proportion(successes: number, n: number, settings: IntervalSettings = {}): Proportion {
  const interval = wilsonInterval(successes, n, settings);
  return { n, successes, rate: n === 0 ? null : successes / n, interval };
}

/**
 * Two-sided p-values of a count under a rate, 0 to 1. Null when `n` is 0. Costs O(n).
 *
 * @param successes whole, 0 to `n`
 * @param n whole, at least 0
 * @param rate 0 to 1
 * @throws {RangeError} when a count is out of range or not whole, or `rate` is outside 0 to 1
 */
export function binomialTest(successes: number, n: number, rate: number): BinomialP | null {
  checkCounts(successes, n);
  if (!(Number.isInteger(successes) && Number.isInteger(n) && rate >= 0 && rate <= 1)) {
    throw new RangeError(
      `Cannot test as counts must be whole and rate 0 to 1: current value is ${successes} of ${n} at ${rate}`,
    );
  }
  if (n === 0) return null;
  const seen = binomialProbability(successes, n, rate);
  let exact = 0, below = 0, above = 0;
  for (let k = 0; k <= n; k++) {
    const probability = binomialProbability(k, n, rate);
    // Counts that are equally likely differ in the last bits.
    if (probability <= seen * (1 + 1e-7)) exact += probability;
    if (k < successes) below += probability;
    else if (k > successes) above += probability;
  }
  return { exact: Math.min(1, exact), midP: Math.min(1, 2 * Math.min(below, above) + seen) };
}

function checkCounts(successes: number, n: number): void {
  if (!(n >= 0 && successes >= 0 && successes <= n && Number.isFinite(n))) {
    throw new RangeError(
      `Cannot judge a rate as successes must be 0 to n, n >= 0: current value is ${successes} of ${n}`,
    );
  }
}
