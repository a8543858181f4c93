/**
 * Regime: how the market has been moving over the candles before a signal.
 *
 * Every measure takes continuous candles, oldest first, and is NaN when there are too few.
 *
 * @module
 */
import type { Candle } from "../../protocols/candle.ts";
import type { Direction } from "../../protocols/units.ts";

/** Candles of {@link efficiency} and before the last of {@link tickRatio}. */
export const REGIME_CANDLES = 20;
/** Least candles of {@link rangeRatio}: four hours. */
export const RANGE_CANDLES_MIN = 48;

/** ATR14 over the mean true range of all the candles: above 1 the market is wilder than it was. */
export function rangeRatio(atr: number, candles: readonly Candle[]): number {
  if (candles.length < RANGE_CANDLES_MIN) return NaN;
  const ranges = candles.slice(1).map((candle, i) => trueRange(candle, candles[i]!.close));
  const mean = ranges.reduce((sum, range) => sum + range, 0) / ranges.length;
  return mean > 0 ? atr / mean : NaN;
}

function trueRange({ high, low }: Candle, before: number): number {
  return Math.max(high, before) - Math.min(low, before);
}

/**
 * Net move over the sum of moves of the last 20 closes, 0 to 1; 0 when nothing moved.
 *
 * P. Kaufman's efficiency ratio, "Smarter Trading", 1995.
 */
export function efficiency(candles: readonly Candle[]): number {
  if (candles.length <= REGIME_CANDLES) return NaN;
  const closes = candles.slice(-REGIME_CANDLES - 1).map(({ close }) => close as number);
  const path = closes.slice(1).reduce((sum, close, i) => sum + Math.abs(close - closes[i]!), 0);
  return path > 0 ? Math.abs(closes.at(-1)! - closes[0]!) / path : 0;
}

/** Move of the close over so many candles, in ATR, positive in the direction named. */
export function directedMove(
  direction: Direction,
  atr: number,
  candles: readonly Candle[],
  back: number,
): number {
  const last = candles.at(-1), before = candles.at(-1 - back);
  if (last === undefined || before === undefined || !(atr > 0)) return NaN;
  return (last.close - before.close) / atr * (direction === "BUY" ? 1 : -1);
}

/** Ticks of the last candle over the mean of the 20 before; NaN when those had none. */
export function tickRatio(candles: readonly Candle[]): number {
  const before = candles.slice(-REGIME_CANDLES - 1, -1);
  if (before.length < REGIME_CANDLES) return NaN;
  const usual = before.reduce((sum, { ticks }) => sum + ticks, 0) / before.length;
  return usual > 0 ? candles.at(-1)!.ticks / usual : NaN;
}
