/**
 * Spread of R: bars that hold everything once, and intervals that say what they claim.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { bootstrapMean, histogram, meanRInterval } from "../../../domain/statistics/spread_of_r.ts";
import { mulberry32 } from "../../kit/candles.ts";
import { cohort, ended, times } from "./cohort.ts";

const DAY = 24 * 60;
const alone = (values: readonly number[]) => values.map((value) => [value]);

Deno.test("histogram() puts a value on an edge above it", () => {
  const bins = histogram([-1, 0.3, 0.3, 0.6, 0.7], { from: 0, to: 0.7, width: 0.1 });

  assert.deepEqual(bins.map(({ n }) => n), [1, 0, 0, 0, 2, 0, 0, 1, 1]);
  assert.deepEqual(bins.map(({ from }) => from), [null, 0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
});

Deno.test("histogram() holds every value once, in bars that meet", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -400, max: 600 })), (hundredths) => {
      const values = hundredths.map((value) => value / 100);
      const bins = histogram(values);

      for (const [i, bin] of bins.entries()) {
        const inside = values.filter((value) =>
          value >= (bin.from ?? -Infinity) && value < (bin.to ?? Infinity)
        );
        assert.equal(bin.n, inside.length);
        assert.equal(bin.to, bins[i + 1]?.from ?? null);
      }
    }),
    { seed: 5 },
  );
});

Deno.test("histogram() refuses bars of no width", () => {
  assert.throws(() => histogram([], { width: 0 }), RangeError);
  assert.throws(() => histogram([], { from: 1, to: 1 }), RangeError);
});

Deno.test("bootstrapMean() gives the same interval for the same seed", () => {
  const values = alone([1, -1, 2, -1, 0.5]);
  const first = bootstrapMean(values, { random: mulberry32(7) });

  assert.deepEqual(bootstrapMean(values, { random: mulberry32(7) }), first);
  assert.notDeepEqual(bootstrapMean(values, { random: mulberry32(8), resamples: 100 }), first);
});

Deno.test("bootstrapMean() of two values tells every resample apart", () => {
  // Means of two draws from 0 and 1: 0, 0.5, 0.5, 1, a quarter each; a 40 % interval is the middle alone.
  const settings = { random: mulberry32(1), resamples: 1_000 };

  assert.deepEqual(bootstrapMean(alone([0, 1]), { ...settings, level: 0.4 }), [0.5, 0.5]);
  assert.deepEqual(bootstrapMean(alone([0, 1]), { ...settings, level: 0.95 }), [0, 1]);
});

Deno.test("bootstrapMean() mirrors with its values: as much is cut off above as below", () => {
  const values = [3, -1, 0.25, 7, -4, 2.5, 11];
  const [low, high] = bootstrapMean(alone(values), { random: mulberry32(2), resamples: 200 })!;

  const mirrored = bootstrapMean(alone(values.map((value) => -value)), {
    random: mulberry32(2),
    resamples: 200,
  });

  assert.deepEqual(mirrored, [-high, -low]);
});

Deno.test("bootstrapMean() holds the true mean about as often as it says", () => {
  const random = mulberry32(11);
  let held = 0;
  for (let i = 0; i < 200; i++) {
    const values = Array.from({ length: 80 }, () => random() < 0.4 ? 1.5 : -1);
    const [low, high] = bootstrapMean(alone(values), { random, resamples: 400 })!;
    if (low <= 0 && 0 <= high) held++;
  }

  // 95 % of 200 is 190; four standard deviations of the count are 12.
  assert.ok(held >= 178 && held <= 200, `held ${held} of 200`);
});

Deno.test("bootstrapMean() is null where nothing can be resampled and refuses impossible settings", () => {
  const random = mulberry32(1);

  assert.equal(bootstrapMean([], { random }), null);
  assert.equal(bootstrapMean([[1, 2, 3], []], { random }), null);
  assert.throws(() => bootstrapMean(alone([1, 2]), { random, resamples: 99 }), RangeError);
  assert.throws(() => bootstrapMean(alone([1, 2]), { random, level: 1 }), RangeError);
});

Deno.test("meanRInterval() draws whole days: ten alike signals of a day say no more than one", () => {
  const rs = [1, -1, 2, -1, -1, 2];
  const single = rs.map((r, day) => ended(day * DAY, r));
  const tenfold = rs.flatMap((r, day) => times(10, r).map((_, i) => ended(day * DAY + i, r)));

  const interval = meanRInterval(single, { random: mulberry32(3) });

  assert.deepEqual(meanRInterval(tenfold, { random: mulberry32(3) }), interval);
  assert.deepEqual(meanRInterval(tenfold.toReversed(), { random: mulberry32(3) }), interval);
  assert.equal(meanRInterval(cohort([1, -1, 1]), { random: mulberry32(3) }), null);
});
