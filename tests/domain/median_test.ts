/**
 * Medians.
 *
 * @module
 */
import assert from "node:assert/strict";
import { median, weightedMedian } from "../../domain/median.ts";

Deno.test("median() is the middle value, or the mean of the two in the middle, in order of number", () => {
  assert.deepEqual([[10, 9, 100], [4, 1, 3, 2], [7]].map((values) => median(Float64Array.from(values))), [
    10,
    2.5,
    7,
  ]);
});

Deno.test("weightedMedian() is the value at half of the weight", () => {
  const pairs = [{ value: 9, weight: 1 }, { value: 1, weight: 3 }, { value: 5, weight: 5 }];

  assert.equal(weightedMedian(pairs), 5);
  assert.equal(weightedMedian([{ value: 3, weight: 1 }, { value: 2, weight: 1 }]), 2);
});

Deno.test("median() and weightedMedian() refuse nothing", () => {
  assert.throws(() => median(new Float64Array()), RangeError);
  assert.throws(() => weightedMedian([]), RangeError);
});
