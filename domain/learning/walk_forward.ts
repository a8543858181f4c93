/**
 * Walk-forward validation: train on what had ended, test on what came next, move on, and compare.
 *
 * @module
 */
import { type Board, boardOf, type BootstrapRules, type ModelKind, type Predictions } from "./board.ts";
import { endedBefore, type Fold, type FoldRules, foldsOf, type Separation, timeOrder } from "./folds.ts";
import { GBT_DEFAULTS, type GbtModel, type GbtParameters } from "./gbt.ts";
import { trainGbt } from "./gbt_train.ts";
import { fitLogistic, fitPlain, LOGISTIC_L2, type LogisticModel, type PlainModel } from "./linear.ts";
import { type Examples, type Fitted, pickExamples, rowOf } from "./matrix.ts";
import { type Model, modelScore } from "./model_json.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

/** How models are fitted, tested and compared. */
export interface LearningRules extends FoldRules, BootstrapRules {
  readonly trees: GbtParameters;
  readonly logisticL2: number;
  /** Share of the training rows, the latest, on which the number of trees is chosen; above 0, below 1. */
  readonly validationShare: number;
}

const DAY_MS = 86_400_000;

/** Five tests after the first 40 %; a day's embargo, an hour's purge; days drawn 1,000 times. */
export const LEARNING_DEFAULTS: LearningRules = {
  folds: 5,
  firstTrainShare: 0.4,
  purgeMs: 3_600_000,
  embargoMs: DAY_MS,
  blockMs: DAY_MS,
  draws: 1_000,
  trees: GBT_DEFAULTS,
  logisticL2: LOGISTIC_L2,
  validationShare: 0.2,
};

/** All three models, fitted on the same rows. */
export interface Models {
  readonly plain: PlainModel;
  readonly logistic: LogisticModel;
  readonly gbt: GbtModel;
}

/** One fold: its board, or why it was not tested. */
export interface FoldResult {
  readonly testFromMs: number;
  readonly testToMs: number;
  readonly trainRows: number;
  readonly testRows: number;
  /** Earlier rows that purge or embargo kept out of training. */
  readonly purged: number;
  readonly board: Board | null;
  /** Null when it was tested. */
  readonly skipped: string | null;
}

/** What walk-forward validation found. */
export interface WalkForward {
  readonly folds: readonly FoldResult[];
  /** Every tested row of every fold; null when no fold could be tested. */
  readonly pooled: Board | null;
  readonly verdict: Verdict;
}

/**
 * Fits all three models.
 *
 * The number of trees is chosen on the latest rows, with the same purge and embargo before them; then the trees are
 * grown anew on all rows, so that the newest are not lost.
 *
 * @param random draws >= 0 and < 1
 */
export function fitModels(
  examples: Examples,
  rules: LearningRules,
  random: () => number,
  dataHash = "",
): Fitted<Models> {
  const plain = fitPlain(examples.confidence, examples.wins, dataHash);
  if (!plain.ok) return plain;
  const logistic = fitLogistic(examples, dataHash, rules.logisticL2);
  if (!logistic.ok) return logistic;
  const rounds = roundsFor(examples, rules, random);
  if (!rounds.ok) return rounds;
  const parameters = { ...rules.trees, roundsMax: rounds.model };
  const gbt = trainGbt(examples, random, { parameters, dataHash });
  if (!gbt.ok) return gbt;
  return { ok: true, model: { plain: plain.model, logistic: logistic.model, gbt: gbt.model } };
}

function roundsFor(examples: Examples, rules: LearningRules, random: () => number): Fitted<number> {
  const { early, late } = tailOf(examples, rules.validationShare, rules);
  const trained = trainGbt(pickExamples(examples, early), random, {
    parameters: rules.trees,
    validation: pickExamples(examples, late),
  });
  return trained.ok ? { ok: true, model: trained.model.starts.length } : trained;
}

function tailOf(examples: Examples, share: number, separation: Separation) {
  const order = timeOrder(examples);
  const place = Math.min(order.length - 1, Math.floor(order.length * (1 - share)));
  const fromMs = examples.signaledAtMs[order[place]!]!;
  const late = order.filter((row) => examples.signaledAtMs[row]! >= fromMs);
  return { early: endedBefore(examples, order, fromMs, separation), late };
}

/**
 * Validates all three models and says which to use.
 *
 * @param random draws >= 0 and < 1; equal draws give equal results
 * @throws {RangeError} when a rule is out of its range
 */
export function walkForward(
  examples: Examples,
  rules: LearningRules,
  random: () => number,
): WalkForward {
  const tested: Predictions[] = [];
  const folds = foldsOf(examples, rules).map((fold): FoldResult => {
    const train = pickExamples(examples, fold.trainRows);
    const models = fitModels(train, rules, random);
    if (!models.ok) return { ...countsOf(fold), board: null, skipped: models.reason };
    const predictions = predict(models.model, pickExamples(examples, fold.testRows));
    tested.push(predictions);
    return { ...countsOf(fold), board: boardOf(predictions, rules, random), skipped: null };
  });
  const pooled = tested.length === 0 ? null : boardOf(together(tested), rules, random);
  const boards = folds.flatMap(({ board }) => board === null ? [] : [board]);
  return { folds, pooled, verdict: verdictOf(pooled, boards) };
}

function countsOf({ testFromMs, testToMs, trainRows, testRows, purged }: Fold) {
  return { testFromMs, testToMs, trainRows: trainRows.length, testRows: testRows.length, purged };
}

function predict(models: Models, { matrix, wins, confidence, signaledAtMs }: Examples): Predictions {
  const by = (model: Model) =>
    Float64Array.from(confidence, (each, row) => modelScore(model, rowOf(matrix, row), each));
  const { plain, logistic, gbt } = models;
  return { wins, signaledAtMs, plain: by(plain), logistic: by(logistic), gbt: by(gbt) };
}

function together(parts: readonly Predictions[]): Predictions {
  const column = (of: (part: Predictions) => Float64Array) =>
    Float64Array.from(parts.flatMap((part) => [...of(part)]));
  const by = (kind: ModelKind) => column((part) => part[kind]);
  return {
    wins: Uint8Array.from(parts.flatMap(({ wins }) => [...wins])),
    signaledAtMs: column(({ signaledAtMs }) => signaledAtMs),
    plain: by("plain"),
    logistic: by("logistic"),
    gbt: by("gbt"),
  };
}

/** A validation and the models on all rows, of which the verdict names the one to use. */
export interface Learned {
  readonly validation: WalkForward;
  readonly models: Models;
}

/**
 * Validates, then fits the models on every row.
 *
 * @param dataHash names the data; kept in the models
 * @throws {RangeError} when a rule is out of its range
 */
export function learn(
  examples: Examples,
  rules: LearningRules,
  random: () => number,
  dataHash: string,
): Fitted<Learned> {
  const models = fitModels(examples, rules, random, dataHash);
  if (!models.ok) return models;
  return { ok: true, model: { validation: walkForward(examples, rules, random), models: models.model } };
}
