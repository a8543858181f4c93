/**
 * Gathering: from signals that have ended to examples.
 *
 * @module
 */
import type { Outcome } from "../../protocols/outcome.ts";
import type { Signal } from "../../protocols/signal.ts";
import { FEATURE_NAMES, featuresOf } from "./features.ts";
import type { FeatureContext } from "./known.ts";
import { type Examples, examplesOf, matrixOf } from "./matrix.ts";

/** A signal, its end, and what surrounded it. */
export interface EndedSignal {
  readonly signal: Signal;
  readonly outcome: Outcome;
  readonly context: FeatureContext;
}

/** Examples, and how many signals had no end that can be learned from. */
export interface Gathered {
  readonly examples: Examples;
  /** Ended UNKNOWN. */
  readonly left: number;
}

/**
 * The examples of ended signals, in the order given; an UNKNOWN end is left out, as it is of every rate.
 *
 * @throws {RangeError} when a signal ended before it was raised
 */
export function gather(ended: readonly EndedSignal[]): Gathered {
  const known = ended.filter(({ outcome }) => outcome.result !== "UNKNOWN");
  const values = new Float64Array(known.length * FEATURE_NAMES.length);
  known.forEach(({ signal, context }, row) =>
    values.set(featuresOf(signal, context), row * FEATURE_NAMES.length)
  );
  const column = (of: (each: EndedSignal) => number) => Float64Array.from(known, of);
  const examples = examplesOf({
    matrix: matrixOf(FEATURE_NAMES, values),
    wins: Uint8Array.from(known, ({ outcome }) => outcome.result === "WIN" ? 1 : 0),
    confidence: column(({ signal }) => signal.confidence),
    signaledAtMs: column(({ signal }) => signal.signaledAtMs),
    resolvedAtMs: column(({ outcome }) => outcome.resolvedAtMs),
  });
  return { examples, left: ended.length - known.length };
}
