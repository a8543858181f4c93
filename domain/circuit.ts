/**
 * Circuit of one EA: three rejections or unknowns within ten minutes pause it for ten minutes.
 *
 * Once the pause is over the circuit is half-open: the next failure pauses again at once, a fill closes it.
 *
 * @module
 */

/** What the circuit remembers. */
export interface Circuit {
  /** Times of failures within the window, ascending, market clock. */
  readonly failuresAtMs: readonly number[];
  /** End of the pause, market clock; in the past: half-open; null: closed. */
  readonly openUntilMs: number | null;
}

/** Failures that pause the EA. */
export const CIRCUIT_FAILURES = 3;
/** Window in which they count, ms. */
export const CIRCUIT_WINDOW_MS = 600_000;
/** Length of the pause, ms. */
export const CIRCUIT_PAUSE_MS = 600_000;

/** A circuit with nothing against it. */
export const CLOSED_CIRCUIT: Circuit = { failuresAtMs: [], openUntilMs: null };

/**
 * Counts one rejection or unknown.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { CLOSED_CIRCUIT, countFailure, isCircuitOpen } from "./circuit.ts";
 *
 * const paused = [0, 1_000, 2_000].reduce(countFailure, CLOSED_CIRCUIT);
 * assert.equal(isCircuitOpen(paused, 2_000), true);
 * assert.equal(isCircuitOpen(paused, 602_000), false);
 * ```
 */
export function countFailure(circuit: Circuit, atMs: number): Circuit {
  const failuresAtMs = [...circuit.failuresAtMs.filter((each) => each > atMs - CIRCUIT_WINDOW_MS), atMs];
  const halfOpen = circuit.openUntilMs !== null && atMs >= circuit.openUntilMs;
  if (failuresAtMs.length < CIRCUIT_FAILURES && !halfOpen) return { ...circuit, failuresAtMs };
  return { failuresAtMs, openUntilMs: atMs + CIRCUIT_PAUSE_MS };
}

/** Closes the circuit: the EA filled a fire, or an operator said so. */
export function countSuccess(circuit: Circuit): Circuit {
  return circuit.openUntilMs === null && circuit.failuresAtMs.length === 0 ? circuit : CLOSED_CIRCUIT;
}

/** Tells whether the EA is paused. */
export function isCircuitOpen(circuit: Pick<Circuit, "openUntilMs">, nowMs: number): boolean {
  return circuit.openUntilMs !== null && !(nowMs >= circuit.openUntilMs);
}
