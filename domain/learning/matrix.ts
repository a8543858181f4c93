/**
 * Matrices and examples: numbers by row and feature, and what became of each row.
 *
 * @module
 */

/** Numbers by row and feature. */
export interface Matrix {
  /** One name per column, all different. */
  readonly names: readonly string[];
  readonly rows: number;
  /** Row by row; finite, or NaN for a value that is missing. */
  readonly values: Float64Array;
}

/** Rows whose end is known. */
export interface Labelled {
  readonly matrix: Matrix;
  /** 1 for a win, 0 for a loss. */
  readonly wins: Uint8Array;
}

/** Labelled rows with what the house itself said of each, and when. */
export interface Examples extends Labelled {
  /** As published, 0 to 100. */
  readonly confidence: Float64Array;
  /** Market clock, UTC ms. */
  readonly signaledAtMs: Float64Array;
  /** Market clock, UTC ms; never before the signal. */
  readonly resolvedAtMs: Float64Array;
}

/**
 * A matrix over values row by row, which it keeps and does not copy.
 *
 * @throws {RangeError} when names repeat or are none, values do not fill whole rows, or one is infinite
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { matrixOf, rowOf } from "./matrix.ts";
 *
 * const matrix = matrixOf(["a", "b"], Float64Array.of(1, 2, 3, NaN));
 * assert.equal(matrix.rows, 2);
 * assert.deepEqual([...rowOf(matrix, 1)], [3, NaN]);
 * ```
 */
export function matrixOf(names: readonly string[], values: Float64Array): Matrix {
  const width = names.length;
  if (width === 0 || new Set(names).size !== width) {
    throw new RangeError(
      `Cannot make a matrix as names must be >= 1 and all different: current value is ${names}`,
    );
  }
  if (values.length % width !== 0) {
    throw new RangeError(
      `Cannot make a matrix as values must fill rows of ${width}: current value is ${values.length}`,
    );
  }
  const infinite = values.findIndex((value) => value === Infinity || value === -Infinity);
  if (infinite >= 0) {
    const where = `${names[infinite % width]} of row ${Math.floor(infinite / width)}`;
    throw new RangeError(`Cannot make a matrix as ${where} must be finite or NaN: current value is Infinity`);
  }
  return { names, rows: values.length / width, values };
}

/** One row, as a view. */
export function rowOf(matrix: Matrix, row: number): Float64Array {
  const width = matrix.names.length;
  return matrix.values.subarray(row * width, (row + 1) * width);
}

/** The named rows of a matrix, copied, in the order given. */
export function pickRows(matrix: Matrix, rows: Int32Array): Matrix {
  const values = new Float64Array(rows.length * matrix.names.length);
  rows.forEach((row, to) => values.set(rowOf(matrix, row), to * matrix.names.length));
  return { names: matrix.names, rows: rows.length, values };
}

/**
 * The examples themselves, once they agree with each other.
 *
 * @throws {RangeError} when a column has another length than the matrix, a label is neither 0 nor 1, a confidence is
 * not finite, or a row was resolved before it was signalled
 */
export function examplesOf(examples: Examples): Examples {
  const { matrix, wins, confidence, signaledAtMs, resolvedAtMs } = examples;
  for (const [name, column] of Object.entries({ wins, confidence, signaledAtMs, resolvedAtMs })) {
    requireThat(column.length === matrix.rows, `${name} must be ${matrix.rows} long`, column.length);
  }
  for (let row = 0; row < matrix.rows; row++) {
    requireThat(wins[row]! <= 1, `the win of row ${row} must be 0 or 1`, wins[row]!);
    requireThat(Number.isFinite(confidence[row]!), `confidence ${row} must be finite`, confidence[row]!);
    const open = resolvedAtMs[row]! - signaledAtMs[row]!;
    requireThat(open >= 0 && open < Infinity, `ms from signal to end of row ${row} must be >= 0`, open);
  }
  return examples;
}

function requireThat(holds: boolean, what: string, value: number): void {
  if (!holds) throw new RangeError(`Cannot learn from examples as ${what}: current value is ${value}`);
}

/** The named rows of the examples, copied, in the order given. */
export function pickExamples(examples: Examples, rows: Int32Array): Examples {
  const pick = (column: Float64Array) => Float64Array.from(rows, (row) => column[row]!);
  return {
    matrix: pickRows(examples.matrix, rows),
    wins: Uint8Array.from(rows, (row) => examples.wins[row]!),
    confidence: pick(examples.confidence),
    signaledAtMs: pick(examples.signaledAtMs),
    resolvedAtMs: pick(examples.resolvedAtMs),
  };
}

/** Why nothing can be learned of these labels, or null: a rate of 0 or 1 has no odds to fit. */
export function labelFault(wins: Uint8Array): string | null {
  if (wins.length === 0) return "there is no example";
  const won = wins.reduce((sum, win) => sum + win, 0);
  if (won > 0 && won < wins.length) return null;
  return `all ${wins.length} examples are ${won === 0 ? "losses" : "wins"}: both classes are needed`;
}

/** A fitted model, or why there is none. */
export type Fitted<M> =
  | { readonly ok: true; readonly model: M }
  | { readonly ok: false; readonly reason: string };
