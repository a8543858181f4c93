/**
 * Calibration: what a confidence has been worth as a probability of winning.
 *
 * Shown beside the raw confidence, never in its place. A map and its score on the same signals flatter each other:
 * score it on later ones.
 *
 * @module
 */
import type { SignalRecord } from "../../protocols/store.ts";
import { DESIGN_EFFECT } from "../analytics.ts";
import { type IntervalSettings, type Proportion, proportion } from "./proportions.ts";
import { decidedOf, meanOf } from "./tracked.ts";

/** One prediction and what came of it. */
export interface Prediction {
  /** What was said; a probability where a score is asked for. */
  readonly said: number;
  readonly won: boolean;
}

/** A stretch of what was said over which the observed rate is one. */
export interface Block extends Proportion {
  /** Least and greatest value said in it, both inside. */
  readonly from: number;
  readonly to: number;
  /** Never falls from block to block. */
  readonly rate: number;
}

/** One bar of a reliability diagram: what was said from `from` up to, but not including, `to`; the last holds 1 too. */
export interface ReliabilityBin extends Proportion {
  readonly from: number;
  readonly to: number;
  /** Mean of what was said in it; null when empty. */
  readonly meanSaid: number | null;
}

/** How confidence stood to results. */
export interface Calibration {
  readonly n: number;
  /** Win rate by raw confidence (0 to 100), made to rise. */
  readonly blocks: readonly Block[];
  /** Of confidence / 100 taken as a probability. */
  readonly brier: number | null;
  readonly expectedError: number | null;
  readonly bins: readonly ReliabilityBin[];
}

/** Raw confidence against results over what was won or lost; the house's design effect unless given. */
export function calibrate(signals: Iterable<SignalRecord>, settings: IntervalSettings = {}): Calibration {
  const interval = { designEffect: DESIGN_EFFECT, ...settings };
  const raw = decidedOf(signals).map(({ confidence, outcome }) => ({
    said: confidence as number,
    won: outcome.result === "WIN",
  }));
  const shares = raw.map(({ said, won }) => ({ said: said / 100, won }));
  const bins = reliability(shares, 10, interval);
  return {
    n: raw.length,
    blocks: isotonic(raw, interval),
    brier: brierScore(shares),
    expectedError: expectedError(bins),
    bins,
  };
}

/**
 * Isotonic regression of winning on what was said, by pooling adjacent violators (Ayer et al., Annals of Mathematical
 * Statistics 26, 1955): the never falling rates with the least sum of squares. O(n log n).
 *
 * Blocks are drawn where the results allow, so an interval says how sure a block's own rate is, not its borders.
 *
 * @param predictions in any order; equal values said are one point
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { isotonic } from "./calibration.ts";
 *
 * const said = [[70, false], [75, true], [80, false], [85, true]] as const;
 * const blocks = isotonic(said.map(([said, won]) => ({ said, won })));
 * assert.deepEqual(blocks.map(({ from, to, rate }) => [from, to, rate]), [[70, 70, 0], [75, 80, 0.5], [85, 85, 1]]);
 * ```
 */
export function isotonic(predictions: Iterable<Prediction>, settings: IntervalSettings = {}): Block[] {
  const pools: Pool[] = [];
  for (const point of pointsOf(predictions)) {
    let pool = point;
    // Fractions are compared crosswise: a quotient would let equal rates differ in the last bit.
    for (let last = pools.at(-1); last !== undefined && last.wins * pool.n >= pool.wins * last.n;) {
      pool = { from: last.from, to: pool.to, n: last.n + pool.n, wins: last.wins + pool.wins };
      pools.pop();
      last = pools.at(-1);
    }
    pools.push(pool);
  }
  return pools.map(({ from, to, n, wins }) => ({
    from,
    to,
    ...proportion(wins, n, settings),
    rate: wins / n,
  }));
}

/**
 * The block that speaks for a value: the one it lies in, or else the nearest below, or the first. Between blocks the
 * lower one speaks, so that no rate is promised that was only seen further up. Null without blocks.
 *
 * @param blocks ascending, as `isotonic` gives them
 */
export function blockFor(blocks: readonly Block[], said: number): Block | null {
  let low = 0, high = blocks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((blocks[middle] as Block).from <= said) low = middle + 1;
    else high = middle;
  }
  return blocks[Math.max(0, low - 1)] ?? null;
}

/**
 * Brier score: mean of (said − result)², 0 (sure and right) to 1 (sure and wrong); 0.25 for 0.5 always (Brier, Monthly
 * Weather Review 78, 1950, in the form for one of two results). Null of nothing.
 *
 * @param predictions `said` 0 to 1
 */
export function brierScore(predictions: readonly Prediction[]): number | null {
  return meanOf(predictions.map(({ said, won }) => (said - (won ? 1 : 0)) ** 2));
}

/**
 * Bars of equal width over 0 to 1, empty ones too, lowest first.
 *
 * @param predictions `said` 0 to 1
 * @param count whole, at least 1
 * @throws {RangeError} when a value said is outside 0 to 1 or `count` is below 1 or not whole
 */
export function reliability(
  predictions: Iterable<Prediction>,
  count = 10,
  settings: IntervalSettings = {},
): ReliabilityBin[] {
  if (!(Number.isInteger(count) && count >= 1)) {
    throw new RangeError(`Cannot bin as count must be whole and >= 1: current value is ${count}`);
  }
  const bins = Array.from({ length: count }, () => ({ sum: 0, n: 0, wins: 0 }));
  for (const { said, won } of predictions) {
    if (!(said >= 0 && said <= 1)) {
      throw new RangeError(`Cannot bin a prediction as it must be 0 to 1: current value is ${said}`);
    }
    const bin = bins[binOf(said, count)] as { sum: number; n: number; wins: number };
    bin.sum += said;
    bin.n++;
    if (won) bin.wins++;
  }
  return bins.map(({ sum, n, wins }, i) => ({
    from: i / count,
    to: (i + 1) / count,
    meanSaid: n === 0 ? null : sum / n,
    ...proportion(wins, n, settings),
  }));
}

/**
 * Expected calibration error: Σ (bin n / n) × |observed − mean said|, 0 to 1 (Naeini, Cooper and Hauskrecht, AAAI
 * 2015). Null when every bin is empty.
 */
export function expectedError(bins: readonly ReliabilityBin[]): number | null {
  const n = bins.reduce((sum, bin) => sum + bin.n, 0);
  if (n === 0) return null;
  return bins.reduce((sum, bin) => sum + Math.abs(bin.successes - bin.n * (bin.meanSaid ?? 0)), 0) / n;
}

interface Pool {
  readonly from: number;
  readonly to: number;
  readonly n: number;
  readonly wins: number;
}

function pointsOf(predictions: Iterable<Prediction>): Pool[] {
  const points = new Map<number, Pool>();
  for (const { said, won } of predictions) {
    const { n, wins } = points.get(said) ?? { n: 0, wins: 0 };
    points.set(said, { from: said, to: said, n: n + 1, wins: wins + (won ? 1 : 0) });
  }
  return [...points.values()].sort((a, b) => a.from - b.from);
}

/** 0.29 × 100 is 28.999999999999996: a value on an edge belongs above it. */
function binOf(said: number, count: number): number {
  return Math.min(count - 1, Math.floor(Math.round(said * count * 1e9) / 1e9));
}
