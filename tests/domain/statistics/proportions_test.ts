/**
 * Proportions: printed intervals, counted p-values, and nothing where there is nothing.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { wilson } from "../../../domain/analytics.ts";
import { binomialTest, proportion, wilsonInterval, Z_95 } from "../../../domain/statistics/proportions.ts";
import { rounded } from "./cohort.ts";

Deno.test("wilsonInterval() gives Newcombe's published intervals", () => {
  // Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
  const published = [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ];

  const ours = published.map(([wins, n]) => [wins, n, ...rounded(wilsonInterval(wins!, n!)!, 4)]);

  assert.deepEqual(ours, published);
});

Deno.test("wilsonInterval() agrees with what analytics shows", () => {
  const shown = wilsonInterval(37, 61, { designEffect: 2 })!.map((end) => 100 * end);

  assert.deepEqual(rounded(shown, 1), wilson(37, 61));
});

Deno.test("wilsonInterval() solves Wilson's quadratic, lies in 0 to 1 and mirrors", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 400 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0.1, max: 5, noNaN: true }),
      (n, share, z) => {
        const wins = Math.round(n * share), p = wins / n;
        const [low, high] = wilsonInterval(wins, n, { z })!;
        const [mirrorLow, mirrorHigh] = wilsonInterval(n - wins, n, { z })!;

        // The ends are the rates whose own standard error puts p exactly z away.
        for (const end of [low, high]) {
          assert.ok(Math.abs((p - end) ** 2 - z * z * end * (1 - end) / n) < 1e-12);
        }
        assert.ok(low >= 0 && low <= p + 1e-12 && p <= high + 1e-12 && high <= 1);
        assert.ok(Math.abs(low + mirrorHigh - 1) < 1e-12 && Math.abs(high + mirrorLow - 1) < 1e-12);
      },
    ),
    { seed: 3 },
  );
});

Deno.test("proportion() of nothing has null where there is no number", () => {
  assert.deepEqual(proportion(0, 0), { n: 0, successes: 0, rate: null, interval: null });
  assert.deepEqual(proportion(2, 2, { z: Z_95 }).rate, 1);
  assert.equal(binomialTest(0, 0, 0.5), null);
});

Deno.test("binomialTest() counts eight heads in ten", () => {
  const found = binomialTest(8, 10, 0.5)!;

  // 1 + 10 + 45 of 1,024 on either side; the half of 45 taken off each for the mid-p.
  assert.ok(Math.abs(found.exact - 112 / 1_024) < 1e-12);
  assert.ok(Math.abs(found.midP - 67 / 1_024) < 1e-12);
});

Deno.test("binomialTest() takes no head for as odd as no tail, though their last bits differ", () => {
  for (const none of [0, 10]) {
    const { exact, midP } = binomialTest(none, 10, 0.5)!;

    assert.ok(Math.abs(exact - 2 / 1_024) < 1e-12 && Math.abs(midP - 1 / 1_024) < 1e-12);
  }
});

Deno.test("binomialTest() agrees with Conover's peas", () => {
  // R's `?binom.test`: 682 of 925 against 0.75 (Conover 1971, p. 97), p-value = 0.3825.
  assert.equal(binomialTest(682, 925, 0.75)!.exact.toFixed(4), "0.3825");
});

Deno.test("binomialTest() errs no more often than it says", () => {
  // Every count that gives p <= alpha, weighed by its own probability.
  for (const [n, rate] of [[12, 0.5], [30, 0.62], [45, 0.1]] as const) {
    for (const alpha of [0.01, 0.05, 0.2]) {
      const refused = Array.from({ length: n + 1 }, (_, k) => k)
        .filter((k) => binomialTest(k, n, rate)!.exact <= alpha)
        .reduce((sum, k) => sum + ways(n, k) * rate ** k * (1 - rate) ** (n - k), 0);

      assert.ok(refused <= alpha, `${refused} at ${alpha}`);
    }
  }
});

Deno.test("binomialTest() knows a sure thing", () => {
  assert.deepEqual(binomialTest(5, 5, 1), { exact: 1, midP: 1 });
  assert.deepEqual(binomialTest(4, 5, 1), { exact: 0, midP: 0 });
});

Deno.test("a rate of impossible counts or settings is refused", () => {
  assert.throws(() => wilsonInterval(3, 2), /current value is 3 of 2/);
  assert.throws(() => wilsonInterval(-1, 2), RangeError);
  assert.throws(() => wilsonInterval(NaN, 2), RangeError);
  assert.throws(() => wilsonInterval(1, 2, { z: 0 }), RangeError);
  assert.throws(() => wilsonInterval(1, 2, { designEffect: 0.5 }), RangeError);
  assert.throws(() => binomialTest(1, 2.5, 0.5), RangeError);
  assert.throws(() => binomialTest(1, 2, 1.1), RangeError);
});

function ways(n: number, k: number): number {
  let count = 1;
  for (let i = 1; i <= k; i++) count = count * (n - k + i) / i;
  return count;
}
