/**
 * Tracked signals: who counts, and in what order.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  daysOf,
  decidedOf,
  isTellingShadow,
  meanOf,
  rsOf,
  tallyOf,
} from "../../../domain/statistics/tracked.ts";
import { cohort, ended, open, unknown } from "./cohort.ts";

Deno.test("tallyOf() keeps unknown and open signals outside n", () => {
  const signals = [...cohort([1, -1, 2]), unknown(3), open(4), open(5)];

  assert.deepEqual(tallyOf(signals), { n: 3, wins: 2, losses: 1, unknown: 1, open: 2 });
  assert.deepEqual(rsOf(signals), [1, -1, 2]);
});

Deno.test("tallyOf() takes a win without an R for unknown", () => {
  const broken = ended(0, 1, {}, { r: null });

  assert.deepEqual(tallyOf([broken]), { n: 0, wins: 0, losses: 0, unknown: 1, open: 0 });
});

Deno.test("decidedOf() orders by resolution, then by id, and leaves its input alone", () => {
  const late = ended(0, 1, {}, { resolvedAtMs: 9 });
  const twinB = ended(2, -1, {}, { resolvedAtMs: 5 });
  const twinA = ended(1, 2, {}, { resolvedAtMs: 5 });
  const input = [late, twinB, twinA];

  assert.deepEqual(decidedOf(input).map(({ id }) => id), ["s000001", "s000002", "s000000"]);
  assert.deepEqual(input, [late, twinB, twinA]);
});

Deno.test("daysOf() parts by the UTC day a signal was made on, days ascending", () => {
  // The signals' Tuesday begins at 10:00: minute 839 is its last, 840 the first of Wednesday.
  const signals = [ended(840, 1), unknown(841), ended(839, -1, {}, { resolvedAtMs: 1 }), ended(0, 1)];

  assert.deepEqual(daysOf(signals).map((day) => day.map(({ id }) => id)), [["s000839", "s000000"], [
    "s000840",
  ]]);
  assert.deepEqual(daysOf([]), []);
});

Deno.test("isTellingShadow() passes over repeats and live signals", () => {
  const reasons = ["spread", "confidence", "cooldown", "duplicate", "structure"];
  const shadows = reasons.map((shadowReason) => ended(0, 1, { shadow: true, shadowReason }));

  assert.deepEqual(shadows.map(isTellingShadow), [true, true, false, false, false]);
  assert.equal(isTellingShadow(ended(0, 1)), false);
});

Deno.test("meanOf() of nothing is null", () => {
  assert.equal(meanOf([]), null);
  assert.equal(meanOf([1, 2, 6]), 3);
});
