/**
 * Confidence: weighted parts, the cap on boosts, and rounding.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { adjusted, confidenceOf } from "../../domain/confidence.ts";
import { confidence } from "../../protocols/units.ts";

const part = (value: number, weight = 1) => ({ name: "part", value, weight });

Deno.test("confidenceOf() runs from 60 to 95", () => {
  assert.equal(confidenceOf([part(0)]), 60);
  assert.equal(confidenceOf([part(1), part(1, 7)]), 95);
});

Deno.test("confidenceOf() weighs its parts and rounds to 0.1", () => {
  assert.equal(confidenceOf([part(0.2, 3), part(0.9, 1)]), 73.1); // 60 + 35 × 1.5 / 4 = 73.125
});

Deno.test("confidenceOf() refuses to rate without parts, outside 0 to 1, or without weight", () => {
  assert.throws(() => confidenceOf([]), /parts must be >= 1: current value is 0/);
  assert.throws(() => confidenceOf([part(1.01)]), /"part" must be 0 to 1: current value is 1.01/);
  assert.throws(() => confidenceOf([part(NaN)]), /current value is NaN/);
  assert.throws(() => confidenceOf([part(0.5, 0)]), /weight of "part" must be > 0: current value is 0/);
});

Deno.test("adjusted() lifts no confidence past 89.0 and says how much it withheld", () => {
  assert.deepEqual(adjusted(confidence(75), 10), { confidence: 85, applied: 10, cappedBy: 0 });
  assert.deepEqual(adjusted(confidence(88.4), 10), { confidence: 89, applied: 0.6, cappedBy: 9.4 });
  assert.deepEqual(adjusted(confidence(91.2), 10), { confidence: 91.2, applied: 0, cappedBy: 10 });
});

Deno.test("adjusted() takes a penalty whole, down to 0", () => {
  assert.deepEqual(adjusted(confidence(91.2), -10), { confidence: 81.2, applied: -10, cappedBy: 0 });
  assert.deepEqual(adjusted(confidence(4), -10), { confidence: 0, applied: -4, cappedBy: 0 });
});

Deno.test("adjusted() never moves a confidence against the sign of its points, nor a boost out of the band", () => {
  const tenths = fc.integer({ min: 0, max: 950 }).map((value) => confidence(value / 10));
  fc.assert(
    fc.property(tenths, fc.integer({ min: -300, max: 300 }).map((value) => value / 10), (from, points) => {
      const { confidence: to, applied, cappedBy } = adjusted(from, points);
      assert.ok(Math.sign(to - from) * Math.sign(points) >= 0);
      assert.ok(points <= 0 || to <= Math.max(from, 89));
      assert.ok(Math.abs(from + applied - to) < 1e-9 && cappedBy >= 0);
      assert.equal(Math.round(to * 10) / 10, to);
    }),
    { seed: 89 },
  );
});
