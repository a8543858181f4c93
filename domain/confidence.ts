/**
 * Confidence: from named parts to one number, and what a filter may do to it.
 *
 * @module
 */
import type { ConfidencePart } from "../protocols/signal.ts";
import { type Confidence, confidence } from "../protocols/units.ts";

/** Confidence of a find whose parts are all 0. */
export const CONFIDENCE_BASE = 60;
/** Points between parts that are all 0 and parts that are all 1. */
export const CONFIDENCE_SPAN = 35;
/** Least confidence that is published. */
export const CONFIDENCE_PUBLISHED_MIN = 70;
/** No boost lifts a confidence past this, or better support would fall out of the auto-fire band. */
export const CONFIDENCE_BOOST_MAX = 89;

/**
 * 60 + 35 × the weighted mean of the parts, rounded to 0.1: 60 to 95, and nothing is clamped on the way.
 *
 * @throws {RangeError} when there is no part, a value lies outside 0 to 1, or a weight is not positive.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { confidenceOf } from "./confidence.ts";
 *
 * const parts = [{ name: "wick", value: 0.5, weight: 2 }, { name: "rsi", value: 0.8, weight: 1 }];
 * assert.equal(confidenceOf(parts), 81);
 * ```
 */
export function confidenceOf(parts: readonly ConfidencePart[]): Confidence {
  let weighted = 0;
  let weights = 0;
  for (const part of parts) {
    requirePart(part);
    weighted += part.weight * part.value;
    weights += part.weight;
  }
  if (weights === 0) throw new RangeError("Cannot rate a find as its parts must be >= 1: current value is 0");
  return confidence(rounded(CONFIDENCE_BASE + CONFIDENCE_SPAN * weighted / weights));
}

/** What became of an adjustment. */
export interface Adjusted {
  readonly confidence: Confidence;
  /** Points really added; negative for a penalty. */
  readonly applied: number;
  /** Points of a boost that were withheld because no boost lifts past 89.0; 0 when none were. */
  readonly cappedBy: number;
}

/**
 * Adds a filter's points. A boost ends at 89.0, and leaves a confidence that is already above it alone; a
 * penalty ends at 0.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { confidence } from "../protocols/units.ts";
 * import { adjusted } from "./confidence.ts";
 *
 * assert.deepEqual(adjusted(confidence(84.2), 10), { confidence: 89, applied: 4.8, cappedBy: 5.2 });
 * ```
 */
export function adjusted(from: Confidence, points: number): Adjusted {
  const ceiling = points > 0 ? Math.max(from, CONFIDENCE_BOOST_MAX) : from;
  const to = rounded(Math.min(ceiling, Math.max(0, from + points)));
  const applied = rounded(to - from);
  return { confidence: confidence(to), applied, cappedBy: points > 0 ? rounded(points - applied) : 0 };
}

function requirePart(part: ConfidencePart): void {
  if (!(part.value >= 0 && part.value <= 1)) {
    throw new RangeError(
      `Cannot rate a find as part "${part.name}" must be 0 to 1: current value is ${part.value}`,
    );
  }
  if (!(part.weight > 0)) {
    throw new RangeError(
      `Cannot rate a find as the weight of "${part.name}" must be > 0: current value is ${part.weight}`,
    );
  }
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
