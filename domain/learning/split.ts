/**
 * Splits: the cut of a histogram that lowers the loss most, with the side on which missing values belong.
 *
 * Gain and leaf values are those of a second-order step with an L2 penalty: T. Chen and C. Guestrin, "XGBoost",
 * KDD 2016, equations 5 to 7 and algorithm 3.
 *
 * @module
 */
import { BIN_PLACES, MISSING_BIN } from "./bins.ts";

/** What keeps a split from standing on too little. */
export interface SplitRules {
  /** Added to the sum of second derivatives of a leaf; >= 0. */
  readonly l2: number;
  /** Least sum of second derivatives on each side; > 0. A row at even odds weighs 0.25. */
  readonly minChildWeight: number;
  /** Least gain of a split; >= 0. */
  readonly minGain: number;
}

/** One split. */
export interface Split {
  readonly feature: number;
  /** Bins up to this one go left; as many as there are edges: every value goes left, and only the missing right. */
  readonly cut: number;
  readonly missingLeft: boolean;
  readonly gain: number;
  /** Sums over the left side. */
  readonly leftGradient: number;
  readonly leftHessian: number;
}

/** What is left of a bin that was emptied by subtraction is dust, not rows. */
const DUST = 1e-9;

/** The value of a leaf that lowers the loss most. */
export function leafValue(gradient: number, hessian: number, l2: number): number {
  return -gradient / (hessian + l2);
}

/**
 * The best split of a node, or null; among equals the one of the lowest feature and cut.
 *
 * @param histogram gradient and hessian in turn, by feature and bin
 * @param edges how many edges each feature has
 */
export function bestSplit(
  histogram: Float64Array,
  edges: Int32Array,
  gradient: number,
  hessian: number,
  rules: SplitRules,
): Split | null {
  const whole = gradient * gradient / (hessian + rules.l2);
  let gain = rules.minGain, feature = -1, cut = 0, missingLeft = false, leftG = 0, leftH = 0;
  const offer = (at: number, to: number, missing: boolean, g: number, h: number): void => {
    const rightG = gradient - g, rightH = hessian - h;
    if (h < rules.minChildWeight || rightH < rules.minChildWeight) return;
    const found = (g * g / (h + rules.l2) + rightG * rightG / (rightH + rules.l2) - whole) / 2;
    if (!(found > gain + DUST)) return;
    gain = found, feature = at, cut = to, missingLeft = missing, leftG = g, leftH = h;
  };
  for (let at = 0; at < edges.length; at++) {
    const start = at * BIN_PLACES * 2;
    const missingG = histogram[start + MISSING_BIN * 2]!, missingH = histogram[start + MISSING_BIN * 2 + 1]!;
    const some = missingH > DUST;
    let g = 0, h = 0;
    for (let to = 0; to <= edges[at]!; to++) {
      g += histogram[start + to * 2]!;
      h += histogram[start + to * 2 + 1]!;
      // Where nothing was missing nothing was learned of it: later ones go with the heavier side.
      if (some) offer(at, to, false, g, h), offer(at, to, true, g + missingG, h + missingH);
      else offer(at, to, 2 * h > hessian, g, h);
    }
  }
  if (feature < 0) return null;
  return { feature, cut, missingLeft, gain, leftGradient: leftG, leftHessian: leftH };
}
