/**
 * Metrics: how good probabilities of a win were, once the ends are known.
 *
 * @module
 */

/** Probabilities are held this far from 0 and 1 before a logarithm: one sure error must not outweigh all else. */
export const PROBABILITY_MARGIN = 1e-12;

/** Three views of the same probabilities. */
export interface Metrics {
  /** Mean of −ln of the probability given to what happened; 0.693 for a coin. Lower is better. */
  readonly logLoss: number;
  /** Mean squared error, 0 to 1; 0.25 for a coin. Lower is better. G. Brier, Monthly Weather Review 78, 1950. */
  readonly brier: number;
  /** Chance that a win was rated above a loss, ties counting half; NaN with one class only. */
  readonly auc: number;
}

/** Probability of log-odds. */
export function sigmoid(score: number): number {
  return 1 / (1 + Math.exp(-score));
}

/** Log-odds of a probability, which is > 0 and < 1. */
export function logit(probability: number): number {
  return Math.log(probability / (1 - probability));
}

/** −ln of the probability given to what happened. */
export function logLossOf(win: number, probability: number): number {
  const given = win === 1 ? probability : 1 - probability;
  return -Math.log(Math.min(1 - PROBABILITY_MARGIN, Math.max(PROBABILITY_MARGIN, given)));
}

/** Mean log loss; NaN of nothing. */
export function logLoss(wins: Uint8Array, probabilities: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < wins.length; i++) sum += logLossOf(wins[i]!, probabilities[i]!);
  return sum / wins.length;
}

/** Mean squared error; NaN of nothing. */
export function brier(wins: Uint8Array, probabilities: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < wins.length; i++) sum += (wins[i]! - probabilities[i]!) ** 2;
  return sum / wins.length;
}

/** Positions of probabilities from the lowest to the highest; equal ones in order of position. */
export function ranking(probabilities: Float64Array): Int32Array {
  return Int32Array.from(probabilities.keys()).sort((a, b) => probabilities[a]! - probabilities[b]!);
}

/**
 * Area under the ROC curve of weighted rows, ties counting half; NaN when one class has no weight.
 *
 * @param order `ranking(probabilities)`, handed in because one ranking serves many weightings
 * @param weightOf weight of a row, >= 0
 */
export function weightedAuc(
  wins: Uint8Array,
  probabilities: Float64Array,
  order: Int32Array,
  weightOf: (row: number) => number,
): number {
  let won = 0, lost = 0, above = 0;
  for (let from = 0; from < order.length;) {
    const level = probabilities[order[from]!]!;
    let tiedWon = 0, tiedLost = 0;
    for (; from < order.length && probabilities[order[from]!] === level; from++) {
      const row = order[from]!;
      if (wins[row] === 1) tiedWon += weightOf(row);
      else tiedLost += weightOf(row);
    }
    above += tiedWon * (lost + tiedLost / 2);
    won += tiedWon;
    lost += tiedLost;
  }
  return above / (won * lost);
}

/**
 * Area under the ROC curve; NaN with one class only.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { auc } from "./metrics.ts";
 *
 * // Of the four pairs of a win and a loss, three are in order.
 * assert.equal(auc(Uint8Array.of(0, 0, 1, 1), Float64Array.of(0.1, 0.4, 0.35, 0.8)), 0.75);
 * ```
 */
export function auc(wins: Uint8Array, probabilities: Float64Array): number {
  return weightedAuc(wins, probabilities, ranking(probabilities), () => 1);
}

/** All three. */
export function metricsOf(wins: Uint8Array, probabilities: Float64Array): Metrics {
  return {
    logLoss: logLoss(wins, probabilities),
    brier: brier(wins, probabilities),
    auc: auc(wins, probabilities),
  };
}
