/**
 * Boosted trees: what they learn, that they learn it the same each time, and what they refuse.
 *
 * @module
 */
import assert from "node:assert/strict";
import { GBT_DEFAULTS, type GbtModel, gbtScore } from "../../../domain/learning/gbt.ts";
import { type GbtTraining, trainGbt } from "../../../domain/learning/gbt_train.ts";
import { fitLogistic, logisticScore } from "../../../domain/learning/linear.ts";
import { type Labelled, matrixOf, rowOf } from "../../../domain/learning/matrix.ts";
import { auc, logit, logLoss, sigmoid } from "../../../domain/learning/metrics.ts";
import { modelToJson } from "../../../domain/learning/model_json.ts";
import { drawsOf, makeExamples, together } from "../../kit/learning.ts";

const WHOLE = { ...GBT_DEFAULTS, roundsMax: 60, rowShare: 1 };

function grown(train: Labelled, options: GbtTraining = {}, seed = 1) {
  const trained = trainGbt(train, drawsOf(seed), options);
  assert.ok(trained.ok, trained.ok ? "" : trained.reason);
  return trained;
}

const scores = (model: GbtModel, { matrix }: Labelled) =>
  Float64Array.from({ length: matrix.rows }, (_, row) => gbtScore(model, rowOf(matrix, row)));

Deno.test("trainGbt() finds two features that matter only together, which logistic regression cannot", () => {
  const train = makeExamples({ seed: 1, rows: 3_000, chanceOf: together, missing: 0.2 });
  const test = makeExamples({ seed: 2, rows: 2_000, chanceOf: together, missing: 0.2 });
  const linear = fitLogistic(train);
  assert.ok(linear.ok);

  const { model } = grown(train, { parameters: { ...GBT_DEFAULTS, roundsMax: 150 } });
  const lines = Float64Array.from(
    test.wins,
    (_, row) => logisticScore(linear.model, rowOf(test.matrix, row)),
  );

  // The best there is: 0.9 of the wins are rated above 0.9 of the losses, so AUC 0.9, and log loss 0.325.
  assert.ok(auc(test.wins, scores(model, test)) > 0.87, `${auc(test.wins, scores(model, test))}`);
  assert.ok(logLoss(test.wins, scores(model, test)) < 0.38);
  assert.ok(Math.abs(auc(test.wins, lines) - 0.5) < 0.05, `${auc(test.wins, lines)}`);
});

Deno.test("trainGbt() gives equal models byte for byte for equal seeds, and others for other seeds", () => {
  const train = makeExamples({ seed: 3, rows: 800, chanceOf: together, missing: 0.1 });
  const parameters = { ...GBT_DEFAULTS, roundsMax: 20 };
  const text = (seed: number) => JSON.stringify(modelToJson(grown(train, { parameters }, seed).model));

  assert.equal(text(7), text(7));
  assert.notEqual(text(7), text(8));
});

Deno.test("trainGbt() lowers the training loss with every tree when each sees all rows", () => {
  const { trainLoss } = grown(makeExamples({ seed: 4, rows: 1_000, chanceOf: together }), {
    parameters: WHOLE,
  });

  assert.equal(trainLoss.length, 61);
  assert.ok(trainLoss.every((loss, round) => round === 0 || loss < trainLoss[round - 1]!));
});

Deno.test("trainGbt() reports the loss that the model's own scores have", () => {
  const train = makeExamples({ seed: 5, rows: 500, chanceOf: together, missing: 0.3 });
  const { model, trainLoss } = grown(train, { parameters: WHOLE });

  assert.ok(Math.abs(logLoss(train.wins, scores(model, train)) - trainLoss.at(-1)!) < 1e-12);
});

Deno.test("one tree of one split is the second-order step worked by hand", () => {
  // Four rows at 0 lose but one, four at 1 win but one.
  const train = {
    matrix: matrixOf(["a"], Float64Array.of(0, 0, 0, 0, 1, 1, 1, 1)),
    wins: Uint8Array.of(0, 0, 0, 1, 1, 1, 1, 0),
  };
  const parameters = { ...WHOLE, roundsMax: 1, learningRate: 0.5, leavesMax: 2, l2: 1, minChildWeight: 0.5 };

  const { model } = grown(train, { parameters });

  // Base 0; each side: gradient ±(3 × 0.5 − 0.5) = ±1, hessian 4 × 0.25 = 1; leaf ∓1 / (1 + 1), half of it taken.
  assert.deepEqual([...model.value], [0, -0.25, 0.25]);
  assert.deepEqual(
    [...scores(model, train)],
    [0, 0, 0, 0, 1, 1, 1, 1].map((a) => sigmoid(a === 1 ? 0.25 : -0.25)),
  );
});

Deno.test("trainGbt() learns the side of missing values, and uses that they are missing", () => {
  const only = makeExamples({ seed: 6, rows: 600 });
  const values = Float64Array.from(only.wins, (win) => win === 1 ? NaN : 4);
  const train = { matrix: matrixOf(["a"], values), wins: only.wins };

  const { model } = grown(train, { parameters: WHOLE });

  assert.ok(gbtScore(model, Float64Array.of(NaN)) > 0.8);
  assert.ok(gbtScore(model, Float64Array.of(4)) < 0.2);
  assert.equal(gbtScore(model, Float64Array.of(9e99)), gbtScore(model, Float64Array.of(4)));
});

