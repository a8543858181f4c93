/**
 * Equity: what a series of signals would have made, one R risked on each, step by step in order of resolution.
 *
 * @module
 */
import type { SignalRecord } from "../../protocols/store.ts";
import { decidedOf } from "./tracked.ts";

/** Sum of R after one more signal has ended. */
export interface EquityPoint {
  /** When it ended, UTC ms. */
  readonly atMs: number;
  /** Sum of R of this and all before; the curve starts at 0 before its first point. */
  readonly equityR: number;
}

/** The deepest fall of a curve from a height it had reached. */
export interface Drawdown {
  /** Height minus trough, R, above 0. */
  readonly depthR: number;
  /** When the height was reached, UTC ms; null: the height is the start, before anything had ended. */
  readonly fromMs: number | null;
  /** When the trough was reached, UTC ms. */
  readonly toMs: number;
  /** When the curve first stood at that height again, UTC ms; null: not yet. */
  readonly recoveredAtMs: number | null;
}

/** Longest runs of one result, in order of resolution. */
export interface Streaks {
  readonly wins: number;
  readonly losses: number;
}

/** The curve of the signals that were won or lost, in order of resolution. */
export function equityCurve(signals: Iterable<SignalRecord>): EquityPoint[] {
  let sum = 0;
  return decidedOf(signals).map(({ outcome }) => {
    sum += outcome.r;
    return { atMs: outcome.resolvedAtMs, equityR: tidy(sum) };
  });
}

/**
 * The deepest drawdown of a curve, the earliest where two are equally deep; null when it never fell.
 *
 * @param curve in order of time
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { maxDrawdown } from "./equity.ts";
 *
 * const curve = [1, 3, 2, 0.5, 2.5, 3].map((equityR, atMs) => ({ atMs, equityR }));
 * assert.deepEqual(maxDrawdown(curve), { depthR: 2.5, fromMs: 1, toMs: 3, recoveredAtMs: 5 });
 * ```
 */
export function maxDrawdown(curve: readonly EquityPoint[]): Drawdown | null {
  let peakR = 0;
  let peakMs: number | null = null;
  let deepest: Drawdown | null = null;
  for (const { atMs, equityR } of curve) {
    if (equityR >= peakR) deepest = recovered(deepest, atMs);
    if (equityR > peakR) {
      peakR = equityR;
      peakMs = atMs;
    }
    const depthR = tidy(peakR - equityR);
    if (depthR > (deepest?.depthR ?? 0)) {
      deepest = { depthR, fromMs: peakMs, toMs: atMs, recoveredAtMs: null };
    }
  }
  return deepest;
}

/** Longest runs of wins and of losses by result; an UNKNOWN in between is passed over. */
export function longestStreaks(signals: Iterable<SignalRecord>): Streaks {
  const longest = { WIN: 0, LOSS: 0 };
  let run = 0, last: "WIN" | "LOSS" | null = null;
  for (const { outcome: { result } } of decidedOf(signals)) {
    run = result === last ? run + 1 : 1;
    last = result;
    longest[result] = Math.max(longest[result], run);
  }
  return { wins: longest.WIN, losses: longest.LOSS };
}

/** Until it is recovered from, the height of the deepest drawdown is the height of the curve. */
function recovered(drawdown: Drawdown | null, atMs: number): Drawdown | null {
  return drawdown?.recoveredAtMs === null ? { ...drawdown, recoveredAtMs: atMs } : drawdown;
}

/** 0.1 + 0.2 − 0.2 is 0.10000000000000003: without rounding a curve back at its height would not know it. */
function tidy(value: number): number {
  return Math.round(value * 1e9) / 1e9 + 0;
}
