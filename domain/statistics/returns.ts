/**
 * Returns: what one R risked on each signal brought, and how evenly.
 *
 * Wins and losses go by the level that was touched, gains and drops by the sign of R: after costs a won signal may
 * have lost money.
 *
 * @module
 */
import type { SignalRecord } from "../../protocols/store.ts";
import { DESIGN_EFFECT } from "../analytics.ts";
import { median } from "../median.ts";
import { type Drawdown, equityCurve, longestStreaks, maxDrawdown, type Streaks } from "./equity.ts";
import { type IntervalSettings, type Proportion, proportion } from "./proportions.ts";
import { decidedOf, type DecidedSignal, meanOf, type Tally, tallyOf } from "./tracked.ts";

/** Figures over a cohort; each is null where there is nothing to make it of. */
export interface Returns extends Tally {
  readonly winRate: Proportion;
  /** Mean R of what was won or lost. */
  readonly expectancyR: number | null;
  readonly totalR: number;
  /** Sum of gains over sum of drops, both by the sign of R; null when nothing dropped. */
  readonly profitFactor: number | null;
  readonly sharpe: number | null;
  readonly sortino: number | null;
  readonly drawdown: Drawdown | null;
  readonly streaks: Streaks;
  readonly averageDurationMs: number | null;
  readonly medianDurationMs: number | null;
  /** Mean of most favourable and most adverse excursion, each over its signal's own stop, R >= 0. */
  readonly meanMfeR: number | null;
  readonly meanMaeR: number | null;
}

/**
 * Figures over a cohort, in any order.
 *
 * @param settings of the win rate's interval; the house's design effect unless given
 */
export function returnsOf(signals: readonly SignalRecord[], settings: IntervalSettings = {}): Returns {
  const decided = decidedOf(signals);
  const rs = decided.map(({ outcome }) => outcome.r);
  const tally = tallyOf(signals);
  return {
    ...tally,
    winRate: proportion(tally.wins, tally.n, { designEffect: DESIGN_EFFECT, ...settings }),
    expectancyR: meanOf(rs),
    totalR: rs.reduce((sum, r) => sum + r, 0),
    profitFactor: profitFactor(rs),
    sharpe: sharpe(rs),
    sortino: sortino(rs),
    drawdown: maxDrawdown(equityCurve(decided)),
    streaks: longestStreaks(decided),
    ...timeAndReach(decided),
  };
}

/** Sum of positive R over the size of the sum of negative R, >= 0; null when nothing dropped. */
export function profitFactor(rs: readonly number[]): number | null {
  const gains = rs.reduce((sum, r) => sum + Math.max(0, r), 0);
  const drops = rs.reduce((sum, r) => sum - Math.min(0, r), 0);
  return drops === 0 ? null : gains / drops;
}

/** Standard deviation with n − 1; null below two values. */
export function standardDeviation(values: readonly number[]): number | null {
  const mean = meanOf(values);
  if (mean === null || values.length < 2) return null;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

/**
 * Sharpe ratio per trade: mean R over its standard deviation (n − 1), against a return of 0 (Sharpe, Journal of
 * Portfolio Management 21, 1994). Null below two trades or when all are the same.
 */
export function sharpe(rs: readonly number[]): number | null {
  const mean = meanOf(rs), deviation = standardDeviation(rs);
  // A sum of equal decimals leaves a deviation of some 1e-17.
  return mean === null || deviation === null || deviation < 1e-12 ? null : mean / deviation;
}

/**
 * Sortino ratio per trade: mean R over √(Σ min(0, R)² / n), n being all trades, against a return of 0 (Sortino and
 * Price, Journal of Investing 3, 1994). Null when nothing dropped.
 */
export function sortino(rs: readonly number[]): number | null {
  const mean = meanOf(rs);
  const downside = Math.sqrt(meanOf(rs.map((r) => Math.min(0, r) ** 2)) ?? 0);
  return mean === null || downside === 0 ? null : mean / downside;
}

/**
 * A ratio per trade as one per year, were the trades independent: ratio × √(trades per year).
 *
 * @throws {RangeError} when `tradesPerYear` is not positive
 */
export function annualised(ratio: number, tradesPerYear: number): number {
  if (!(tradesPerYear > 0)) {
    throw new RangeError(
      `Cannot annualise as tradesPerYear must be > 0: current value is ${tradesPerYear}`,
    );
  }
  return ratio * Math.sqrt(tradesPerYear);
}

function timeAndReach(decided: readonly DecidedSignal[]) {
  const durations = decided.map(({ outcome }) => outcome.durationMs);
  return {
    averageDurationMs: meanOf(durations),
    medianDurationMs: durations.length === 0 ? null : median(Float64Array.from(durations)),
    meanMfeR: meanOf(decided.map(({ outcome, stopPips }) => outcome.mfePips / stopPips)),
    meanMaeR: meanOf(decided.map(({ outcome, stopPips }) => outcome.maePips / stopPips)),
  };
}
