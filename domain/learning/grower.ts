/**
 * Grower: one tree on binned rows, leaf by leaf, the leaf that gains most first.
 *
 * @module
 */
import { BIN_PLACES, MISSING_BIN } from "./bins.ts";
import { bestSplit, leafValue, type Split, type SplitRules } from "./split.ts";

/** How large a tree may grow. */
export interface GrowRules extends SplitRules {
  /** Splits from the root to a leaf, >= 1. */
  readonly depthMax: number;
  /** >= 2. */
  readonly leavesMax: number;
}

/** Trees as flat lists, one entry per node; the right child of a node follows its left one. */
export interface Nodes {
  /** First node of each tree. */
  readonly starts: number[];
  /** −1 for a leaf. */
  readonly feature: number[];
  readonly cut: number[];
  readonly left: number[];
  /** 1: missing values go left. */
  readonly missingLeft: number[];
  /** Log-odds a leaf adds; 0 for a node with children. */
  readonly value: number[];
}

/** No tree at all. */
export function noNodes(): Nodes {
  return { starts: [], feature: [], cut: [], left: [], missingLeft: [], value: [] };
}

/** A leaf on its way: its rows are `from` up to `to` of the sample. */
interface Leaf {
  readonly node: number;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  readonly gradient: number;
  readonly hessian: number;
  readonly histogram: Float64Array | null;
  readonly split: Split | null;
}

/** Grows trees one after another over the same binned rows, in buffers it keeps. */
export class Grower {
  readonly #bins: Uint8Array;
  readonly #edges: Int32Array;
  readonly #rules: GrowRules;
  readonly #histograms: readonly Float64Array[];
  readonly #scratch: Int32Array;
  #used = 0;
  #sample: Int32Array = new Int32Array();
  #gradients: Float64Array = new Float64Array();
  #hessians: Float64Array = new Float64Array();

  /**
   * @param bins row by row, one per feature
   * @param edges how many edges each feature has
   */
  constructor(bins: Uint8Array, edges: Int32Array, rules: GrowRules) {
    this.#bins = bins;
    this.#edges = edges;
    this.#rules = rules;
    const places = edges.length * BIN_PLACES * 2;
    this.#histograms = Array.from({ length: rules.leavesMax }, () => new Float64Array(places));
    this.#scratch = new Int32Array(bins.length / edges.length);
  }

  /** Adds one tree to `nodes`, grown on the rows of `sample`, which it reorders; leaf values are times `rate`. */
  grow(
    nodes: Nodes,
    sample: Int32Array,
    gradients: Float64Array,
    hessians: Float64Array,
    rate: number,
  ): void {
    this.#sample = sample;
    this.#gradients = gradients;
    this.#hessians = hessians;
    this.#used = 0;
    nodes.starts.push(nodes.feature.length);
    const leaves = [this.#root(nodes)];
    while (leaves.length < this.#rules.leavesMax) {
      const at = mostGaining(leaves);
      if (at < 0) break;
      leaves.splice(at, 1, ...this.#divide(nodes, leaves[at]!, leaves.length + 1));
    }
    for (const { node, gradient, hessian } of leaves) {
      nodes.value[node] = rate * leafValue(gradient, hessian, this.#rules.l2);
    }
  }

  #root(nodes: Nodes): Leaf {
    let gradient = 0, hessian = 0;
    for (const row of this.#sample) {
      gradient += this.#gradients[row]!;
      hessian += this.#hessians[row]!;
    }
    const node = addNode(nodes);
    const histogram = this.#fresh();
    this.#count(histogram, 0, this.#sample.length);
    return this.#judged({
      node,
      from: 0,
      to: this.#sample.length,
      depth: 0,
      gradient,
      hessian,
      histogram,
      split: null,
    });
  }

