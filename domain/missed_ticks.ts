/**
 * Missed ticks: whether a signal's fate is still known after a stretch that nobody watched.
 *
 * Ticks are missed when the server was down, when they were shed under pressure, or when a feed was silent for
 * more than 15 minutes of an open market. What is known is the exit-side price before the stretch, the price
 * after it, and how long it was; what is not known is the way between. Taking that way as a random walk that
 * is pinned at both ends (a Brownian bridge), a level at distances `a` and `b` from the two prices was touched
 * with probability exp(−2·a·b / v), `v` being the walk's variance over the stretch (the reflection principle,
 * applied to a bridge). A level beyond which the second price lies was touched for certain.
 *
 * The rule: a level is *decided* when it was touched for certain or with a chance below one in a thousand.
 *
 * - Both decided, neither touched: the signal stays open, and its record says `gap: true`.
 * - Both decided, one touched: that is the outcome, with `gap: true`.
 * - Anything undecided: UNKNOWN, outside every rate. So a restart of some seconds settles nothing that it
 *   should not, and a night without a feed is not told as a win or a loss.
 *
 * @module
 */
import { TIMEFRAME_MS } from "../protocols/candle.ts";
import type { Signal } from "../protocols/signal.ts";
import type { SymbolName } from "../protocols/units.ts";
import { closedIntervals } from "./calendar.ts";
import { GAP_MS } from "./candle.ts";

/** A silence longer than this, counted in open-market time, is a stretch of missed ticks; ms. */
export const SILENCE_MS = GAP_MS;

/** A level touched with a smaller chance than this counts as not touched. */
export const UNDECIDED_CHANCE = 0.001;

/** A stretch that nobody watched, as one signal lived through it. */
export interface UnseenStretch {
  /** Exit-side price before it. */
  readonly before: number;
  /** Exit-side price of the first tick after it. */
  readonly after: number;
  /** Its length in open-market time, ms, >= 0. */
  readonly openMs: number;
}

/**
 * The chance, 0 to 1, that a level was touched in an unseen stretch.
 *
 * The walk's standard deviation over five minutes is taken as one ATR14 of M5. A random walk's mean range over
 * that time is 1.6 deviations, so this is a walk 1.6 times as wide as the market was when the signal was made.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { touchChance } from "./missed_ticks.ts";
 *
 * // Stop 15 pips under the price, ATR 5 pips: three seconds cannot reach it, two hours may.
 * const level = 1.1 - 0.0015;
 * assert.equal(touchChance(level, 0.0005, { before: 1.1, after: 1.1, openMs: 3_000 }) < 1e-9, true);
 * assert.equal(touchChance(level, 0.0005, { before: 1.1, after: 1.1, openMs: 7_200_000 }) > 0.1, true);
 * ```
 */
export function touchChance(level: number, atr: number, stretch: UnseenStretch): number {
  const a = stretch.before - level;
  const b = stretch.after - level;
  if (a * b <= 0) return 1;
  const variance = atr * atr * (stretch.openMs / TIMEFRAME_MS.M5);
  // Without a usable ATR nothing can be excluded, unless no time has passed.
  if (!(variance >= 0)) return 1;
  return variance === 0 ? 0 : Math.exp(-2 * a * b / variance);
}

/** True when both of a signal's levels are decided over an unseen stretch: touched for certain, or surely not. */
export function fateKnown(signal: Signal, stretch: UnseenStretch): boolean {
  return decided(signal, signal.stopLoss, stretch) && decided(signal, signal.takeProfit, stretch);
}

function decided(signal: Signal, level: number, stretch: UnseenStretch): boolean {
  if ((stretch.before - level) * (stretch.after - level) <= 0) return true;
  return touchChance(level, signal.atr, stretch) < UNDECIDED_CHANCE;
}

/** How much of `fromMs` to `toMs` the market of a symbol was open by the calendar, ms; `toMs >= fromMs`. */
export function openTimeMs(symbol: SymbolName, fromMs: number, toMs: number): number {
  const closed = closedIntervals(fromMs, toMs, symbol).reduce(
    (sum, closure) => sum + Math.min(toMs, closure.toMs) - Math.max(fromMs, closure.fromMs),
    0,
  );
  return toMs - fromMs - closed;
}

/** A signal's exit-side price at the moment it was made: its entry less the spread. */
export function exitAtBirth(signal: Signal, pipSize: number): number {
  const spread = signal.spreadPips * pipSize;
  return signal.direction === "BUY" ? signal.entry - spread : signal.entry + spread;
}
