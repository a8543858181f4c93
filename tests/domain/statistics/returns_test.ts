/**
 * Returns: five signals worked by hand, and nothing where there is nothing.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  annualised,
  profitFactor,
  returnsOf,
  sharpe,
  sortino,
  standardDeviation,
} from "../../../domain/statistics/returns.ts";
import { pips } from "../../../protocols/units.ts";
import { cohort, ended, minute, open, times, unknown } from "./cohort.ts";

const near = (actual: number | null, expected: number) => assert.ok(Math.abs(actual! - expected) < 1e-12);

Deno.test("returnsOf() works five signals out as by hand", () => {
  // R 2, −1, 2, −1, −1 of stops of 15 pips, minutes 1 to 5 long: sum 1, curve 2, 1, 3, 2, 1.
  const signals = [2, -1, 2, -1, -1].map((r, i) =>
    ended(i, r, {}, { durationMs: (i + 1) * 60_000, mfePips: pips(30 * i), maePips: pips(15) })
  );

  const { winRate, expectancyR, profitFactor, sharpe, sortino, ...rest } = returnsOf(
    [...signals, unknown(5), open(6)],
    { designEffect: 1 },
  );

  // Wilson for 2 of 5: 0.1176 to 0.7693.
  assert.deepEqual(winRate.interval?.map((end) => end.toFixed(4)), ["0.1176", "0.7693"]);
  near(winRate.rate, 0.4);
  near(expectancyR, 0.2);
  near(profitFactor, 4 / 3);
  // Squares about 0.2: 2 × 3.24 + 3 × 1.44 = 10.8, over 4 is 2.7. Downside: 3 of 5.
  near(sharpe, 0.2 / Math.sqrt(2.7));
  near(sortino, 0.2 / Math.sqrt(0.6));
  assert.deepEqual(rest, {
    n: 5,
    wins: 2,
    losses: 3,
    unknown: 1,
    open: 1,
    totalR: 1,
    drawdown: { depthR: 2, fromMs: minute(2) + 30_000, toMs: minute(4) + 30_000, recoveredAtMs: null },
    streaks: { wins: 1, losses: 2 },
    averageDurationMs: 180_000,
    medianDurationMs: 180_000,
    meanMfeR: 4,
    meanMaeR: 1,
  });
});

Deno.test("returnsOf() of nothing has null where there is no number", () => {
  assert.deepEqual(returnsOf([]), {
    n: 0,
    wins: 0,
    losses: 0,
    unknown: 0,
    open: 0,
    winRate: { n: 0, successes: 0, rate: null, interval: null },
    expectancyR: null,
    totalR: 0,
    profitFactor: null,
    sharpe: null,
    sortino: null,
    drawdown: null,
    streaks: { wins: 0, losses: 0 },
    averageDurationMs: null,
    medianDurationMs: null,
    meanMfeR: null,
    meanMaeR: null,
  });
});

Deno.test("returnsOf() counts signals of one day as half as many unless told otherwise", () => {
  const forty = cohort([...times(24, 1), ...times(16, -1)]);
  const twenty = cohort([...times(12, 1), ...times(8, -1)]);

  assert.deepEqual(
    returnsOf(forty).winRate.interval,
    returnsOf(twenty, { designEffect: 1 }).winRate.interval,
  );
});

Deno.test("ratios are null where their divisor is nothing", () => {
  assert.deepEqual([profitFactor([1, 2]), sortino([1, 2]), sortino([])], [null, null, null]);
  assert.deepEqual([sharpe([1]), sharpe([0.1, 0.1, 0.1]), standardDeviation([3])], [null, null, null]);
  assert.deepEqual([profitFactor([-1]), sortino([-1])], [0, -1]);
});

Deno.test("annualised() grows with the root of the trades", () => {
  assert.equal(annualised(0.1, 400), 2);
  assert.throws(() => annualised(0.1, 0), RangeError);
});
