/**
 * Verdict: which model to use, the simpler one unless the other is clearly better.
 *
 * @module
 */
import type { Board, Difference, Interval, ModelKind } from "./board.ts";

/** Which model, and why, in words with numbers. */
export interface Verdict {
  readonly use: ModelKind;
  readonly why: string;
}

/** What a verdict stands on at least. */
export const BLOCKS_MIN = 20;
/** @see {@link BLOCKS_MIN} */
export const ROWS_MIN = 200;

/**
 * Judges three models on rows they were not trained on.
 *
 * A model takes the place of a simpler one only if the whole 95 % intervals lie on its side, of log loss (below 0)
 * and of AUC (above 0), and its log loss was lower in more than half of the folds. Log loss alone would let a model
 * win that has learned nothing but to be less sure; an edge that came from one stretch of time is luck.
 *
 * @param pooled null when no fold could be tested
 * @param folds every fold that was tested
 */
export function verdictOf(pooled: Board | null, folds: readonly Board[]): Verdict {
  if (pooled === null) return { use: "plain", why: "Plain confidence is kept: no fold could be tested." };
  if (pooled.rows < ROWS_MIN || pooled.blocks < BLOCKS_MIN) {
    const why =
      `Plain confidence is kept: ${pooled.rows} tested signals in ${pooled.blocks} blocks of time are ` +
      `too few; ${ROWS_MIN} in ${BLOCKS_MIN} are needed.`;
    return { use: "plain", why };
  }
  const logistic = contest("Logistic regression", "plain confidence", "logisticLessPlain", pooled, folds);
  if (!logistic.won) {
    const trees = contest("Boosted trees", "plain confidence", "gbtLessPlain", pooled, folds);
    return { use: trees.won ? "gbt" : "plain", why: `${logistic.why} ${trees.why} ${on(pooled)}` };
  }
  const trees = contest("Boosted trees", "logistic regression", "gbtLessLogistic", pooled, folds);
  return { use: trees.won ? "gbt" : "logistic", why: `${logistic.why} ${trees.why} ${on(pooled)}` };
}

type Pair = "logisticLessPlain" | "gbtLessPlain" | "gbtLessLogistic";

function contest(name: string, simpler: string, pair: Pair, pooled: Board, folds: readonly Board[]) {
  const { logLoss, auc } = pooled[pair];
  const better = folds.filter((fold) => fold[pair].logLoss.value < 0).length;
  const found = `log loss ${withInterval(logLoss)}, AUC ${withInterval(auc)}, ` +
    `lower log loss in ${better} of ${folds.length} folds`;
  const fault = faultOf(pooled[pair], better * 2 > folds.length);
  return fault === null
    ? { won: true, why: `${name} beat ${simpler}: ${found}.` }
    : { won: false, why: `${name} against ${simpler}: ${fault}, the simpler stays: ${found}.` };
}

function faultOf({ logLoss, auc }: Difference, inTime: boolean): string | null {
  if (logLoss.low > 0) return "worse";
  if (!(logLoss.high < 0)) return "a tie";
  if (!(auc.low > 0)) return "less loss but no better ranking";
  return inTime ? null : "better in too few folds";
}

function on({ rows, wins, blocks }: Board): string {
  return `On ${rows} tested signals, ${wins} won, in ${blocks} blocks of time.`;
}

function withInterval({ value, low, high }: Interval): string {
  return `${signed(value)} (95 % ${signed(low)} to ${signed(high)})`;
}

function signed(value: number): string {
  return `${value > 0 ? "+" : ""}${value.toFixed(4)}`;
}
