/**
 * Logistic regression and the plain confidence.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fitLogistic, fitPlain, logisticScore, plainScore } from "../../../domain/learning/linear.ts";
import { matrixOf, rowOf } from "../../../domain/learning/matrix.ts";
import { sigmoid } from "../../../domain/learning/metrics.ts";
import { makeExamples } from "../../kit/learning.ts";

const near = (actual: number, expected: number, within: number) =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected} ± ${within}`);

Deno.test("fitLogistic() finds the weights that made the wins", () => {
  const chanceOf = (row: Float64Array) => sigmoid(0.5 + 2 * row[0]! - row[1]!);
  const fitted = fitLogistic(makeExamples({ seed: 1, rows: 20_000, chanceOf }));
  assert.ok(fitted.ok);

  const { weights, scales, means, intercept } = fitted.model;
  const raw = weights.map((weight, i) => weight * scales[i]!);
  // Standard errors at 20,000 rows are about 0.03.
  near(raw[0]!, 2, 0.12);
  near(raw[1]!, -1, 0.12);
  near(raw[2]!, 0, 0.12);
  near(intercept - raw.reduce((sum, each, i) => sum + each * means[i]!, 0), 0.5, 0.08);
});

Deno.test("fitLogistic() ends where the penalised loss is flat", () => {
  const train = makeExamples({ seed: 2, rows: 300, chanceOf: (row) => sigmoid(row[0]!) });
  const fitted = fitLogistic(train, "", 3);
  assert.ok(fitted.ok);
  const { weights, means, scales } = fitted.model;

  const slopes = weights.map((weight) => 3 * weight);
  let free = 0;
  train.wins.forEach((win, row) => {
    const off = logisticScore(fitted.model, rowOf(train.matrix, row)) - win;
    rowOf(train.matrix, row).forEach((value, i) => slopes[i]! += off * (value - means[i]!) * scales[i]!);
    free += off;
  });

  for (const slope of [...slopes, free]) near(slope, 0, 1e-6);
});

Deno.test("fitLogistic() of rows that a line parts ends, with finite weights and no sure answer", () => {
  const matrix = matrixOf(["a"], Float64Array.of(1, 2, 3, 4));
  const fitted = fitLogistic({ matrix, wins: Uint8Array.of(0, 0, 1, 1) });
  assert.ok(fitted.ok);

  const scores = [1, 2, 3, 4].map((a) => logisticScore(fitted.model, Float64Array.of(a)));
  assert.ok(scores.every((score, i) => score > 0 && score < 1 && (i === 0 || score > scores[i - 1]!)));
});

Deno.test("fitLogistic() gives a constant feature no weight, and takes a missing value for the mean", () => {
  const matrix = matrixOf(["a", "constant"], Float64Array.of(1, 7, 2, 7, NaN, 7, 3, 7, 6, 7));
  const fitted = fitLogistic({ matrix, wins: Uint8Array.of(0, 1, 0, 1, 1) });
  assert.ok(fitted.ok);
  const { model } = fitted;

  assert.equal(model.scales[1], 0);
  assert.equal(model.weights[1], 0);
  assert.deepEqual([...model.means], [3, 7]);
  near(logisticScore(model, Float64Array.of(NaN, 7)), logisticScore(model, Float64Array.of(3, 99)), 1e-15);
});

Deno.test("fitPlain() of one confidence gives Platt's share of wins: (3 × 4/5 + 2 × 1/4) / 5", () => {
  const fitted = fitPlain(new Float64Array(5).fill(80), Uint8Array.of(1, 1, 1, 0, 0));
  assert.ok(fitted.ok);

  assert.equal(fitted.model.slope, 0);
  near(plainScore(fitted.model, 80), (3 * 4 / 5 + 2 / 4) / 5, 1e-9);
});

Deno.test("fitPlain() finds how the chance of a win rises with confidence", () => {
  const { confidence, wins } = makeExamples({
    seed: 3,
    rows: 20_000,
    chanceOf: (_row, confidence) => sigmoid(-8 + 0.1 * confidence),
  });
  const fitted = fitPlain(confidence, wins);
  assert.ok(fitted.ok);

  near(fitted.model.slope, 0.1, 0.01);
  near(plainScore(fitted.model, 80), 0.5, 0.02);
});

Deno.test("both refuse one class and nothing, with the reason", () => {
  const matrix = matrixOf(["a"], Float64Array.of(1, 2));
  const logistic = fitLogistic({ matrix, wins: Uint8Array.of(0, 0) });
  const plain = fitPlain(new Float64Array(), new Uint8Array());

  assert.deepEqual([logistic, plain], [
    {
      ok: false,
      reason: "cannot fit logistic regression: all 2 examples are losses: both classes are needed",
    },
    { ok: false, reason: "cannot calibrate the confidence: there is no example" },
  ]);
});

Deno.test("logisticScore() throws on a row of another length", () => {
  const fitted = fitLogistic(makeExamples({ seed: 4, rows: 50 }));
  assert.ok(fitted.ok);

  assert.throws(
    () => logisticScore(fitted.model, new Float64Array(5)),
    /values must be 4: current value is 5/,
  );
});
