/**
 * Gradient-boosted trees for wins and losses: the model, and the probability it gives one signal.
 *
 * @module
 */
import { BIN_PLACES, binOf, MISSING_BIN } from "./bins.ts";
import type { GrowRules, Nodes } from "./grower.ts";
import { sigmoid } from "./metrics.ts";

/** Everything that shapes a model besides its data and its seed. */
export interface GbtParameters extends GrowRules {
  /** Trees at most, 0 to 5,000. */
  readonly roundsMax: number;
  /** Share of each tree's step that is taken, above 0 to 1. */
  readonly learningRate: number;
  /** Share of the rows each tree sees, above 0 to 1. */
  readonly rowShare: number;
  /** 2 to 64. */
  readonly binsMax: number;
  /** Rounds without a better validation loss before training stops, >= 1. */
  readonly patience: number;
}

/** Small, slow, careful trees: outcomes of signals are mostly noise. A leaf stands on 80 rows at even odds. */
export const GBT_DEFAULTS: GbtParameters = {
  roundsMax: 400,
  learningRate: 0.05,
  depthMax: 4,
  leavesMax: 8,
  l2: 10,
  minChildWeight: 20,
  minGain: 0,
  rowShare: 0.7,
  binsMax: 64,
  patience: 40,
};

/** A model: flat arrays, one entry per node; children of a node are `left` and `left + 1`. */
export interface GbtModel {
  readonly kind: "gbt";
  readonly featureNames: readonly string[];
  readonly parameters: GbtParameters;
  /** Names the data it was trained on; the trainer's word, not checked here. */
  readonly dataHash: string;
  /** Edges between the bins of each feature. */
  readonly edges: readonly Float64Array[];
  /** Log-odds before the first tree. */
  readonly base: number;
  /** First node of each tree. */
  readonly starts: Int32Array;
  /** −1 for a leaf. */
  readonly feature: Int32Array;
  /** Index into the feature's edges; as many as there are: only missing values go right. */
  readonly cut: Int32Array;
  readonly left: Int32Array;
  readonly missingLeft: Uint8Array;
  readonly value: Float64Array;
  /** Greatest number of splits from a root to a leaf. */
  readonly depth: number;
  /** What a score walks, three per node: where to look, up to which bin to go left, the left child. */
  readonly walk: Int32Array;
}

/** What a model is made of, but for its nodes. */
export type GbtHead = Pick<GbtModel, "featureNames" | "parameters" | "dataHash" | "edges" | "base">;

/** Seals nodes into a model. */
export function gbtModelOf(head: GbtHead, nodes: Nodes): GbtModel {
  return {
    kind: "gbt",
    ...head,
    starts: Int32Array.from(nodes.starts),
    feature: Int32Array.from(nodes.feature),
    cut: Int32Array.from(nodes.cut),
    left: Int32Array.from(nodes.left),
    missingLeft: Uint8Array.from(nodes.missingLeft),
    value: Float64Array.from(nodes.value),
    depth: depthOf(nodes),
    walk: walkOf(nodes, head.featureNames.length),
  };
}

/** Children lie after their parents, so one pass is enough. */
function depthOf({ feature, left }: Nodes): number {
  const depths = new Int32Array(feature.length);
  for (let node = 0; node < feature.length; node++) {
    if (feature[node]! < 0) continue;
    depths[left[node]!] = depths[left[node]! + 1] = depths[node]! + 1;
  }
  return depths.reduce((deepest, depth) => Math.max(deepest, depth), 0);
}

/**
 * Every step is the same sum and no step is a branch that could be guessed wrongly: a leaf is its own left child,
 * and a node whose missing values go left looks at a second copy of the row, where a missing value is below all.
 */
function walkOf({ feature, cut, left, missingLeft }: Nodes, width: number): Int32Array {
  const walk = new Int32Array(feature.length * 3);
  for (let node = 0; node < feature.length; node++) {
    const leaf = feature[node]! < 0;
    walk[node * 3] = leaf ? 0 : feature[node]! + (missingLeft[node] === 1 ? width : 0);
    walk[node * 3 + 1] = leaf ? BIN_PLACES : cut[node]!;
    walk[node * 3 + 2] = leaf ? node : left[node]!;
  }
  return walk;
}

/**
 * The probability of a win.
 *
 * @param row in the order of `featureNames`; NaN for a value that is missing
 * @throws {RangeError} when the row has another length
 */
export function gbtScore(model: GbtModel, row: Float64Array): number {
  const { starts, walk, value, depth, edges } = model;
  if (row.length !== edges.length) {
    throw new RangeError(
      `Cannot score a row as its values must be ${edges.length}: current value is ${row.length}`,
    );
  }
  const bins = binsTwice(edges, row);
  let score = model.base;
  for (let tree = 0; tree < starts.length; tree++) {
    let node = starts[tree]!;
    for (let step = 0; step < depth; step++) {
      const at = node * 3;
      // The sign bit: 1 when the bin is above the cut.
      node = walk[at + 2]! + ((walk[at + 1]! - bins[walk[at]!]!) >>> 31);
    }
    score += value[node]!;
  }
  return sigmoid(score);
}

/** The bins of a row, a missing value after all others, then again with it before all others. */
function binsTwice(edges: readonly Float64Array[], row: Float64Array): Int32Array {
  const bins = new Int32Array(row.length * 2);
  for (let i = 0; i < row.length; i++) {
    const bin = binOf(edges[i]!, row[i]!);
    bins[i] = bin;
    bins[row.length + i] = bin === MISSING_BIN ? -1 : bin;
  }
  return bins;
}

/** Adds what the last tree of `nodes` says of each binned row to its log-odds. */
export function addLastTree(nodes: Nodes, bins: Uint8Array, width: number, scores: Float64Array): void {
  const start = nodes.starts.at(-1)!;
  for (let row = 0; row < scores.length; row++) {
    let node = start;
    for (let at = nodes.feature[node]!; at >= 0; at = nodes.feature[node]!) {
      const bin = bins[row * width + at]!;
      const goesLeft = bin === MISSING_BIN ? nodes.missingLeft[node] === 1 : bin <= nodes.cut[node]!;
      node = nodes.left[node]! + (goesLeft ? 0 : 1);
    }
    scores[row] = scores[row]! + nodes.value[node]!;
  }
}
