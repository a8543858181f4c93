/**
 * Models as plain JSON: what is written, and what is refused when it is read again.
 *
 * @module
 */
import { type GbtModel, gbtModelOf, gbtScore } from "./gbt.ts";
import { treesOf } from "./gbt_json.ts";
import { type LogisticModel, logisticScore, type PlainModel, plainScore } from "./linear.ts";
import type { Fitted } from "./matrix.ts";
import { isFiniteList, isNameList, type Json, objectOf } from "./json.ts";

/** Any of the three. */
export type Model = GbtModel | LogisticModel | PlainModel;

/** Raised whenever a model written before could be read wrongly. */
export const MODEL_VERSION = 1;

/**
 * The probability of a win under any model.
 *
 * @param row in the order of the model's features; the plain model does not look at it
 * @param confidence 0 to 100; the other models do not look at it
 */
export function modelScore(model: Model, row: Float64Array, confidence: number): number {
  switch (model.kind) {
    case "gbt":
      return gbtScore(model, row);
    case "logistic":
      return logisticScore(model, row);
    case "plain":
      return plainScore(model, confidence);
  }
}

/**
 * A model as plain JSON data: equal models give equal text.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { modelFromJson, modelToJson } from "./model_json.ts";
 *
 * const model = { kind: "plain", dataHash: "ab12", intercept: -2, slope: 0.03 } as const;
 * const text = JSON.stringify(modelToJson(model));
 * assert.deepEqual(modelFromJson(JSON.parse(text)), { ok: true, model });
 * ```
 */
export function modelToJson(model: Model): Json {
  const head = { kind: model.kind, version: MODEL_VERSION, dataHash: model.dataHash };
  switch (model.kind) {
    case "gbt":
      return { ...head, ...gbtJson(model) };
    case "logistic":
      return {
        ...head,
        featureNames: [...model.featureNames],
        l2: model.l2,
        means: [...model.means],
        scales: [...model.scales],
        weights: [...model.weights],
        intercept: model.intercept,
      };
    case "plain":
      return { ...head, intercept: model.intercept, slope: model.slope };
  }
}

function gbtJson(model: GbtModel): Json {
  return {
    featureNames: [...model.featureNames],
    parameters: { ...model.parameters },
    edges: model.edges.map((each) => [...each]),
    base: model.base,
    starts: [...model.starts],
    feature: [...model.feature],
    cut: [...model.cut],
    left: [...model.left],
    missingLeft: [...model.missingLeft],
    value: [...model.value],
  };
}

/**
 * A model from JSON data, or why it is none.
 *
 * @param features names a row will have, in order; a model of others is refused. Absent: any.
 */
export function modelFromJson(data: unknown, features?: readonly string[]): Fitted<Model> {
  const json = objectOf(data);
  if (json === null) return refused("it is not an object");
  if (json.version !== MODEL_VERSION) return refused(`version must be ${MODEL_VERSION}: ${json.version}`);
  if (typeof json.dataHash !== "string") return refused(`dataHash must be text: ${json.dataHash}`);
  if (json.kind === "plain") return plainFrom(json, json.dataHash);
  if (json.kind !== "gbt" && json.kind !== "logistic") {
    return refused(`kind must be gbt, logistic or plain: ${json.kind}`);
  }
  const names = json.featureNames;
  if (!isNameList(names)) return refused("featureNames must be a list of different names");
  if (features !== undefined && !sameNames(names, features)) {
    return refused(`features must be ${features.join(", ")}: ${names.join(", ")}`);
  }
  return json.kind === "gbt" ? gbtFrom(json, names, json.dataHash) : logisticFrom(json, names, json.dataHash);
}

function refused(reason: string): Fitted<Model> {
  return { ok: false, reason: `cannot load the model: ${reason}` };
}

function sameNames(names: readonly string[], others: readonly string[]): boolean {
  return names.length === others.length && names.every((name, i) => name === others[i]);
}

function plainFrom({ intercept, slope }: Json, dataHash: string): Fitted<Model> {
  const numbers = [intercept, slope];
  if (!isFiniteList(numbers)) return refused("intercept and slope must be finite numbers");
  return { ok: true, model: { kind: "plain", dataHash, intercept: numbers[0]!, slope: numbers[1]! } };
}

function logisticFrom(json: Json, featureNames: readonly string[], dataHash: string): Fitted<Model> {
  const numbers = [json.l2, json.intercept];
  if (!isFiniteList(numbers)) return refused("l2 and intercept must be finite numbers");
  const lists = [json.means, json.scales, json.weights];
  const whole = (list: unknown): list is number[] =>
    isFiniteList(list) && list.length === featureNames.length;
  if (!lists.every(whole)) {
    return refused(`means, scales and weights must be ${featureNames.length} finite numbers each`);
  }
  const [means, scales, weights] = lists.map((list) => Float64Array.from(list)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const [l2, intercept] = numbers as [number, number];
  return {
    ok: true,
    model: { kind: "logistic", featureNames, dataHash, l2, means, scales, weights, intercept },
  };
}

function gbtFrom(json: Json, featureNames: readonly string[], dataHash: string): Fitted<Model> {
  const read = treesOf(json, featureNames.length);
  if (!read.ok) return refused(read.reason);
  const { parameters, base, edges, ...nodes } = read.model;
  const edgesByFeature = edges.map((each) => Float64Array.from(each));
  const head = { featureNames, parameters: { ...parameters }, dataHash, edges: edgesByFeature, base };
  return { ok: true, model: gbtModelOf(head, nodes) };
}
