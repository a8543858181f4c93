/**
 * Boards: the three models side by side on the same signals, with intervals that respect how signals cluster.
 *
 * Signals of one day rise and fall together, so whole days are drawn again, not single signals: the block bootstrap
 * of H. Künsch, Annals of Statistics 17, 1989, with blocks on the calendar.
 *
 * @module
 */
import { logLossOf, type Metrics, metricsOf, ranking, weightedAuc } from "./metrics.ts";

/** The three, simplest first. */
export const MODEL_KINDS = ["plain", "logistic", "gbt"] as const;

/** One of the three. */
export type ModelKind = typeof MODEL_KINDS[number];

/** A difference and its 95 % percentile interval; NaN where it cannot be had. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A model less a simpler one: below 0 is better for log loss and Brier, above 0 for AUC. */
export type Difference = Readonly<Record<keyof Metrics, Interval>>;

/** The models on the same rows. */
export interface Board {
  readonly rows: number;
  readonly wins: number;
  /** Blocks of time with at least one row. */
  readonly blocks: number;
  readonly plain: Metrics;
  readonly logistic: Metrics;
  readonly gbt: Metrics;
  readonly logisticLessPlain: Difference;
  readonly gbtLessPlain: Difference;
  readonly gbtLessLogistic: Difference;
}

/** Rows that none of the models was trained on, with what each said of them. */
export interface Predictions {
  readonly wins: Uint8Array;
  readonly signaledAtMs: Float64Array;
  readonly plain: Float64Array;
  readonly logistic: Float64Array;
  readonly gbt: Float64Array;
}

/** How intervals are drawn. */
export interface BootstrapRules {
  /** Length of a block of signal time, ms, > 0. */
  readonly blockMs: number;
  /** Draws, >= 1. */
  readonly draws: number;
}

type Column = (metrics: Readonly<Record<ModelKind, Metrics>>) => number;

const METRICS = ["logLoss", "brier", "auc"] as const;
const PAIRS = {
  logisticLessPlain: ["logistic", "plain"],
  gbtLessPlain: ["gbt", "plain"],
  gbtLessLogistic: ["gbt", "logistic"],
} as const;

/** Compares the models; the random numbers, each >= 0 and < 1, choose the blocks of each draw. */
export function boardOf(rows: Predictions, rules: BootstrapRules, random: () => number): Board {
  const byKind = <T>(of: (kind: ModelKind) => T): Record<ModelKind, T> => ({
    plain: of("plain"),
    logistic: of("logistic"),
    gbt: of("gbt"),
  });
  const seen = byKind((kind) => metricsOf(rows.wins, rows[kind]));
  const { blockOf, blocks } = blocksOf(rows.signaledAtMs, rules.blockMs);
  const ready = byKind((kind) => readyFor(rows.wins, rows[kind]));
  const draws = Array.from({ length: rules.draws }, () => {
    const times = new Float64Array(blocks);
    for (let i = 0; i < blocks; i++) times[Math.floor(random() * blocks)]! += 1;
    return byKind((kind) => drawn(ready[kind], (row) => times[blockOf[row]!]!));
  });
  const difference = (pair: keyof typeof PAIRS): Difference => {
    const [model, simpler] = PAIRS[pair];
    const interval = (metric: keyof Metrics) =>
      intervalOf(seen, draws, (metrics) => metrics[model][metric] - metrics[simpler][metric]);
    const [logLoss, brier, auc] = METRICS.map(interval) as [Interval, Interval, Interval];
    return { logLoss, brier, auc };
  };
  return {
    rows: rows.wins.length,
    wins: rows.wins.reduce((sum, win) => sum + win, 0),
    blocks,
    ...seen,
    logisticLessPlain: difference("logisticLessPlain"),
    gbtLessPlain: difference("gbtLessPlain"),
    gbtLessLogistic: difference("gbtLessLogistic"),
  };
}

/** Each row's block, numbered from 0 without gaps. */
function blocksOf(signaledAtMs: Float64Array, blockMs: number): { blockOf: Int32Array; blocks: number } {
  const numbers = new Map<number, number>();
  const blockOf = Int32Array.from(signaledAtMs, (atMs) => {
    const block = Math.floor(atMs / blockMs);
    const known = numbers.get(block) ?? numbers.size;
    numbers.set(block, known);
    return known;
  });
  return { blockOf, blocks: numbers.size };
}

/** What does not change from draw to draw. */
interface Ready {
  readonly wins: Uint8Array;
  readonly probabilities: Float64Array;
  readonly order: Int32Array;
  readonly losses: Float64Array;
}

function readyFor(wins: Uint8Array, probabilities: Float64Array): Ready {
  const losses = probabilities.map((probability, row) => logLossOf(wins[row]!, probability));
  return { wins, probabilities, order: ranking(probabilities), losses };
}

function drawn({ wins, probabilities, order, losses }: Ready, weightOf: (row: number) => number): Metrics {
  let weight = 0, logLoss = 0, brier = 0;
  for (let row = 0; row < wins.length; row++) {
    const times = weightOf(row);
    weight += times;
    logLoss += times * losses[row]!;
    brier += times * (wins[row]! - probabilities[row]!) ** 2;
  }
  const auc = weightedAuc(wins, probabilities, order, weightOf);
  return { logLoss: logLoss / weight, brier: brier / weight, auc };
}

/** Draws in which the number cannot be had (an AUC of one class) are left out. */
function intervalOf(
  seen: Readonly<Record<ModelKind, Metrics>>,
  draws: readonly Readonly<Record<ModelKind, Metrics>>[],
  column: Column,
): Interval {
  const sorted = Float64Array.from(draws, column).filter((value) => !Number.isNaN(value)).sort();
  return { value: column(seen), low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}

/** Of ascending values, linear between neighbours; NaN of none. */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? NaN, above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}
