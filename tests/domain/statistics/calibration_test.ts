/**
 * Calibration: pooled rates against their definition, scores worked by hand.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  blockFor,
  brierScore,
  calibrate,
  expectedError,
  isotonic,
  type Prediction,
  reliability,
} from "../../../domain/statistics/calibration.ts";
import { wilsonInterval } from "../../../domain/statistics/proportions.ts";
import { confidence } from "../../../protocols/units.ts";
import { ended, open, unknown } from "./cohort.ts";

/** Predictions from words: the value said, and one letter per result. */
function said(...words: readonly (readonly [number, string])[]): Prediction[] {
  return words.flatMap(([value, results]) =>
    [...results].map((result) => ({ said: value, won: result === "w" }))
  );
}

/**
 * The definition by max over a <= i of min over b >= i of the mean from a to b: Robertson, Wright and Dykstra, Order
 * Restricted Statistical Inference (1988), theorem 1.4.4.
 */
function minMax(predictions: readonly Prediction[]): Map<number, number> {
  const values = [...new Set(predictions.map((one) => one.said))].sort((a, b) => a - b);
  const rate = (a: number, b: number) => {
    const inside = predictions.filter((one) => one.said >= a && one.said <= b);
    return inside.filter(({ won }) => won).length / inside.length;
  };
  return new Map(values.map((value) => [
    value,
    Math.max(
      ...values.filter((a) => a <= value).map((a) =>
        Math.min(...values.filter((b) => b >= value).map((b) => rate(a, b)))
      ),
    ),
  ]));
}

Deno.test("isotonic() pools what falls, by hand", () => {
  // Rates 1/2, 1/3, 2/3, 1/2, 1: the first two pool to 2/5, the next two to 4/7.
  const blocks = isotonic(said([70, "wl"], [75, "wll"], [80, "wwl"], [85, "wwll"], [90, "w"]));

  assert.deepEqual(blocks, [
    { from: 70, to: 75, n: 5, successes: 2, rate: 2 / 5, interval: wilsonInterval(2, 5) },
    { from: 80, to: 85, n: 7, successes: 4, rate: 4 / 7, interval: wilsonInterval(4, 7) },
    { from: 90, to: 90, n: 1, successes: 1, rate: 1, interval: wilsonInterval(1, 1) },
  ]);
});

Deno.test("isotonic() of nothing is nothing, and of a fall all the way down one block", () => {
  assert.deepEqual(isotonic([]), []);
  assert.deepEqual(
    isotonic(said([70, "w"], [80, "wl"], [90, "l"])).map(({ from, to, rate }) => [from, to, rate]),
    [[70, 90, 0.5]],
  );
});

Deno.test("isotonic() is its quadratic definition, in whatever order the results come", () => {
  const prediction = fc.record({ said: fc.integer({ min: 0, max: 15 }), won: fc.boolean() });
  fc.assert(
    fc.property(fc.array(prediction, { minLength: 1, maxLength: 60 }), (predictions) => {
      const blocks = isotonic(predictions);
      const rates = blocks.map(({ rate }) => rate);

      for (const [value, rate] of minMax(predictions)) {
        assert.ok(Math.abs(blockFor(blocks, value)!.rate - rate) < 1e-12);
      }
      assert.deepEqual(rates, [...new Set(rates)].sort((a, b) => a - b));
      assert.deepEqual(isotonic(predictions.toReversed()), blocks);
      assert.equal(blocks.reduce((sum, { n }) => sum + n, 0), predictions.length);
    }),
    { seed: 7 },
  );
});

Deno.test("isotonic() scores no worse than any other rising map, its own input included", () => {
  const prediction = fc.record({
    said: fc.integer({ min: 0, max: 10 }).map((v) => v / 10),
    won: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(prediction, { minLength: 1 }),
      fc.double({ min: 0.1, max: 4, noNaN: true }),
      (all, bend) => {
        const blocks = isotonic(all);
        const mapped = (map: (value: number) => number) =>
          brierScore(all.map((one) => ({ ...one, said: map(one.said) })))!;

        assert.ok(
          mapped((value) => blockFor(blocks, value)!.rate) <= mapped((value) => value ** bend) + 1e-12,
        );
      },
    ),
    { seed: 8 },
  );
});

