/**
 * Measures: the few quantities that patterns read off candles, and the two curves that turn a quantity into a
 * part of a confidence.
 *
 * @module
 */
import type { ConfidencePart } from "../../protocols/signal.ts";
import { candleAt, candlesBack, type Chart, type ChartCandle } from "./chart.ts";

/** Candles before the last one whose mean tick count the last one is held against. */
export const TICK_CANDLES = 20;

/** High less low. */
export const rangeOf = (candle: ChartCandle): number => candle.high - candle.low;

/** Close less open: positive for a rising candle. */
export const bodyOf = (candle: ChartCandle): number => candle.close - candle.open;

/** From the low to the nearer end of the body. */
export const lowerWickOf = (candle: ChartCandle): number => Math.min(candle.open, candle.close) - candle.low;

/** A distance as a share of the candle's range; 0 for a candle without a range. */
export function shareOfRange(candle: ChartCandle, distance: number): number {
  const range = rangeOf(candle);
  return range > 0 ? distance / range : 0;
}

/** Where in its range a candle closed: 0 at the low, 1 at the high. */
export const closePlace = (candle: ChartCandle): number => shareOfRange(candle, candle.close - candle.low);

/** Lowest low of the candles from `from` back to `to` back, both included. */
export function lowestLow(chart: Chart, from: number, to: number): number {
  return candlesBack(chart, from, to).reduce((low, candle) => Math.min(low, candle.low), Infinity);
}

/** Highest high of the candles from `from` back to `to` back, both included. */
export function highestHigh(chart: Chart, from: number, to: number): number {
  return candlesBack(chart, from, to).reduce((high, candle) => Math.max(high, candle.high), -Infinity);
}

/** Closes of the candles from `from` back to `to` back, oldest first, both included. */
export function closesBack(chart: Chart, from: number, to: number): readonly number[] {
  return candlesBack(chart, from, to).map((candle) => candle.close);
}

/**
 * A curve from 0 at `from` through a half at `half` towards 1, which it never reaches: for quantities without an
 * upper end, so that no two strong finds are made equal.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { rise } from "./measures.ts";
 *
 * assert.deepEqual([1, 2, 3, 5].map((value) => rise(value, 2, 3)), [0, 0, 0.5, 0.75]);
 * ```
 */
export function rise(value: number, from: number, half: number): number {
  const excess = Math.max(0, value - from);
  return excess / (excess + (half - from));
}

/** A straight line from 0 at `from` to 1 at `to` (which may be the smaller one), flat beyond both ends. */
export function ramp(value: number, from: number, to: number): number {
  return Math.min(1, Math.max(0, (value - from) / (to - from)));
}

/** Mean of some numbers; NaN of none. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Ticks of the last candle over the mean of the 20 before it; null when those had none, since a candle without a
 * tick count (an imported one) says nothing of activity.
 */
export function tickRatio(chart: Chart): number | null {
  const usual = mean(candlesBack(chart, TICK_CANDLES, 1).map((candle) => candle.ticks));
  return usual > 0 ? candleAt(chart, 0).ticks / usual : null;
}

/**
 * The part of a tick ratio on a curve, in a list; an empty list when the ratio is unknown: what is not known
 * counts neither for nor against.
 */
export function partOfTicks(
  ratio: number | null,
  name: string,
  weight: number,
  curve: (ratio: number) => number,
): readonly ConfidencePart[] {
  return ratio === null ? [] : [{ name, value: curve(ratio), weight }];
}

/**
 * Kaufman's efficiency ratio of closes: the way from the first to the last over the sum of the steps between.
 * 0 goes nowhere, 1 goes straight; 0 when nothing moved.
 */
export function efficiency(closes: readonly number[]): number {
  let path = 0;
  for (let i = 1; i < closes.length; i++) path += Math.abs((closes[i] ?? 0) - (closes[i - 1] ?? 0));
  return path > 0 ? Math.abs((closes.at(-1) ?? 0) - (closes[0] ?? 0)) / path : 0;
}
