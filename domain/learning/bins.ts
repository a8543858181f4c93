/**
 * Bins: each feature cut into at most 64 quantiles, so that a tree looks at 64 cuts and not at every value.
 *
 * @module
 */
import type { Matrix } from "./matrix.ts";

/** Most bins of a feature. */
export const BINS_MAX = 64;
/** The bin of a value that is missing, after all others. */
export const MISSING_BIN = BINS_MAX;
/** Places a feature takes in a histogram. */
export const BIN_PLACES = BINS_MAX + 1;

/**
 * The edges between the bins of a column, ascending and all different: fewer than `binsMax`, none for a constant.
 *
 * A column with few values gets an edge between each two of them; one with many gets quantiles. An edge lies midway
 * between two seen values, so that a value seen again falls where it fell in training.
 *
 * @param binsMax 2 to 64
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { binOf, edgesOf } from "./bins.ts";
 * import { matrixOf } from "./matrix.ts";
 *
 * const edges = edgesOf(matrixOf(["a"], Float64Array.of(3, 1, NaN, 1, 2)), 0, 64);
 * assert.deepEqual([...edges], [1.5, 2.5]);
 * assert.deepEqual([1, 1.5, 2, 9, NaN].map((value) => binOf(edges, value)), [0, 0, 1, 2, 64]);
 * ```
 */
export function edgesOf(matrix: Matrix, column: number, binsMax: number): Float64Array {
  const sorted = seen(matrix, column).sort();
  const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
  if (distinct.length <= binsMax) {
    return Float64Array.from(distinct.subarray(1), (upper, i) => midway(distinct[i]!, upper));
  }
  const edges: number[] = [];
  for (let cut = 1; cut < binsMax; cut++) {
    const place = Math.floor(cut * sorted.length / binsMax);
    const lower = sorted[place - 1]!;
    const next = after(distinct, lower);
    const edge = next === undefined ? undefined : midway(lower, next);
    if (edge !== undefined && edge !== edges.at(-1)) edges.push(edge);
  }
  return Float64Array.from(edges);
}

/** The values of a column that are there. */
function seen({ names, rows, values }: Matrix, column: number): Float64Array {
  const found = new Float64Array(rows);
  let count = 0;
  for (let at = column; at < values.length; at += names.length) {
    const value = values[at]!;
    if (!Number.isNaN(value)) found[count++] = value;
  }
  return found.subarray(0, count);
}

/** The first of ascending values above one of them. */
function after(distinct: Float64Array, value: number): number | undefined {
  let low = 0, high = distinct.length;
  while (low < high) {
    const half = (low + high) >> 1;
    if (distinct[half]! <= value) low = half + 1;
    else high = half;
  }
  return distinct[low];
}

/** Between neighbouring doubles there is no middle: rounding up would put both on one side. */
function midway(lower: number, upper: number): number {
  const middle = lower + (upper - lower) / 2;
  return middle < upper ? middle : lower;
}

/** The bin of a value: as many as there are edges below it; the last place of all when it is missing. */
export function binOf(edges: Float64Array, value: number): number {
  if (Number.isNaN(value)) return MISSING_BIN;
  let low = 0, high = edges.length;
  while (low < high) {
    const half = (low + high) >> 1;
    if (edges[half]! < value) low = half + 1;
    else high = half;
  }
  return low;
}

/** The bins of a whole matrix, row by row. */
export function binned(matrix: Matrix, edges: readonly Float64Array[]): Uint8Array {
  const width = matrix.names.length;
  const bins = new Uint8Array(matrix.values.length);
  edges.forEach((each, column) => {
    for (let at = column; at < bins.length; at += width) bins[at] = binOf(each, matrix.values[at]!);
  });
  return bins;
}
