/**
 * Metrics: values worked by hand, and what AUC is by definition.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { auc, brier, logLoss, logLossOf, metricsOf, sigmoid } from "../../../domain/learning/metrics.ts";

const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);

Deno.test("logLoss() is the mean of minus the logarithm of what was given to the end that came", () => {
  // −(ln 0.8 + ln 0.75 + ln 0.5) / 3 = (0.2231435513 + 0.2876820724 + 0.6931471806) / 3
  near(logLoss(Uint8Array.of(1, 0, 1), Float64Array.of(0.8, 0.25, 0.5)), -Math.log(0.8 * 0.75 * 0.5) / 3);
  assert.equal(logLoss(Uint8Array.of(1, 0, 1), Float64Array.of(0.8, 0.25, 0.5)).toFixed(6), "0.401324");
});

Deno.test("logLoss() of a coin is ln 2, and a sure error costs much but not everything", () => {
  near(logLoss(Uint8Array.of(1, 0), Float64Array.of(0.5, 0.5)), Math.LN2);
  assert.equal(logLossOf(1, 0), -Math.log(1e-12));
  assert.ok(logLossOf(0, 0) < 1e-11);
});

Deno.test("brier() is the mean squared error", () => {
  near(brier(Uint8Array.of(1, 0, 1), Float64Array.of(0.8, 0.25, 0.5)), (0.04 + 0.0625 + 0.25) / 3);
});

Deno.test("auc() counts pairs in order, ties by half", () => {
  assert.equal(auc(Uint8Array.of(0, 0, 1, 1), Float64Array.of(0.1, 0.4, 0.35, 0.8)), 0.75);
  assert.equal(auc(Uint8Array.of(0, 1), Float64Array.of(0.5, 0.5)), 0.5);
  // Wins 0.4 and 0.9 over losses 0.4 and 0.2: 0.5 + 1 + 1 + 1 of 4.
  assert.equal(auc(Uint8Array.of(1, 1, 0, 0), Float64Array.of(0.4, 0.9, 0.4, 0.2)), 0.875);
});

Deno.test("auc() of one class is not known", () => {
  assert.equal(auc(Uint8Array.of(1, 1), Float64Array.of(0.4, 0.9)), NaN);
});

Deno.test("auc() is the share of pairs in order for any labels and probabilities", () => {
  const rows = fc.array(fc.tuple(fc.nat(1), fc.integer({ min: 0, max: 5 })), { minLength: 2, maxLength: 40 });
  fc.assert(fc.property(rows, (pairs) => {
    const wins = Uint8Array.from(pairs, ([win]) => win);
    const probabilities = Float64Array.from(pairs, ([, level]) => level / 5);
    const won = pairs.filter(([win]) => win === 1), lost = pairs.filter(([win]) => win === 0);
    const inOrder = won.flatMap(([, a]) => lost.map(([, b]) => a > b ? 1 : a === b ? 0.5 : 0) as number[]);

    const found = auc(wins, probabilities);

    if (inOrder.length === 0) assert.equal(found, NaN);
    else near(found, inOrder.reduce((sum, each) => sum + each, 0) / inOrder.length);
  }));
});

Deno.test("metricsOf() gives all three, and sigmoid() is even about zero", () => {
  assert.deepEqual(metricsOf(Uint8Array.of(1, 0), Float64Array.of(0.5, 0.5)), {
    logLoss: Math.LN2,
    brier: 0.25,
    auc: 0.5,
  });
  near(sigmoid(2) + sigmoid(-2), 1);
});
