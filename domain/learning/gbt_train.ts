/**
 * Training of gradient-boosted trees: binning, rounds of one tree each, and stopping when a validation set says so.
 *
 * @module
 */
import { binned, BINS_MAX, edgesOf } from "./bins.ts";
import { addLastTree, GBT_DEFAULTS, type GbtModel, gbtModelOf, type GbtParameters } from "./gbt.ts";
import { Grower, type Nodes, noNodes } from "./grower.ts";
import { labelFault, type Labelled } from "./matrix.ts";
import { logit } from "./metrics.ts";

/** What training is given besides its rows. */
export interface GbtTraining {
  readonly parameters?: GbtParameters;
  /** Later rows that decide when to stop; null: all `roundsMax` rounds. */
  readonly validation?: Labelled | null;
  /** Names the data; kept in the model. */
  readonly dataHash?: string;
}

/** A trained model with the mean log loss after each round, the start first; or why there is none. */
export type GbtTrained =
  | {
    readonly ok: true;
    readonly model: GbtModel;
    readonly trainLoss: readonly number[];
    /** Empty without a validation set. */
    readonly validationLoss: readonly number[];
  }
  | { readonly ok: false; readonly reason: string };

/**
 * Trains a model. Equal rows, parameters and draws give equal models.
 *
 * With a validation set the model keeps the trees up to its lowest loss, which may be none: then every signal gets
 * the share of wins.
 *
 * @param random draws >= 0 and < 1; asked once per row and round when `rowShare` is below 1
 * @throws {RangeError} when a parameter is out of its range, or the validation set has other features
 */
export function trainGbt(train: Labelled, random: () => number, options: GbtTraining = {}): GbtTrained {
  const parameters = requireParameters(options.parameters ?? GBT_DEFAULTS);
  const validation = options.validation ?? null;
  const fault = labelFault(train.wins) ??
    (validation?.matrix.rows === 0 ? "validation has no example" : null);
  if (fault !== null) return { ok: false, reason: `cannot train trees: ${fault}` };
  const names = train.matrix.names;
  if (validation !== null && validation.matrix.names.join() !== names.join()) {
    throw new RangeError(`Cannot train trees as validation must have ${names}: ${validation.matrix.names}`);
  }
  const edges = names.map((_, column) => edgesOf(train.matrix, column, parameters.binsMax));
  const base = logit(train.wins.reduce((sum, win) => sum + win, 0) / train.wins.length);
  const boosted = boost(sideOf(train, edges, base), validation && sideOf(validation, edges, base), {
    edges: Int32Array.from(edges, (each) => each.length),
    parameters,
    random,
  });
  const head = { featureNames: names, parameters, dataHash: options.dataHash ?? "", edges, base };
  return { ok: true, ...boosted.losses, model: gbtModelOf(head, cutBack(boosted.nodes, boosted.rounds)) };
}

/** Rows as training sees them, with the log-odds given to each so far. */
interface Side {
  readonly bins: Uint8Array;
  readonly wins: Uint8Array;
  readonly scores: Float64Array;
}

function sideOf({ matrix, wins }: Labelled, edges: readonly Float64Array[], base: number): Side {
  return { bins: binned(matrix, edges), wins, scores: new Float64Array(matrix.rows).fill(base) };
}

interface Boosting {
  readonly edges: Int32Array;
  readonly parameters: GbtParameters;
  readonly random: () => number;
}

function boost(train: Side, validation: Side | null, { edges, parameters, random }: Boosting) {
  const nodes = noNodes();
  const grower = new Grower(train.bins, edges, parameters);
  const gradients = new Float64Array(train.wins.length), hessians = new Float64Array(train.wins.length);
  const trainLoss = [derive(train, gradients, hessians)];
  const validationLoss = validation === null ? [] : [lossOf(validation)];
  let rounds = 0;
  for (let round = 1; round <= parameters.roundsMax; round++) {
    const sample = drawSample(train.wins.length, parameters.rowShare, random);
    grower.grow(nodes, sample, gradients, hessians, parameters.learningRate);
    addLastTree(nodes, train.bins, edges.length, train.scores);
    trainLoss.push(derive(train, gradients, hessians));
    if (validation === null) {
      rounds = round;
      continue;
    }
    addLastTree(nodes, validation.bins, edges.length, validation.scores);
    validationLoss.push(lossOf(validation));
    if (validationLoss[round]! < validationLoss[rounds]!) rounds = round;
    else if (round - rounds >= parameters.patience) break;
  }
  return { nodes, rounds, losses: { trainLoss, validationLoss } };
}

/** First and second derivatives of the loss at the scores of now; returns the mean loss. */
function derive({ wins, scores }: Side, gradients: Float64Array, hessians: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < wins.length; row++) {
    const score = scores[row]!;
    const odds = Math.exp(-Math.abs(score));
    const probability = score >= 0 ? 1 / (1 + odds) : odds / (1 + odds);
    sum += Math.max(score, 0) - wins[row]! * score + Math.log1p(odds);
    gradients[row] = probability - wins[row]!;
    hessians[row] = probability * (1 - probability);
  }
  return sum / wins.length;
}

function lossOf({ wins, scores }: Side): number {
  let sum = 0;
  for (let row = 0; row < wins.length; row++) {
    const score = scores[row]!;
    sum += Math.max(score, 0) - wins[row]! * score + Math.log1p(Math.exp(-Math.abs(score)));
  }
  return sum / wins.length;
}

function drawSample(rows: number, share: number, random: () => number): Int32Array {
  const sample = new Int32Array(rows);
  let kept = 0;
  for (let row = 0; row < rows; row++) if (share === 1 || random() < share) sample[kept++] = row;
  return sample.subarray(0, kept);
}

/** The first trees, and the nodes they are made of. */
function cutBack(nodes: Nodes, trees: number): Nodes {
  const end = nodes.starts[trees] ?? nodes.feature.length;
  return {
    starts: nodes.starts.slice(0, trees),
    feature: nodes.feature.slice(0, end),
    cut: nodes.cut.slice(0, end),
    left: nodes.left.slice(0, end),
    missingLeft: nodes.missingLeft.slice(0, end),
    value: nodes.value.slice(0, end),
  };
}

/** Range of each parameter, both ends included, and whether it is a whole number. */
const RANGES: Readonly<Record<keyof GbtParameters, readonly [number, number, boolean]>> = {
  roundsMax: [0, 5_000, true],
  learningRate: [1e-6, 1, false],
  depthMax: [1, 16, true],
  leavesMax: [2, 256, true],
  l2: [0, 1e9, false],
  minChildWeight: [1e-6, 1e9, false],
  minGain: [0, 1e9, false],
  rowShare: [1e-6, 1, false],
  binsMax: [2, BINS_MAX, true],
  patience: [1, 5_000, true],
};

/** What is wrong with parameters from outside, or null. */
export function parametersFault(parameters: Readonly<Record<string, unknown>>): string | null {
  for (const [name, [from, to, whole]] of Object.entries(RANGES)) {
    const value = parameters[name];
    const fits = typeof value === "number" && value >= from && value <= to &&
      (!whole || Number.isInteger(value));
    if (!fits) return `${name} must be ${whole ? "whole, " : ""}${from} to ${to}: current value is ${value}`;
  }
  return null;
}

function requireParameters(parameters: GbtParameters): GbtParameters {
  const fault = parametersFault({ ...parameters });
  if (fault !== null) throw new RangeError(`Cannot train trees as ${fault}`);
  return parameters;
}
