/**
 * Folds in time order: each is tested on what came after everything it was trained on had ended.
 *
 * Purging and embargo: M. López de Prado, "Advances in Financial Machine Learning", 2018, chapter 7.
 *
 * @module
 */

/** When each row was signalled and resolved; UTC ms. */
export interface Times {
  readonly signaledAtMs: Float64Array;
  readonly resolvedAtMs: Float64Array;
}

/** How much time must lie between training and test. */
export interface Separation {
  /** A row trains only if it was resolved more than this before the test's start; >= 0. */
  readonly purgeMs: number;
  /**
   * A row trains only if it was signalled at least this long before the test's start; >= 0. Rows just before the
   * start are in training only if they ended fast, and those do not win as often as all do: an embargo as long as
   * most signals live takes that tilt away.
   */
  readonly embargoMs: number;
}

/** How the folds are cut. */
export interface FoldRules extends Separation {
  /** Tests, >= 1. */
  readonly folds: number;
  /** Share of the rows before the first test, above 0 and below 1. */
  readonly firstTrainShare: number;
}

/** Rows by number, in order of signal time. */
export interface Fold {
  /** Signalled from here up to, but not including, `testToMs`; UTC ms. */
  readonly testFromMs: number;
  readonly testToMs: number;
  readonly trainRows: Int32Array;
  readonly testRows: Int32Array;
  /** Earlier rows that purge or embargo kept out of training. */
  readonly purged: number;
}

/** Rows in order of signal time; of the same moment in order of number. */
export function timeOrder({ signaledAtMs }: Times): Int32Array {
  return Int32Array.from(signaledAtMs.keys()).sort((a, b) => signaledAtMs[a]! - signaledAtMs[b]!);
}

/**
 * The rows that may train a model which is first used at a moment.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { endedBefore } from "./folds.ts";
 *
 * const times = { signaledAtMs: Float64Array.of(10, 20, 30), resolvedAtMs: Float64Array.of(15, 90, 35) };
 * const rows = endedBefore(times, Int32Array.of(0, 1, 2), 40, { purgeMs: 5, embargoMs: 0 });
 * assert.deepEqual([...rows], [0]); // Row 1 was still open at 40, row 2 ended only 5 before.
 * ```
 */
export function endedBefore(
  times: Times,
  rows: Int32Array,
  atMs: number,
  separation: Separation,
): Int32Array {
  const { purgeMs, embargoMs } = separation;
  return rows.filter((row) =>
    times.resolvedAtMs[row]! < atMs - purgeMs && times.signaledAtMs[row]! < atMs &&
    times.signaledAtMs[row]! <= atMs - embargoMs
  );
}

/**
 * Cuts time into tests of about equally many rows, each with all the earlier rows that may train for it.
 *
 * Rows of one moment are never parted; a test that would be empty is left out.
 *
 * @throws {RangeError} when a rule is out of its range
 */
export function foldsOf(times: Times, rules: FoldRules): Fold[] {
  requireRules(rules);
  const order = timeOrder(times);
  const bounds = boundsOf(times, order, rules);
  return bounds.slice(0, -1).map((testFromMs, i): Fold => {
    const testToMs = bounds[i + 1]!;
    const at = (row: number) => times.signaledAtMs[row]!;
    const earlier = order.filter((row) => at(row) < testFromMs);
    const trainRows = endedBefore(times, earlier, testFromMs, rules);
    const testRows = order.filter((row) => at(row) >= testFromMs && at(row) < testToMs);
    return { testFromMs, testToMs, trainRows, testRows, purged: earlier.length - trainRows.length };
  });
}

/** The start of each test, ascending and all different, and the end of the last. */
function boundsOf(
  { signaledAtMs }: Times,
  order: Int32Array,
  { folds, firstTrainShare }: FoldRules,
): number[] {
  if (order.length === 0) return [];
  const first = Math.floor(order.length * firstTrainShare);
  const starts = Array.from({ length: folds }, (_, i) => {
    const place = first + Math.floor(i * (order.length - first) / folds);
    return signaledAtMs[order[place]!]!;
  });
  const end = signaledAtMs[order.at(-1)!]! + 1;
  return [...new Set(starts), end];
}

function requireRules({ folds, firstTrainShare, purgeMs, embargoMs }: FoldRules): void {
  const rule = (holds: boolean, what: string, value: number) => {
    if (!holds) throw new RangeError(`Cannot cut folds as ${what}: current value is ${value}`);
  };
  rule(Number.isInteger(folds) && folds >= 1, "folds must be whole and >= 1", folds);
  rule(
    firstTrainShare > 0 && firstTrainShare < 1,
    "firstTrainShare must be above 0, below 1",
    firstTrainShare,
  );
  rule(purgeMs >= 0, "purgeMs must be >= 0", purgeMs);
  rule(embargoMs >= 0, "embargoMs must be >= 0", embargoMs);
}
