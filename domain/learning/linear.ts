/**
 * Linear log-odds: logistic regression on standardised features, and the plain confidence on Platt's scale.
 *
 * @module
 */
import { type Fitted, labelFault, type Labelled, type Matrix, matrixOf } from "./matrix.ts";
import { sigmoid } from "./metrics.ts";
import { fitNewton } from "./newton.ts";

/** Logistic regression: log-odds are the intercept and a weight times each standardised feature. */
export interface LogisticModel {
  readonly kind: "logistic";
  readonly featureNames: readonly string[];
  readonly dataHash: string;
  /** Penalty: half of it times the sum of squared weights is added to the sum of losses; the intercept is free. */
  readonly l2: number;
  readonly means: Float64Array;
  /** One over the standard deviation; 0 for a feature that never varied. */
  readonly scales: Float64Array;
  readonly weights: Float64Array;
  readonly intercept: number;
}

/** The confidence alone: log-odds are `intercept + slope × confidence`. */
export interface PlainModel {
  readonly kind: "plain";
  readonly dataHash: string;
  readonly intercept: number;
  /** Log-odds per point of confidence; negative when higher confidence won less. */
  readonly slope: number;
}

/** Penalty of a logistic regression unless another is named. */
export const LOGISTIC_L2 = 1;
/** Just enough for a matrix without variance to be solved. */
const PLATT_L2 = 1e-6;

/**
 * Fits logistic regression by Newton's method (IRLS). A missing value counts as the feature's mean.
 *
 * @param l2 > 0
 */
export function fitLogistic(train: Labelled, dataHash = "", l2 = LOGISTIC_L2): Fitted<LogisticModel> {
  const fault = labelFault(train.wins);
  if (fault !== null) return { ok: false, reason: `cannot fit logistic regression: ${fault}` };
  const { means, scales } = standardOf(train.matrix);
  const found = fitNewton(standardised(train.matrix, means, scales), Float64Array.from(train.wins), l2);
  const intercept = found.at(-1)!;
  const featureNames = train.matrix.names;
  const weights = found.slice(0, -1);
  return {
    ok: true,
    model: { kind: "logistic", featureNames, dataHash, l2, means, scales, weights, intercept },
  };
}

/**
 * The probability of a win.
 *
 * @throws {RangeError} when the row has another length than the model has features
 */
export function logisticScore(model: LogisticModel, row: Float64Array): number {
  if (row.length !== model.weights.length) {
    throw new RangeError(
      `Cannot score a row as its values must be ${model.weights.length}: current value is ${row.length}`,
    );
  }
  let score = model.intercept;
  for (let i = 0; i < row.length; i++) {
    const value = row[i]!;
    if (value === value) score += model.weights[i]! * (value - model.means[i]!) * model.scales[i]!;
  }
  return sigmoid(score);
}

/**
 * Fits the confidence alone to the wins.
 *
 * Targets are drawn in from 0 and 1 by the number of examples, so that few examples give no sure answer: J. Platt,
 * "Probabilistic Outputs for Support Vector Machines", 1999.
 */
export function fitPlain(confidence: Float64Array, wins: Uint8Array, dataHash = ""): Fitted<PlainModel> {
  const fault = labelFault(wins);
  if (fault !== null) return { ok: false, reason: `cannot calibrate the confidence: ${fault}` };
  const won = wins.reduce((sum, win) => sum + win, 0);
  const high = (won + 1) / (won + 2), low = 1 / (wins.length - won + 2);
  const matrix = matrixOf(["confidence"], confidence);
  const { means, scales } = standardOf(matrix);
  const targets = Float64Array.from(wins, (win) => win === 1 ? high : low);
  const [weight, free] = fitNewton(standardised(matrix, means, scales), targets, PLATT_L2);
  const slope = weight! * scales[0]!;
  return { ok: true, model: { kind: "plain", dataHash, slope, intercept: free! - slope * means[0]! } };
}

/** The probability of a win of a signal of this confidence, 0 to 100. */
export function plainScore(model: PlainModel, confidence: number): number {
  return sigmoid(model.intercept + model.slope * confidence);
}

/** Mean and one over the standard deviation of each column, over the values that are there. */
function standardOf({ names, rows, values }: Matrix): { means: Float64Array; scales: Float64Array } {
  const width = names.length;
  const means = new Float64Array(width), scales = new Float64Array(width);
  for (let column = 0; column < width; column++) {
    let count = 0, mean = 0, squares = 0;
    for (let row = 0; row < rows; row++) {
      const value = values[row * width + column]!;
      if (Number.isNaN(value)) continue;
      const off = value - mean;
      mean += off / ++count;
      squares += off * (value - mean);
    }
    means[column] = mean;
    // Against the size of the mean: a column that never varied may carry the dust of its own mean.
    const deviation = count > 0 ? Math.sqrt(squares / count) : 0;
    scales[column] = deviation > 1e-12 * Math.max(1, Math.abs(mean)) ? 1 / deviation : 0;
  }
  return { means, scales };
}

function standardised(matrix: Matrix, means: Float64Array, scales: Float64Array): Matrix {
  const width = means.length;
  const values = matrix.values.map((value, i) =>
    Number.isNaN(value) ? 0 : (value - means[i % width]!) * scales[i % width]!
  );
  return { ...matrix, values };
}
