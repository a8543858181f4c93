/**
 * Models as JSON: written and read again, and every kind of broken file refused with its reason.
 *
 * @module
 */
import assert from "node:assert/strict";
import { GBT_DEFAULTS, gbtScore } from "../../../domain/learning/gbt.ts";
import { trainGbt } from "../../../domain/learning/gbt_train.ts";
import { fitLogistic, fitPlain } from "../../../domain/learning/linear.ts";
import { rowOf } from "../../../domain/learning/matrix.ts";
import { type Model, modelFromJson, modelScore, modelToJson } from "../../../domain/learning/model_json.ts";
import { drawsOf, makeExamples, together } from "../../kit/learning.ts";

const train = makeExamples({ seed: 1, rows: 500, chanceOf: together, missing: 0.2 });
const NAMES = train.matrix.names;

function models(): readonly Model[] {
  const parameters = { ...GBT_DEFAULTS, roundsMax: 5 };
  const all = [
    trainGbt(train, drawsOf(1), { parameters, dataHash: "d1" }),
    fitLogistic(train, "d1"),
    fitPlain(train.confidence, train.wins, "d1"),
  ];
  return all.map((each) => {
    assert.ok(each.ok);
    return each.model;
  });
}

const [gbt, logistic, plain] = models() as [Model, Model, Model];
const through = (model: Model) => JSON.parse(JSON.stringify(modelToJson(model)));

function reasonOf(data: unknown, features?: readonly string[]): string {
  const loaded = modelFromJson(data, features);
  return loaded.ok ? "loaded" : loaded.reason.replace("cannot load the model: ", "");
}

Deno.test("modelFromJson() gives back what modelToJson() wrote, to the last bit", () => {
  for (const model of [gbt, logistic, plain]) {
    const loaded = modelFromJson(through(model), NAMES);

    assert.deepEqual(loaded, { ok: true, model });
    assert.ok(loaded.ok);
    for (let row = 0; row < 100; row++) {
      const given = [rowOf(train.matrix, row), train.confidence[row]!] as const;
      assert.equal(modelScore(loaded.model, ...given), modelScore(model, ...given));
    }
  }
});

Deno.test("a model carries its version, features, parameters and data hash", () => {
  const { kind, version, dataHash, featureNames, parameters } = through(gbt);

  assert.deepEqual({ kind, version, dataHash, featureNames, parameters }, {
    kind: "gbt",
    version: 1,
    dataHash: "d1",
    featureNames: ["f0", "f1", "f2", "f3"],
    parameters: { ...GBT_DEFAULTS, roundsMax: 5 },
  });
});

Deno.test("modelFromJson() refuses what is no model of this version, or of other features", () => {
  const json = through(gbt);

  assert.deepEqual([
    reasonOf(null),
    reasonOf([json]),
    reasonOf({ ...json, version: 2 }),
    reasonOf({ ...json, kind: "forest" }),
    reasonOf({ ...json, dataHash: undefined }),
    reasonOf({ ...json, featureNames: ["a", "a"] }),
    reasonOf(json, ["f0", "f1", "f3", "f2"]),
    reasonOf({ ...through(logistic), means: [1, 2, 3] }),
    reasonOf({ ...through(logistic), intercept: null }),
    reasonOf({ ...through(plain), slope: "0.1" }),
  ], [
    "it is not an object",
    "it is not an object",
    "version must be 1: 2",
    "kind must be gbt, logistic or plain: forest",
    "dataHash must be text: undefined",
    "featureNames must be a list of different names",
    "features must be f0, f1, f3, f2: f0, f1, f2, f3",
    "means, scales and weights must be 4 finite numbers each",
    "l2 and intercept must be finite numbers",
    "intercept and slope must be finite numbers",
  ]);
});

Deno.test("modelFromJson() refuses trees that could not be walked", () => {
  const json = through(gbt);
  const nodes = json.feature.length;
  const at = (name: string, place: number, value: unknown) => ({
    ...json,
    [name]: json[name].map((each: unknown, i: number) => i === place ? value : each),
  });

  assert.deepEqual([
    reasonOf({ ...json, parameters: { ...json.parameters, l2: -1 } }),
    reasonOf({ ...json, edges: json.edges.slice(1) }),
    reasonOf(at("edges", 1, [2, 1])),
    reasonOf({ ...json, base: null }),
    reasonOf(at("value", 0, null)),
    reasonOf(at("starts", 0, 1)),
    reasonOf(at("feature", 0, 4)),
    reasonOf({ ...json, cut: json.cut.slice(1) }),
    reasonOf({ ...at("edges", json.feature[0], []), cut: json.cut.map(() => 1) }),
    reasonOf(at("left", 0, 0)),
    reasonOf(at("left", 0, nodes - 1)),
    reasonOf(at("missingLeft", 0, 2)),
  ], [
    "l2 must be 0 to 1000000000: current value is -1",
    "edges must be 4 lists",
    "edges 1 must be at most 63 ascending finite numbers",
    "base must be a finite number: null",
    "value must be a list of finite numbers",
    "starts must ascend from 0 within the nodes",
    `feature must be ${nodes} whole numbers from -1 to 3`,
    `cut must be ${nodes} whole numbers from 0 to 63`,
    "cut of node 0 must be one of its feature's",
    "left of node 0 must be after it and in its tree: 0",
    `left of node 0 must be after it and in its tree: ${nodes - 1}`,
    `missingLeft must be ${nodes} whole numbers from 0 to 1`,
  ]);
});

Deno.test("a model without a tree is written and read", () => {
  const none = trainGbt(train, drawsOf(1), { parameters: { ...GBT_DEFAULTS, roundsMax: 0 } });
  assert.ok(none.ok);
  const loaded = modelFromJson(through(none.model));

  assert.ok(loaded.ok && loaded.model.kind === "gbt");
  assert.equal(
    gbtScore(loaded.model, rowOf(train.matrix, 0)),
    train.wins.reduce((sum, win) => sum + win, 0) / train.wins.length,
  );
});
