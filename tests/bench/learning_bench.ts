/**
 * Learning bench: what training and one score cost.
 *
 * Load: 50,000 rows of 20 features, one value in 20 missing, wins that follow two features together and much chance.
 * Budget: 100 trees of at most 8 leaves within 5 s; one score of the model within 50 µs.
 *
 * @module
 */
import { GBT_DEFAULTS, gbtScore } from "../../domain/learning/gbt.ts";
import { trainGbt } from "../../domain/learning/gbt_train.ts";
import { fitLogistic, logisticScore } from "../../domain/learning/linear.ts";
import { type Labelled, matrixOf, rowOf } from "../../domain/learning/matrix.ts";
import { seededRandom } from "../../runtime/random.ts";

const ROWS = 50_000;
const FEATURES = 20;

function load(seed: number): Labelled {
  const random = seededRandom(seed);
  const values = Float64Array.from(
    { length: ROWS * FEATURES },
    () => random.chance(0.05) ? NaN : random.next(),
  );
  const wins = Uint8Array.from({ length: ROWS }, (_, row) => {
    const [a, b] = values.subarray(row * FEATURES);
    return random.chance((a! > 0.5) === (b! > 0.5) ? 0.65 : 0.45) ? 1 : 0;
  });
  return { matrix: matrixOf(Array.from({ length: FEATURES }, (_, i) => `f${i}`), values), wins };
}

const train = load(1);
const parameters = { ...GBT_DEFAULTS, roundsMax: 100 };
const chance = seededRandom(2);
const grown = trainGbt(train, () => chance.next(), {
  parameters: { ...parameters, roundsMax: 400 },
});
const fitted = fitLogistic(train);
if (!grown.ok || !fitted.ok) throw new Error("Cannot measure as the load must be learnable");
const { model } = grown;
const linear = fitted.model;
let turn = 0;
const nextRow = () => rowOf(train.matrix, turn = (turn + 1) % ROWS);

Deno.bench(
  "trainGbt(): 100 trees on 50,000 x 20",
  { group: "training, budget 5 s", baseline: true, n: 3 },
  () => {
    const random = seededRandom(2);
    trainGbt(train, () => random.next(), { parameters });
  },
);

Deno.bench("fitLogistic() on 50,000 x 20", { group: "training, budget 5 s", n: 3 }, () => {
  fitLogistic(train);
});

Deno.bench("gbtScore() of 400 trees", { group: "one score, budget 50 µs", baseline: true }, () => {
  gbtScore(model, nextRow());
});

Deno.bench("logisticScore()", { group: "one score, budget 50 µs" }, () => {
  logisticScore(linear, nextRow());
});