  /** Both children of a leaf; what cannot be split again gets no histogram. */
  #divide(nodes: Nodes, leaf: Leaf, leavesAfter: number): [Leaf, Leaf] {
    const split = leaf.split!;
    const middle = this.#partition(leaf, split);
    const left = addNode(nodes);
    const right = addNode(nodes);
    nodes.feature[leaf.node] = split.feature;
    nodes.cut[leaf.node] = split.cut;
    nodes.left[leaf.node] = left;
    nodes.missingLeft[leaf.node] = split.missingLeft ? 1 : 0;
    const final = leaf.depth + 1 >= this.#rules.depthMax || leavesAfter >= this.#rules.leavesMax;
    const histograms = final ? [null, null] as const : this.#counted(leaf, middle);
    const shared = { depth: leaf.depth + 1, split: null };
    const { leftGradient, leftHessian } = split;
    return [
      this.#judged({
        ...shared,
        node: left,
        from: leaf.from,
        to: middle,
        gradient: leftGradient,
        hessian: leftHessian,
        histogram: histograms[0],
      }),
      this.#judged({
        ...shared,
        node: right,
        from: middle,
        to: leaf.to,
        gradient: leaf.gradient - leftGradient,
        hessian: leaf.hessian - leftHessian,
        histogram: histograms[1],
      }),
    ];
  }

  /** Only the smaller child is counted: the larger one is its parent less that, in its parent's place. */
  #counted(leaf: Leaf, middle: number): readonly [Float64Array, Float64Array] {
    const leftSmaller = middle - leaf.from <= leaf.to - middle;
    const small = this.#fresh();
    this.#count(small, leftSmaller ? leaf.from : middle, leftSmaller ? middle : leaf.to);
    const large = leaf.histogram!;
    for (let i = 0; i < large.length; i++) large[i] = large[i]! - small[i]!;
    return leftSmaller ? [small, large] : [large, small];
  }

  #judged(leaf: Leaf): Leaf {
    if (leaf.histogram === null) return leaf;
    return {
      ...leaf,
      split: bestSplit(leaf.histogram, this.#edges, leaf.gradient, leaf.hessian, this.#rules),
    };
  }

  /** Left rows to the front, each side in its old order; where the right side begins. */
  #partition({ from, to }: Leaf, { feature, cut, missingLeft }: Split): number {
    const sample = this.#sample, scratch = this.#scratch, bins = this.#bins, width = this.#edges.length;
    let left = from, right = 0;
    for (let i = from; i < to; i++) {
      const row = sample[i]!;
      const bin = bins[row * width + feature]!;
      if (bin === MISSING_BIN ? missingLeft : bin <= cut) sample[left++] = row;
      else scratch[right++] = row;
    }
    sample.set(scratch.subarray(0, right), left);
    return left;
  }

  #fresh(): Float64Array {
    return this.#histograms[this.#used++]!.fill(0);
  }

  #count(histogram: Float64Array, from: number, to: number): void {
    const sample = this.#sample, bins = this.#bins, width = this.#edges.length;
    const gradients = this.#gradients, hessians = this.#hessians;
    for (let i = from; i < to; i++) {
      const row = sample[i]!;
      const gradient = gradients[row]!, hessian = hessians[row]!;
      for (let feature = 0, at = row * width; feature < width; feature++, at++) {
        const place = (feature * BIN_PLACES + bins[at]!) * 2;
        histogram[place] = histogram[place]! + gradient;
        histogram[place + 1] = histogram[place + 1]! + hessian;
      }
    }
  }
}

function addNode(nodes: Nodes): number {
  nodes.cut.push(0);
  nodes.left.push(0);
  nodes.missingLeft.push(0);
  nodes.value.push(0);
  return nodes.feature.push(-1) - 1;
}

function mostGaining(leaves: readonly Leaf[]): number {
  let best = -1;
  leaves.forEach(({ split }, i) => {
    if (split !== null && (best < 0 || split.gain > leaves[best]!.split!.gain)) best = i;
  });
  return best;
}