Deno.test("blockFor() lets the lower block speak between two, and the first below all", () => {
  const blocks = isotonic(said([70, "l"], [75, "wl"], [80, "w"]));
  const rateAt = (value: number) => blockFor(blocks, value)?.rate;

  assert.deepEqual([10, 70, 74.9, 75, 79.9, 80, 99].map(rateAt), [0, 0, 0, 0.5, 0.5, 1, 1]);
  assert.equal(blockFor([], 80), null);
});

Deno.test("brierScore() is 0 for the sure and right, 1 for the sure and wrong, 0.25 for the undecided", () => {
  assert.equal(brierScore(said([1, "w"], [0, "l"])), 0);
  assert.equal(brierScore(said([1, "l"], [0, "w"])), 1);
  assert.equal(brierScore(said([0.5, "wlllw"])), 0.25);
  // (0.2)² and (0.6)² by hand.
  assert.ok(Math.abs(brierScore(said([0.8, "w"], [0.6, "l"]))! - 0.2) < 1e-12);
  assert.equal(brierScore([]), null);
});

Deno.test("reliability() keeps empty bars and puts an edge above it", () => {
  const bins = reliability(said([0.29, "w"], [0.3, "wl"], [1, "w"]), 100);
  const full = bins.filter(({ n }) => n > 0).map(({ from, to, meanSaid, n, successes, rate }) => ({
    from,
    to,
    meanSaid,
    n,
    successes,
    rate,
  }));

  assert.equal(bins.length, 100);
  assert.deepEqual(full, [
    { from: 0.29, to: 0.3, meanSaid: 0.29, n: 1, successes: 1, rate: 1 },
    { from: 0.3, to: 0.31, meanSaid: 0.3, n: 2, successes: 1, rate: 0.5 },
    { from: 0.99, to: 1, meanSaid: 1, n: 1, successes: 1, rate: 1 },
  ]);
  assert.deepEqual(bins[0], {
    from: 0,
    to: 0.01,
    meanSaid: null,
    n: 0,
    successes: 0,
    rate: null,
    interval: null,
  });
});

Deno.test("reliability() refuses what is no probability", () => {
  assert.throws(() => reliability(said([1.01, "w"])), RangeError);
  assert.throws(() => reliability(said([NaN, "w"])), RangeError);
  assert.throws(() => reliability([], 0), RangeError);
});

Deno.test("expectedError() weighs bars by their n", () => {
  // 0.75 four times, won twice: 0.25 off. 0.25 once, lost: 0.25 off. 0.95 five times, won four: 0.15 off.
  const bins = reliability(said([0.75, "wwll"], [0.25, "l"], [0.95, "wwwwl"]));

  assert.ok(Math.abs(expectedError(bins)! - (0.4 * 0.25 + 0.1 * 0.25 + 0.5 * 0.15)) < 1e-12);
  assert.equal(expectedError(reliability([])), null);
});

Deno.test("calibrate() holds confidence against results and passes over what has none", () => {
  const signal = (i: number, value: number, r: number) => ended(i, r, { confidence: confidence(value) });
  const signals = [signal(0, 80, 1), signal(1, 80, -1), signal(2, 85, 1), unknown(3), open(4)];

  const { n, blocks, brier, expectedError, bins } = calibrate(signals, { designEffect: 1 });

  assert.equal(n, 3);
  assert.deepEqual(blocks.map(({ from, to, rate }) => [from, to, rate]), [[80, 80, 0.5], [85, 85, 1]]);
  assert.ok(Math.abs(brier! - (0.04 + 0.64 + 0.0225) / 3) < 1e-12);
  assert.ok(Math.abs(expectedError! - 0.45 / 3) < 1e-12);
  assert.deepEqual(bins.map((bin) => bin.n), [0, 0, 0, 0, 0, 0, 0, 0, 3, 0]);
  assert.deepEqual(calibrate([open(0)]).blocks, []);
});

Deno.test("calibrate() counts signals of one day as half as many unless told otherwise", () => {
  const wins = Array.from({ length: 8 }, (_, i) => ended(i, 1));

  assert.deepEqual(calibrate(wins).blocks[0]?.interval, wilsonInterval(4, 4));
});
