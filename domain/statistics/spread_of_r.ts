/**
 * Spread of R: how the R of single signals lie, and how sure their mean is.
 *
 * @module
 */
import type { SignalRecord } from "../../protocols/store.ts";
import type { Range } from "./proportions.ts";
import { daysOf } from "./tracked.ts";

/** One bar of a histogram: values from `from` up to, but not including, `to`. */
export interface Bin {
  /** Null: everything below `to`. */
  readonly from: number | null;
  /** Null: everything from `from` up. */
  readonly to: number | null;
  readonly n: number;
}

/** Where the bars of a histogram lie. */
export interface BinSettings {
  /** Upper end of the open first bar; −2 unless given. */
  readonly from?: number;
  /** Lower end of the open last bar; 3 unless given. Rounded up to a whole number of bars. */
  readonly to?: number;
  /** Positive; 0.25 unless given. */
  readonly width?: number;
}

/** How a mean is resampled. */
export interface BootstrapSettings {
  /** Uniform in [0, 1): the same seed gives the same interval. */
  readonly random: () => number;
  /** At least 100; 2,000 unless given. */
  readonly resamples?: number;
  /** Share of the resampled means inside the interval, above 0 and below 1; 0.95 unless given. */
  readonly level?: number;
}

/**
 * Counts values in bars of one width, with an open bar at either end, lowest first; the bars always add up to n.
 *
 * @throws {RangeError} when `width` is not positive or `to` is not above `from`
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { histogram } from "./spread_of_r.ts";
 *
 * assert.deepEqual(histogram([-3, -1, 0.5, 1], { from: -1, to: 1, width: 1 }), [
 *   { from: null, to: -1, n: 1 },
 *   { from: -1, to: 0, n: 1 },
 *   { from: 0, to: 1, n: 1 },
 *   { from: 1, to: null, n: 1 },
 * ]);
 * ```
 */
export function histogram(values: Iterable<number>, settings: BinSettings = {}): Bin[] {
  const { from = -2, to = 3, width = 0.25 } = settings;
  if (!(width > 0 && to > from)) {
    throw new RangeError(
      `Cannot bin as width > 0 and to > from: current value is ${from} to ${to} by ${width}`,
    );
  }
  const inner = Math.ceil(tidy((to - from) / width));
  const counts = new Array<number>(inner + 2).fill(0);
  for (const value of values) {
    const at = Math.floor(tidy((value - from) / width)) + 1;
    counts[Math.min(inner + 1, Math.max(0, at))]! += 1;
  }
  const edge = (i: number) => i < 0 || i > inner ? null : tidy(from + i * width);
  return counts.map((n, i) => ({ from: edge(i - 1), to: edge(i), n }));
}

/**
 * Percentile bootstrap interval of the mean of clustered values (Efron and Tibshirani, An Introduction to the
 * Bootstrap, 1993, ch. 13; whole clusters are drawn, as in Davison and Hinkley, 1997, ch. 3.8). Null when there are
 * fewer than two clusters: one alone cannot show how clusters differ.
 *
 * @param clusters values that resemble each other lie in one; give each its own where they do not
 * @throws {RangeError} when a setting is out of range
 */
export function bootstrapMean(
  clusters: readonly (readonly number[])[],
  settings: BootstrapSettings,
): Range | null {
  const { random, resamples = 2_000, level = 0.95 } = settings;
  if (!(resamples >= 100 && level > 0 && level < 1)) {
    throw new RangeError(
      `Cannot resample as resamples >= 100 and 0 < level < 1: current value is ${resamples}, ${level}`,
    );
  }
  const sums = clusters.filter((cluster) => cluster.length > 0)
    .map((cluster) => [cluster.reduce((sum, value) => sum + value, 0), cluster.length] as const);
  if (sums.length < 2) return null;
  const means = Float64Array.from({ length: resamples }, () => resampledMean(sums, random)).sort();
  const cut = Math.floor(tidy(resamples * (1 - level) / 2));
  return [means[cut] as number, means[resamples - 1 - cut] as number];
}

/** Bootstrap interval of the mean R of a cohort; the signals of one UTC day are one cluster. */
export function meanRInterval(signals: Iterable<SignalRecord>, settings: BootstrapSettings): Range | null {
  return bootstrapMean(daysOf(signals).map((day) => day.map(({ outcome }) => outcome.r)), settings);
}

function resampledMean(
  sums: readonly (readonly [sum: number, n: number])[],
  random: () => number,
): number {
  let total = 0, count = 0;
  for (let i = 0; i < sums.length; i++) {
    const [sum, n] = sums[Math.floor(random() * sums.length)] as readonly [number, number];
    total += sum;
    count += n;
  }
  return total / count;
}

/** Decimal edges as they are meant: 0.3 / 0.1 is 2.9999999999999996. */
function tidy(value: number): number {
  return Math.round(value * 1e9) / 1e9 + 0;
}
