/**
 * Newton's method for penalised logistic loss (iteratively reweighted least squares).
 *
 * @module
 */
import type { Matrix } from "./matrix.ts";
import { sigmoid } from "./metrics.ts";

const STEPS_MAX = 50;
const HALVINGS_MAX = 30;
/** Largest change of a coefficient at which the answer stands. */
const SETTLED = 1e-9;

/**
 * The coefficients of least loss, the free one (times 1) last.
 *
 * The loss is the sum over rows of the cross entropy to its target, plus `l2 / 2` times the sum of squared
 * coefficients but the last. It has one minimum; a step that would raise it is halved.
 *
 * @param design without missing values
 * @param targets 0 to 1, not all 0 and not all 1
 * @param l2 > 0
 */
export function fitNewton(design: Matrix, targets: Float64Array, l2: number): Float64Array {
  const width = design.names.length + 1;
  let at: Float64Array = new Float64Array(width);
  let loss = lossAt(design, targets, at, l2);
  for (let step = 0; step < STEPS_MAX; step++) {
    const { gradient, hessian } = derivatives(design, targets, at, l2);
    const direction = solve(hessian, gradient, width);
    let share = 1, next = moved(at, direction, share), found = lossAt(design, targets, next, l2);
    for (let i = 0; i < HALVINGS_MAX && !(found <= loss); i++) {
      share /= 2;
      next = moved(at, direction, share);
      found = lossAt(design, targets, next, l2);
    }
    if (!(found <= loss)) return at;
    at = next;
    loss = found;
    if (direction.every((each) => Math.abs(each) * share < SETTLED)) return at;
  }
  return at;
}

function moved(at: Float64Array, direction: Float64Array, share: number): Float64Array {
  return at.map((value, i) => value - share * direction[i]!);
}

function scoreAt({ names, values }: Matrix, row: number, at: Float64Array): number {
  let score = at[names.length]!;
  for (let i = 0, from = row * names.length; i < names.length; i++) score += at[i]! * values[from + i]!;
  return score;
}

function lossAt(design: Matrix, targets: Float64Array, at: Float64Array, l2: number): number {
  let loss = 0;
  for (let row = 0; row < design.rows; row++) {
    const score = scoreAt(design, row, at);
    loss += Math.max(score, 0) - targets[row]! * score + Math.log1p(Math.exp(-Math.abs(score)));
  }
  for (let i = 0; i < design.names.length; i++) loss += l2 / 2 * at[i]! ** 2;
  return loss;
}

/** Gradient, and the lower half of the Hessian row by row. */
function derivatives(design: Matrix, targets: Float64Array, at: Float64Array, l2: number) {
  const inputs = design.names.length, width = inputs + 1;
  const gradient = new Float64Array(width), hessian = new Float64Array(width * width);
  const row = new Float64Array(width).fill(1);
  for (let example = 0; example < design.rows; example++) {
    row.set(design.values.subarray(example * inputs, (example + 1) * inputs));
    const probability = sigmoid(scoreAt(design, example, at));
    const off = probability - targets[example]!, weight = probability * (1 - probability);
    for (let i = 0; i < width; i++) {
      gradient[i] = gradient[i]! + off * row[i]!;
      const scaled = weight * row[i]!;
      for (let j = 0; j <= i; j++) hessian[i * width + j] = hessian[i * width + j]! + scaled * row[j]!;
    }
  }
  for (let i = 0; i < inputs; i++) {
    gradient[i] = gradient[i]! + l2 * at[i]!;
    hessian[i * width + i] = hessian[i * width + i]! + l2;
  }
  return { gradient, hessian };
}

/** Solves `matrix × x = right` for a positive definite matrix by Cholesky's decomposition, in place. */
function solve(matrix: Float64Array, right: Float64Array, width: number): Float64Array {
  const cell = (i: number, j: number) => matrix[i * width + j]!;
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = cell(i, j);
      for (let k = 0; k < j; k++) sum -= cell(i, k) * cell(j, k);
      // A weight that has vanished (all probabilities 0 or 1) leaves a step, if a long one: it is halved above.
      matrix[i * width + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / cell(j, j);
    }
  }
  const x = Float64Array.from(right);
  for (let i = 0; i < width; i++) {
    for (let k = 0; k < i; k++) x[i] = x[i]! - cell(i, k) * x[k]!;
    x[i] = x[i]! / cell(i, i);
  }
  for (let i = width - 1; i >= 0; i--) {
    for (let k = i + 1; k < width; k++) x[i] = x[i]! - cell(k, i) * x[k]!;
    x[i] = x[i]! / cell(i, i);
  }
  return x;
}
