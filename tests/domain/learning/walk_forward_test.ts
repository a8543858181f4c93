/**
 * Walk-forward validation: what it measures, and that it prefers the simpler model unless the other is better.
 *
 * @module
 */
import assert from "node:assert/strict";
import { boardOf } from "../../../domain/learning/board.ts";
import { GBT_DEFAULTS } from "../../../domain/learning/gbt.ts";
import { sigmoid } from "../../../domain/learning/metrics.ts";
import { verdictOf } from "../../../domain/learning/verdict.ts";
import { learn, LEARNING_DEFAULTS, walkForward } from "../../../domain/learning/walk_forward.ts";
import { drawsOf, makeExamples, together } from "../../kit/learning.ts";

const RULES = {
  ...LEARNING_DEFAULTS,
  draws: 300,
  trees: { ...GBT_DEFAULTS, learningRate: 0.1, roundsMax: 150, patience: 15 },
};
const DAY_MS = 86_400_000;

Deno.test("walkForward() says plain on pure noise, over 30 seeds", () => {
  const verdicts = Array.from({ length: 30 }, (_, seed) => {
    const examples = makeExamples({ seed: 100 + seed, rows: 600, features: 5, missing: 0.1 });
    const { verdict, pooled } = walkForward(examples, { ...RULES, draws: 200 }, drawsOf(seed));
    // Enough to be judged by its numbers.
    assert.deepEqual([pooled!.rows, pooled!.blocks], [360, 30]);
    return verdict.use;
  });

  assert.deepEqual(verdicts, verdicts.map(() => "plain"));
});

Deno.test("walkForward() says gbt where features matter only together, with the numbers", () => {
  const examples = makeExamples({ seed: 1, rows: 2_000, chanceOf: together });
  const { verdict, pooled, folds } = walkForward(examples, RULES, drawsOf(1));

  assert.equal(verdict.use, "gbt");
  assert.ok(pooled!.gbt.auc > 0.8 && pooled!.plain.auc < 0.6);
  assert.ok(pooled!.gbtLessPlain.logLoss.high < -0.1 && pooled!.gbtLessPlain.auc.low > 0.2);
  assert.match(
    verdict.why,
    /^Logistic regression against plain confidence: (a tie|worse), the simpler stays: log loss/,
  );
  assert.match(
    verdict.why,
    /Boosted trees beat plain confidence: log loss -0\.\d{4} \(95 % -0\.\d{4} to -0\.\d{4}\), AUC \+0/,
  );
  assert.match(
    verdict.why,
    /lower log loss in 5 of 5 folds\. On 1200 tested signals, \d+ won, in 101 blocks of time\.$/,
  );
  assert.deepEqual(folds.map(({ testRows }) => testRows), [240, 240, 240, 240, 240]);
});

Deno.test("walkForward() says logistic where a line is all there is", () => {
  const examples = makeExamples({ seed: 2, rows: 2_000, chanceOf: (row) => sigmoid(2 * row[0]! + row[1]!) });
  const { verdict } = walkForward(examples, RULES, drawsOf(2));

  assert.equal(verdict.use, "logistic");
  assert.match(verdict.why, /^Logistic regression beat plain confidence/);
});

Deno.test("walkForward() says plain where the confidence is all there is, and the plain model is good", () => {
  const chanceOf = (_row: Float64Array, confidence: number) => sigmoid((confidence - 82) / 4);
  const { verdict, pooled } = walkForward(
    makeExamples({ seed: 3, rows: 1_500, chanceOf }),
    RULES,
    drawsOf(3),
  );

  assert.equal(verdict.use, "plain");
  assert.ok(pooled!.plain.auc > 0.7);
  assert.ok(pooled!.logisticLessPlain.logLoss.low > 0);
});

Deno.test("walkForward() gives equal results for equal draws", () => {
  const examples = makeExamples({ seed: 4, rows: 600, chanceOf: together });

  assert.deepEqual(walkForward(examples, RULES, drawsOf(5)), walkForward(examples, RULES, drawsOf(5)));
});

Deno.test("walkForward() trains on nothing that was still open when its test began", () => {
  const examples = makeExamples({ seed: 5, rows: 600 });
  // Every row stays open for 20 days, at 12 a day: the 240 before a test are open, or end as it begins.
  const resolvedAtMs = examples.signaledAtMs.map((atMs) => atMs + 20 * DAY_MS);
  const { folds } = walkForward(
    { ...examples, resolvedAtMs },
    { ...RULES, purgeMs: 0, embargoMs: 0 },
    drawsOf(1),
  );

  assert.deepEqual(folds.map(({ trainRows, purged }) => [trainRows, purged]), [
    [0, 240],
    [72, 240],
    [144, 240],
    [216, 240],
    [288, 240],
  ]);
  assert.equal(folds[0]!.skipped, "cannot calibrate the confidence: there is no example");
  assert.equal(folds[0]!.board, null);
});

