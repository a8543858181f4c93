/**
 * Indicators over closed candles: the library's where it has them, our own Kalman filter where it has not.
 *
 * Every function is pure and looks at nothing but its arguments; prices may be negative, because a mirrored
 * chart has negative prices.
 *
 * @module
 */
import { ATR, BollingerBands, EMA, RSI } from "trading-signals";

/** What the average true range needs to see of a candle, in price units. */
export interface HighLowClose {
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** Candles the average true range is taken over. */
export const ATR_INTERVAL = 14;
/** Closes the relative strength index is taken over (it needs one more). */
export const RSI_INTERVAL = 14;
/** Closes the Bollinger bands are taken over. */
export const BANDS_INTERVAL = 20;
/** Width of the Bollinger bands on either side, in standard deviations. */
export const BANDS_DEVIATIONS = 2;

/**
 * Average true range of every candle, smoothed as Wilder does: the mean of the first 14 true ranges, then
 * `atr += (trueRange - atr) / 14`. NaN for the first 13 candles.
 *
 * The true range of the first candle is its high less its low.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { averageTrueRanges } from "./indicators.ts";
 *
 * const steady = Array.from({ length: 15 }, () => ({ high: 3, low: 1, close: 2 }));
 * assert.equal(averageTrueRanges(steady)[14], 2);
 * ```
 */
export function averageTrueRanges(candles: readonly HighLowClose[]): readonly number[] {
  const indicator = new ATR(ATR_INTERVAL);
  return candles.map((candle) => indicator.update(candle, false) ?? NaN);
}

/** Relative strength index (Wilder, 14) at the last close, 0 to 100; NaN with fewer than 15 closes. */
export function relativeStrengthIndex(closes: readonly number[]): number {
  const indicator = new RSI(RSI_INTERVAL);
  for (const close of closes) indicator.update(close, false);
  return indicator.getResult() ?? NaN;
}

/** Bollinger bands in price units. */
export interface Bands {
  readonly lower: number;
  readonly middle: number;
  readonly upper: number;
}

/**
 * Bollinger bands of the last 20 closes: their mean, and two standard deviations of the population (divisor 20)
 * to either side.
 *
 * @throws when fewer than 20 closes are given.
 */
export function bollingerBands(closes: readonly number[]): Bands {
  const indicator = new BollingerBands(BANDS_INTERVAL, BANDS_DEVIATIONS);
  for (const close of closes.slice(-BANDS_INTERVAL)) indicator.update(close, false);
  return indicator.getResultOrThrow();
}

/** Exponential average of the values (factor 2 / (interval + 1), seeded with the first one) at the last of them. */
export function exponentialAverage(values: readonly number[], interval: number): number {
  const indicator = new EMA(interval);
  for (const value of values) indicator.update(value, false);
  return indicator.getResultOrThrow();
}

/** How noisy a Kalman filter takes the market to be, both as variances in squared ATR. */
export interface KalmanNoise {
  /** Variance of the fair price's own step from one candle to the next. */
  readonly process: number;
  /** Variance of a close around the fair price. */
  readonly measurement: number;
}

/**
 * Innovations of a random-walk Kalman filter over closes, in units of each candle's ATR: how far each close lies
 * from the fair price that the closes before it gave. One for each candle after the first.
 *
 * The filter starts at the first close with a variance of `measurement`. Both noises are scaled by the candle's
 * own squared ATR, so that the gain answers to a change of volatility and not to the symbol's price.
 */
export function kalmanInnovations(
  closes: readonly number[],
  atrs: readonly number[],
  noise: KalmanNoise,
): readonly number[] {
  let fair = closes[0] ?? NaN;
  let variance = noise.measurement * (atrs[0] ?? NaN) ** 2;
  const innovations: number[] = [];
  for (let i = 1; i < closes.length; i++) {
    const scale = (atrs[i] ?? NaN) ** 2;
    const predicted = variance + noise.process * scale;
    const gain = predicted / (predicted + noise.measurement * scale);
    const innovation = (closes[i] ?? NaN) - fair;
    fair += gain * innovation;
    variance = (1 - gain) * predicted;
    innovations.push(innovation / Math.sqrt(scale));
  }
  return innovations;
}