Deno.test("missing values go to the side whose rows they are like, low or high", () => {
  for (const like of [0, 1]) {
    const values = Float64Array.from({ length: 900 }, (_, i) => [0, 1, NaN][i % 3]!);
    const wins = Uint8Array.from(
      values,
      (value, i) => (i % 10 === 0 ? 1 : 0) ^ (Number.isNaN(value) ? like : value),
    );
    const parameters = { ...WHOLE, roundsMax: 1, leavesMax: 2 };

    const { model } = grown({ matrix: matrixOf(["a"], values), wins }, { parameters });

    assert.equal(gbtScore(model, Float64Array.of(NaN)), gbtScore(model, Float64Array.of(like)));
    assert.notEqual(gbtScore(model, Float64Array.of(0)), gbtScore(model, Float64Array.of(1)));
  }
});

Deno.test("trainGbt() never splits on a constant feature, and on constants alone gives the share of wins", () => {
  const { matrix, wins } = makeExamples({ seed: 7, rows: 400, chanceOf: together });
  const half = matrix.values.map((value, i) => i % 4 === 2 ? 5 : value);
  const constant = { matrix: matrixOf(["a"], new Float64Array(400).fill(5)), wins };
  const share = wins.reduce((sum, win) => sum + win, 0) / 400;

  assert.ok(
    !grown({ matrix: matrixOf(matrix.names, half), wins }, { parameters: WHOLE }).model.feature.includes(2),
  );
  const { model } = grown(constant, { parameters: WHOLE });
  assert.ok(Math.abs(gbtScore(model, Float64Array.of(5)) - share) < 1e-9);
});

Deno.test("trainGbt() keeps its limits of leaves, depth and weight", () => {
  const train = makeExamples({ seed: 8, rows: 2_000, chanceOf: together });
  const parameters = { ...WHOLE, roundsMax: 5, leavesMax: 6, depthMax: 3, minChildWeight: 100 };
  const { model } = grown(train, { parameters });
  const rows = new Map<number, number>();
  for (const score of scores(grown(train, { parameters: { ...parameters, roundsMax: 1 } }).model, train)) {
    rows.set(score, (rows.get(score) ?? 0) + 1);
  }

  const leaves = [...model.starts].map((start, tree) =>
    [...model.feature.subarray(start, model.starts[tree + 1])].filter((feature) => feature < 0).length
  );
  assert.ok(leaves.every((count) => count > 1 && count <= 6), `${leaves}`);
  assert.ok(model.depth <= 3);
  // A row weighs at most 0.25, so 100 is at least 400 rows.
  assert.ok([...rows.values()].every((count) => count >= 400), `${[...rows.values()]}`);
});

Deno.test("trainGbt() stops when validation does not improve, and keeps the trees of the lowest loss", () => {
  const train = makeExamples({ seed: 9, rows: 600, chanceOf: together });
  const validation = makeExamples({ seed: 10, rows: 400, chanceOf: together });
  const parameters = {
    ...GBT_DEFAULTS,
    roundsMax: 2_000,
    learningRate: 0.3,
    patience: 10,
    minChildWeight: 1,
  };

  const { model, validationLoss } = grown(train, { parameters, validation });

  const best = validationLoss.indexOf(Math.min(...validationLoss));
  assert.equal(model.starts.length, best);
  assert.equal(validationLoss.length, best + 10 + 1);
  assert.ok(Math.abs(logLoss(validation.wins, scores(model, validation)) - validationLoss[best]!) < 1e-12);
});

Deno.test("trainGbt() keeps no tree when none helps on validation", () => {
  const train = makeExamples({ seed: 11, rows: 300, chanceOf: together });
  const against = { matrix: train.matrix, wins: train.wins.map((win) => 1 - win) };

  const { model } = grown(train, { validation: against });

  assert.equal(model.starts.length, 0);
  const share = train.wins.reduce((sum, win) => sum + win, 0) / 300;
  assert.equal(gbtScore(model, rowOf(train.matrix, 0)), sigmoid(logit(share)));
});

Deno.test("trainGbt() refuses one class, no rows and no validation rows, with the reason", () => {
  const { matrix, wins } = makeExamples({ seed: 13, rows: 5 });
  const none = { matrix: matrixOf(matrix.names, new Float64Array()), wins: new Uint8Array() };
  const reasonOf = (train: Labelled, validation: Labelled | null = null) => {
    const trained = trainGbt(train, drawsOf(1), { validation });
    return trained.ok ? null : trained.reason;
  };

  assert.deepEqual(
    [
      reasonOf({ matrix, wins: wins.map(() => 1) }),
      reasonOf(none),
      reasonOf({ matrix, wins: Uint8Array.of(0, 1, 0, 1, 0) }, none),
    ],
    [
      "cannot train trees: all 5 examples are wins: both classes are needed",
      "cannot train trees: there is no example",
      "cannot train trees: validation has no example",
    ],
  );
});

Deno.test("trainGbt() throws on a parameter out of range, gbtScore() on a row of another length", () => {
  const train = makeExamples({ seed: 14, rows: 50 });
  const { model } = grown(train, { parameters: { ...WHOLE, roundsMax: 1 } });

  const wild = { ...WHOLE, binsMax: 65 };
  assert.throws(() => trainGbt(train, drawsOf(1), { parameters: wild }), /binsMax must be whole, 2 to 64/);
  assert.throws(() => gbtScore(model, new Float64Array(3)), /values must be 4: current value is 3/);
});