Deno.test("walkForward() skips every fold of one class, says why, and keeps the plain confidence", () => {
  const examples = makeExamples({ seed: 6, rows: 100, chanceOf: () => 0 });
  const { folds, pooled, verdict } = walkForward(examples, RULES, drawsOf(1));

  assert.match(folds[0]!.skipped!, /examples are losses: both classes are needed$/);
  assert.equal(pooled, null);
  assert.deepEqual(verdict, { use: "plain", why: "Plain confidence is kept: no fold could be tested." });
});

Deno.test("learn() fits all three on every row beside the validation, or says why not", () => {
  const examples = makeExamples({ seed: 7, rows: 600, chanceOf: together });
  const learned = learn(examples, RULES, drawsOf(1), "hash");
  assert.ok(learned.ok);
  const { plain, logistic, gbt } = learned.model.models;
  const refused = learn(makeExamples({ seed: 7, rows: 9, chanceOf: () => 1 }), RULES, drawsOf(1), "hash");

  assert.deepEqual([plain, logistic, gbt].map(({ kind, dataHash }) => [kind, dataHash]), [
    ["plain", "hash"],
    ["logistic", "hash"],
    ["gbt", "hash"],
  ]);
  assert.equal(learned.model.validation.folds.length, 5);
  assert.deepEqual(refused, {
    ok: false,
    reason: "cannot calibrate the confidence: all 9 examples are wins: both classes are needed",
  });
});

const PREDICTIONS = {
  wins: Uint8Array.of(1, 0, 1, 0),
  signaledAtMs: Float64Array.of(0, 1, DAY_MS, DAY_MS + 1),
  plain: new Float64Array(4).fill(0.5),
  logistic: new Float64Array(4).fill(0.5),
  gbt: Float64Array.of(0.9, 0.1, 0.6, 0.4),
};

Deno.test("boardOf() draws whole days: its interval runs from the worse day to the better", () => {
  const board = boardOf(PREDICTIONS, { blockMs: DAY_MS, draws: 400 }, drawsOf(1));
  const { value, low, high } = board.gbtLessPlain.brier;

  assert.deepEqual([board.rows, board.wins, board.blocks], [4, 2, 2]);
  // Brier 0.01 on the first day, 0.16 on the second, 0.25 for a coin.
  const expected = [(0.01 + 0.16) / 2 - 0.25, 0.01 - 0.25, 0.16 - 0.25];
  [value, low, high].forEach((each, i) => assert.ok(Math.abs(each - expected[i]!) < 1e-12, `${each}`));
  assert.deepEqual(board.logisticLessPlain.logLoss, { value: 0, low: 0, high: 0 });
  assert.deepEqual(board.gbtLessPlain.auc, { value: 0.5, low: 0.5, high: 0.5 });
});

Deno.test("verdictOf() keeps plain on too few signals or days", () => {
  const board = boardOf(PREDICTIONS, { blockMs: DAY_MS, draws: 20 }, drawsOf(1));

  assert.deepEqual(verdictOf(board, [board]), {
    use: "plain",
    why: "Plain confidence is kept: 4 tested signals in 2 blocks of time are too few; 200 in 20 are needed.",
  });
});

Deno.test("verdictOf() keeps the simpler model on a tie, a worse one, no better ranking, or an edge of one fold", () => {
  const board = boardOf(PREDICTIONS, { blockMs: DAY_MS, draws: 20 }, drawsOf(1));
  const better = { value: -0.02, low: -0.03, high: -0.01 }, tie = { value: -0.02, low: -0.1, high: 0 };
  const worse = { value: 0.02, low: 0.01, high: 0.03 };
  const of = (logLoss: typeof tie, auc = worse) => {
    const gbtLessPlain = { ...board.gbtLessPlain, logLoss, auc };
    return { ...board, rows: 500, blocks: 40, gbtLessPlain };
  };
  const saidOf = (pooled: ReturnType<typeof of>, folds: readonly (typeof tie)[]) => {
    const { use, why } = verdictOf(pooled, folds.map((fold) => of(fold)));
    return [use, why.slice(why.indexOf("Boosted"), why.indexOf(": log loss", why.indexOf("Boosted")))];
  };

  assert.deepEqual([
    saidOf(of(better), [better, better, worse]),
    saidOf(of(tie), [better]),
    saidOf(of(worse), [better]),
    saidOf(of(better, tie), [better]),
    saidOf(of(better), [better, worse]),
  ], [
    ["gbt", "Boosted trees beat plain confidence"],
    ["plain", "Boosted trees against plain confidence: a tie, the simpler stays"],
    ["plain", "Boosted trees against plain confidence: worse, the simpler stays"],
    ["plain", "Boosted trees against plain confidence: less loss but no better ranking, the simpler stays"],
    ["plain", "Boosted trees against plain confidence: better in too few folds, the simpler stays"],
  ]);
});
